/**
 * The studentised range: the spread of k independent means over their standard error, for all pairs of arms at once (Tukey's test).
 * @see Tukey (1949), doi:10.2307/3001913
 */
import { assert } from './assert.ts'
import { tukeyCdf, tukeyQuantile } from './jstat-door.ts'

export interface RangeOf {
  /** At least 2. */
  readonly means: number
  /** At least 2. */
  readonly degreesOfFreedom: number
}

/** P(Q ≤ q), to about 1e-10 absolute. */
export function studentisedRangeCdf(q: number, range: RangeOf): number {
  assertRange(range)
  return q <= 0 ? 0 : tukeyCdf(q, range)
}

/** The q with P(Q ≤ q) = p, to about 1e-4: a critical value, not a tail. */
export function studentisedRangeQuantile(p: number, range: RangeOf): number {
  assertRange(range)
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  return tukeyQuantile(p, range)
}

function assertRange({ means, degreesOfFreedom }: RangeOf): void {
  assert(
    means >= 2 && degreesOfFreedom >= 2,
    `a studentised range needs two means and two degrees of freedom, got ${means}, ${degreesOfFreedom}`,
  )
}
