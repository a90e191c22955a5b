/**
 * Folding by the clock: as often as wanted, however many nodes there are, and not at all while nothing comes.
 *
 *     every node, every so often:   last fold young?  nothing new?  ─▶ leave it          else ─▶ fold
 *
 * A fold of nothing costs 13 ms of processor time (20 statements, scratch tables); looking is one statement.
 */
import { foldOnce } from './fold.ts'
import { statement } from './statement.ts'
import type { LogDatabase } from './transaction.ts'

const DUE = statement('fold-due')
/** Beats of nodes are not in step: one that comes a little early would wait for a whole turn. */
const EARLY = 0.8

/**
 * Folds what is there, unless a node did less than `everyMs` ago. What is being written meanwhile is left to the next time: under steady
 * traffic something always is. Rejects with PostgreSQL's error.
 */
export async function foldWhenDue(database: LogDatabase, everyMs: number): Promise<void> {
  const { rows } = await database.learner.query<{ is_due: boolean | null }>(DUE, [EARLY * everyMs])
  for (let isMore = rows[0]!.is_due; isMore; ) {
    const report = await foldOnce(database)
    isMore = report.kind === 'reset' || (report.kind === 'folded' && report.behind)
  }
}
