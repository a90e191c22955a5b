/** What the gate reads of an epoch: its scores, and how far the log was in them, from one moment. */
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { scoresOf } from './aipw-cells.ts'
import { type LogDatabase, transaction } from './transaction.ts'

export interface ScoreReading {
  /** Everything below this transaction is in the scores. */
  readonly watermark: string
  readonly cells: readonly ScoreMoments[]
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const MARK = "SELECT mark.xid::text AS watermark FROM watermarks AS mark WHERE mark.name = 'decisions'"

/** Null while nothing was decided. Rejects with PostgreSQL's error. */
export function readGateScores(database: LogDatabase, epochId: number): Promise<ScoreReading | null> {
  return transaction(database.learner, BEGIN, async (client) => {
    const { rows } = await client.query<{ watermark: string }>(MARK)
    const cells = await scoresOf(client, epochId)
    return cells.length === 0 ? null : { watermark: rows[0]?.watermark ?? '0', cells }
  })
}
