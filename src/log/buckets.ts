/** Moments of a bandit's epoch, as it learns from them: exact integers by arm, stratum and time. */
import { type DecisionMoments, mergeDecisions } from '../bandits/decision-moments.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

/** x in units of 1/1024; y in the order of the epoch's slots that look forward. Vectors x of different length are never added. */
export interface Bucket extends DecisionMoments {
  readonly armId: number
  readonly stratum: string
  /** Its first moment. */
  readonly bucket: Date
  /** Today's and yesterday's hours (UTC) stand apart, the days before are whole. */
  readonly span: 'hour' | 'day'
}

export interface BucketOptions {
  /** The moment that says which two days are the last; now. */
  readonly asOf?: Date
}

interface BucketRow {
  readonly arm_id: number
  readonly stratum: string
  readonly bucket: Date
  readonly is_hour: boolean
  readonly features: number
  readonly outcomes: number
  readonly n: unknown
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly c: readonly string[]
}

const BEGIN = "BEGIN READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const BUCKETS = statement('buckets')

/** By arm, stratum, length of x and time. An epoch that is no bandit's has none. Rejects with PostgreSQL's error. */
export function readBuckets(database: LogDatabase, epochId: number, { asOf = new Date() }: BucketOptions = {}): Promise<readonly Bucket[]> {
  return transaction(database.learner, BEGIN, async (client) => {
    const { rows } = await client.query<BucketRow>(BUCKETS, [epochId, asOf])
    const buckets: Bucket[] = []
    for (const row of rows) {
      const last = buckets.at(-1)
      const next = bucketOf(row)
      if (last && isSame(last, next)) buckets[buckets.length - 1] = { ...last, ...mergeDecisions(last, next) }
      else buckets.push(next)
    }
    return buckets
  })
}

function bucketOf(row: BucketRow): Bucket {
  return {
    armId: row.arm_id,
    stratum: row.stratum,
    bucket: row.bucket,
    span: row.is_hour ? 'hour' : 'day',
    features: row.features,
    outcomes: row.outcomes,
    n: BigInt(row.n as bigint),
    a: row.a.map(BigInt),
    b: row.b.map(BigInt),
    c: row.c.map(BigInt),
  }
}

function isSame(one: Bucket, other: Bucket): boolean {
  return (
    one.armId === other.armId &&
    one.stratum === other.stratum &&
    one.features === other.features &&
    one.bucket.getTime() === other.bucket.getTime()
  )
}
