/** A change of settings: one transaction, one writer a topic at a time, and everybody told when it is committed. */
import type { Knex } from 'knex'
import { CHANNEL, messageOf, type Topic } from './changes.ts'
import type { Database } from './database.ts'

/** What a transaction is about. `changed` says of its result whether anything was changed; by default it was. */
export interface Change<Result> {
  readonly topic: Topic
  readonly changed?: (result: Result) => boolean
}

/**
 * Runs the work in a transaction on the admin pool. Writers of a topic come one after the other, so that what was checked still holds at the
 * commit. Rejects with what the work throws, and then nothing was changed.
 */
export async function transact<Result>(
  database: Database,
  { topic, changed = () => true }: Change<Result>,
  work: (transaction: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  const result = await database.knex.transaction(async (transaction) => {
    await transaction.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [`croupier ${topic}`])
    const outcome = await work(transaction)
    if (changed(outcome)) await transaction.raw('SELECT pg_notify(?, ?)', [CHANNEL, messageOf(database.changes.node, topic)])
    return outcome
  })
  if (changed(result)) database.changes.tell(topic, 'here')
  return result
}
