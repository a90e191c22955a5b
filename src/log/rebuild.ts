/** Builds all moments anew from the log: after a restore, or when somebody wants to be sure. */
import { type FoldSummary, foldAll } from './fold-all.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

const BEGIN = "BEGIN; SET LOCAL TimeZone = 'UTC'; SET LOCAL lock_timeout = 0"

/**
 * Clears unit rows and moments in one transaction and folds the log from its first row on. Reports see the part that is folded so far, and
 * say by their recount that it is whole. Rejects with PostgreSQL's error; then call it again, or let the fold go on.
 */
export async function rebuild(database: LogDatabase): Promise<FoldSummary> {
  await transaction(database.learner, BEGIN, async (client) => {
    await client.query(statement('fold-lock'))
    await client.query(statement('reset-moments'))
  })
  return foldAll(database)
}
