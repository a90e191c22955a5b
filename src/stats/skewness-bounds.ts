/**
 * What Σy and Σy² alone say of skewness, where no third moment is kept.
 *
 *     y ≥ 0       Σy³ ≥ (Σy²)²/Σy        Cauchy and Schwarz on √y and √y³: the skewness is at least …
 *     y ≤ cap     Σy³ ≤ cap·Σy²          … and at most
 *
 * A bound from below is enough to warn: whoever has too few units for the least skewness that is possible has too few. It is close for
 * rare values of like size, and about a third of the truth for lognormal ones. All in integers until the last division.
 */
import { isUnknown, type Unknown, unknown } from './estimate.ts'
import type { ExactSums } from './moments.ts'
import { skewnessOfSums } from './skewness.ts'

export interface SkewnessBounds {
  readonly kind: 'skewness-bounds'
  readonly atLeast: number
  /** With a cap only. */
  readonly atMost?: number
}

/** Bounds for values that are not negative; `cap` is the most that one unit counts. Unknown without variance. */
export function skewnessBounds(sums: ExactSums, { cap }: { readonly cap?: bigint } = {}): SkewnessBounds | Unknown {
  const { sum, sumOfSquares } = sums
  if (sum <= 0n) return unknown('no-variance')
  // rounded down: cubes of whole minor units are whole
  const least = skewnessOfSums({ ...sums, sumOfCubes: (sumOfSquares * sumOfSquares) / sum })
  if (typeof least !== 'number') return least
  const most = cap === undefined ? undefined : skewnessOfSums({ ...sums, sumOfCubes: cap * sumOfSquares })
  return { kind: 'skewness-bounds', atLeast: least, ...(typeof most === 'number' ? { atMost: most } : {}) }
}

/** The widest of several arms; unknown when all are. */
export function widestBounds(arms: readonly (SkewnessBounds | Unknown)[]): SkewnessBounds | Unknown {
  const known = arms.filter((arm): arm is SkewnessBounds => !isUnknown(arm))
  if (known.length === 0) return arms[0] ?? unknown('too-few-arms', { have: 0, need: 1 })
  const most = known.flatMap(({ atMost }) => (atMost === undefined ? [] : [atMost]))
  return {
    kind: 'skewness-bounds',
    atLeast: Math.max(...known.map(({ atLeast }) => atLeast)),
    ...(most.length === known.length ? { atMost: Math.max(...most) } : {}),
  }
}
