/** What a bandit's epoch has learned, by arm and day (UTC), as posteriors want it: the `bandit` stratum only, one length of x. */
import type { DecisionMoments } from '../bandits/decision-moments.ts'
import { readBuckets } from './buckets.ts'
import type { LogDatabase } from './transaction.ts'

export interface LearnedDay {
  readonly armId: number
  /** Days since 1970. */
  readonly day: number
  readonly moments: DecisionMoments
}

export interface Learned {
  /** Everything below this transaction is in the days. */
  readonly watermark: string
  /** At most one an arm and day. */
  readonly days: readonly LearnedDay[]
}

const DAY_MS = 86_400_000
const MARK = "SELECT watermark.xid::text AS xid FROM watermarks AS watermark WHERE watermark.name = 'fold'"

/** Vectors of another length than `features` belong to another release and are left out. Rejects with PostgreSQL's error. */
export async function readLearned(
  database: LogDatabase,
  epochId: number,
  { features, now }: { readonly features: number; readonly now: number },
): Promise<Learned> {
  // Read first, so that it never promises too much.
  const { rows } = await database.learner.query<{ xid: string }>(MARK)
  // Seen from the day after tomorrow every hour belongs to a whole day.
  const buckets = await readBuckets(database, epochId, { asOf: new Date(now + 2 * DAY_MS) })
  const days = buckets
    .filter((bucket) => bucket.stratum === 'bandit' && bucket.features === features)
    .map(({ armId, bucket, n, a, b, c }) => ({
      armId,
      day: Math.floor(bucket.getTime() / DAY_MS),
      moments: { features, outcomes: b.length / features, n, a, b, c },
    }))
  return { watermark: rows[0]?.xid ?? '0', days }
}

/** Whether two readings learned the same, whatever their watermarks. */
export function isSameLearning(one: Learned, other: Learned): boolean {
  return one.days.length === other.days.length && one.days.every((day, i) => isSameDay(day, other.days[i]!))
}

function isSameDay(one: LearnedDay, other: LearnedDay): boolean {
  const { moments: m } = one
  const { moments: o } = other
  const same = (a: readonly bigint[], b: readonly bigint[]) => a.length === b.length && a.every((value, i) => value === b[i])
  return one.armId === other.armId && one.day === other.day && m.n === o.n && same(m.a, o.a) && same(m.b, o.b) && same(m.c, o.c)
}
