/** What the decisions of a bandit's epoch brought, by arm, stratum and day: exact sums without any feature. */
import { FEATURE_SCALE } from '../bandits/features.ts'
import type { OutcomeSums } from '../bandits/outcome-sums.ts'
import { statement } from './statement.ts'
import type { LogDatabase } from './transaction.ts'

export interface OutcomeReading {
  /** Everything below this transaction is in the sums. */
  readonly watermark: string
  readonly sums: readonly OutcomeSums[]
}

interface Row {
  readonly arm_id: number
  readonly stratum: string
  readonly day: number
  readonly n: string
  readonly sums: readonly string[] | null
  readonly watermark: string | null
}

const SQL = statement('outcome-sums')

/** `slots`: how many of the epoch look forward. Null while nothing was decided. Rejects with PostgreSQL's error. */
export async function readOutcomeSums(database: LogDatabase, epochId: number, slots: number): Promise<OutcomeReading | null> {
  const { rows } = await database.learner.query<Row>(SQL, [epochId])
  if (rows.length === 0) return null
  return {
    watermark: rows[0]!.watermark ?? '0',
    sums: rows.map(({ arm_id, stratum, day, n, sums }) => {
      const all = (sums ?? []).map(BigInt)
      return { armId: arm_id, stratum, day, n: BigInt(n), y: all.slice(0, slots).map((sum) => sum / SCALE), yy: all.slice(slots) }
    }),
  }
}

/** The intercept is 1, which is 1024 in the stored vectors. */
const SCALE = BigInt(FEATURE_SCALE)
