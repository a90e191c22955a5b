/** Trainings: when the strategies learned last, why, from how much of the log, and what has come into the log since. */
import type { Database } from './database.ts'

/** What made a training begin. */
export const TRAINING_CAUSES = ['asked', 'settings', 'growth', 'schedule', 'drift'] as const
export type TrainingCause = (typeof TRAINING_CAUSES)[number]

export interface NewTraining {
  readonly because: TrainingCause
  /** When the log was read, by the database's clock. */
  readonly readAt: Date
  /** Transactions below it were read. */
  readonly watermark: string
  /** Largest number of an interaction that was read. */
  readonly interactionsTo: string
  readonly reference: object
  readonly summary: TrainingNote['summary']
}

export interface TrainingNote extends Omit<NewTraining, 'summary' | 'reference'> {
  readonly id: number
  readonly reference: unknown
  readonly summary: {
    readonly rows: number
    /** Kind and parameters, as text, of every policy that was ever trained, as they were the last time. */
    readonly settings: Readonly<Record<string, string>>
  }
}

export interface TrainingStore {
  record(training: NewTraining): Promise<void>
  /** The newest one; null before the first. */
  last(): Promise<TrainingNote | null>
  /** Rows of the log that a training would learn from and that came after the last one, counted up to `most`. */
  rowsSince(last: TrainingNote | null, most: number): Promise<number>
  /** Distinct pairs of shopper and item by item, among the newest rows after a training. */
  demandSince(last: TrainingNote): Promise<ReadonlyMap<number, number>>
}

/** Trainings that are remembered. */
const KEPT = 100
/** Newest rows that drift looks at. */
const DEMAND_ROWS = 20_000

const LAST = `
SELECT
  t.training_id AS id, t.because, t.read_at AS "readAt", t.watermark::text AS watermark, t.interactions_to::text AS "interactionsTo",
  t.reference, t.summary
FROM trainings t
ORDER BY t.training_id DESC
LIMIT 1`

const INSERT = `
INSERT INTO trainings (because, read_at, watermark, interactions_to, reference, summary)
VALUES ($1, $2, $3::xid8, $4, $5, $6)`
const PRUNE =
  'DELETE FROM trainings t WHERE t.training_id NOT IN (SELECT k.training_id FROM trainings k ORDER BY k.training_id DESC LIMIT $1)'

/** By numbers and transactions, which have indexes; a few rows that ran beside the reading may count twice. */
const NEW_ROWS = `
SELECT h.unit, h.item_no, h.type FROM interactions h WHERE h.interaction_id > $1
UNION ALL
SELECT o.unit, o.item_no, o.type FROM outcomes o WHERE o.xid >= $2::xid8 AND o.item_no IS NOT NULL`
const COUNT = `SELECT count(*)::int AS rows FROM (${NEW_ROWS} LIMIT $3) r`

const DEMAND = `
SELECT d.item_no AS item, count(*)::int AS pairs
FROM (
  SELECT DISTINCT r.item_no, coalesce(r.unit, convert_to(r.place::text, 'UTF8')) AS unit
  FROM (
    (SELECT h.unit, h.item_no, h.type, h.interaction_id AS place
     FROM interactions h WHERE h.interaction_id > $1 ORDER BY h.interaction_id DESC LIMIT $3)
    UNION ALL
    (SELECT o.unit, o.item_no, o.type, -row_number() OVER () AS place
     FROM outcomes o WHERE o.xid >= $2::xid8 AND o.item_no IS NOT NULL ORDER BY o.xid DESC LIMIT $3)
  ) r
  WHERE r.type <> 'return'
) d
GROUP BY d.item_no`

const NOWHERE = { interactionsTo: '0', watermark: '0' }

export function trainingStore({ learner }: Database): TrainingStore {
  const last = async (): Promise<TrainingNote | null> => (await learner.query<TrainingNote>(LAST)).rows[0] ?? null
  return {
    async record({ because, readAt, watermark, interactionsTo, reference, summary }) {
      await learner.query(INSERT, [because, readAt, watermark, interactionsTo, JSON.stringify(reference), JSON.stringify(summary)])
      await learner.query(PRUNE, [KEPT])
    },
    last,
    async rowsSince(training, most) {
      const { interactionsTo, watermark } = training ?? NOWHERE
      const { rows } = await learner.query<{ rows: number }>(COUNT, [interactionsTo, watermark, most])
      return rows[0]!.rows
    },
    async demandSince({ interactionsTo, watermark }) {
      const { rows } = await learner.query<{ item: number; pairs: number }>(DEMAND, [interactionsTo, watermark, DEMAND_ROWS])
      return new Map(rows.map(({ item, pairs }) => [item, pairs]))
    },
  }
}
