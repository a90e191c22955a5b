/** Moments of a bandit's epoch, as it learns from them: exact integers by arm, stratum and time. */
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

export interface Bucket {
  readonly armId: number
  readonly stratum: string
  /** Its first moment. */
  readonly bucket: Date
  /** Today's and yesterday's hours (UTC) stand apart, the days before are whole. */
  readonly span: 'hour' | 'day'
  /** d, the length of x. Vectors of different length are never added. */
  readonly features: number
  readonly n: bigint
  /** Σ xᵢxⱼ for j ≥ i, row by row, in units of 1/1024²: d(d+1)/2. */
  readonly a: readonly bigint[]
  /** Σ xᵢyⱼ, row by row, in units of 1/1024 times the objective's: d·m. */
  readonly b: readonly bigint[]
  /** Σ yᵢyⱼ for j ≥ i, row by row: m(m+1)/2, in the order of the epoch's slots that look forward. */
  readonly c: readonly bigint[]
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
      if (last && isSame(last, next)) buckets[buckets.length - 1] = merged(last, next)
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

function merged(one: Bucket, other: Bucket): Bucket {
  const sum = (a: readonly bigint[], b: readonly bigint[]) => a.map((value, i) => value + b[i]!)
  return { ...one, n: one.n + other.n, a: sum(one.a, other.a), b: sum(one.b, other.b), c: sum(one.c, other.c) }
}
