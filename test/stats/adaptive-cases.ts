/** The published batches of an adaptive experiment, as periods. */
import { type AdaptivePeriod, periodOf } from '../../src/stats/adaptive-period.ts'
import { type Moments, momentsOfSums } from '../../src/stats/moments.ts'

export interface Batch {
  readonly e: readonly number[]
  readonly n: readonly number[]
  readonly s: readonly number[]
  readonly ss: readonly number[]
  readonly mu?: number
}

export function outcomesOf({ n, s, ss }: Batch): Moments[] {
  return n.map((units, arm) => momentsOfSums({ n: BigInt(units), sum: BigInt(s[arm]!), sumOfSquares: BigInt(ss[arm]!) }))
}

export function periodsOf(batches: readonly Batch[], predictions?: readonly (readonly number[])[]): AdaptivePeriod[] {
  return batches.map((batch, b) =>
    periodOf({
      propensities: batch.e,
      outcomes: outcomesOf(batch),
      predictions: predictions?.[b] ?? batch.n.map(() => batch.mu ?? 0),
    }),
  )
}
