/**
 * Moments: how many, how large on average, how spread out.
 *
 * The only thing inference ever sees of the log. Moments of disjoint samples add up, in any order:
 *
 *     n = n₁ + n₂      δ = x̄₂ − x̄₁      x̄ = x̄₁ + δ·n₂/n      M₂ = M₂₁ + M₂₂ + δ²·n₁·n₂/n
 *
 * M₂ = Σ(xᵢ − x̄)². The log stores exact integer sums, and M₂ = (n·Σx² − (Σx)²)/n is formed in integers before the one division; in
 * floating point Σxᵢ² loses every digit of the variance at x ≈ 10⁹.
 * @see Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115
 */
import { assert } from './assert.ts'
import { exactRatio } from './exact-ratio.ts'

/** n values with their mean and the sum of squared deviations. An empty sample has mean 0 by convention. */
export interface Moments {
  readonly n: number
  readonly mean: number
  readonly m2: number
}

/** Exact sums over units, as the log stores them: counts and whole minor units. */
export interface ExactSums {
  readonly n: bigint
  readonly sum: bigint
  readonly sumOfSquares: bigint
}

export const NO_MOMENTS: Moments = { n: 0, mean: 0, m2: 0 }

/** Moments from exact sums. Sums that no sample can have (n·Σx² < (Σx)²) are an error, not a variance of 0. */
export function momentsOfSums({ n, sum, sumOfSquares }: ExactSums): Moments {
  assert(n >= 0n, 'a sample has no fewer than zero units')
  if (n === 0n) {
    assert(sum === 0n && sumOfSquares === 0n, 'an empty sample has empty sums')
    return NO_MOMENTS
  }
  const spread = n * sumOfSquares - sum * sum
  assert(spread >= 0n, `no sample has n = ${n}, Σx = ${sum}, Σx² = ${sumOfSquares}: its variance would be negative`)
  return { n: Number(n), mean: exactRatio(sum, n), m2: exactRatio(spread, n) }
}

/** Sums of two disjoint samples. */
export function addSums(a: ExactSums, b: ExactSums): ExactSums {
  return { n: a.n + b.n, sum: a.sum + b.sum, sumOfSquares: a.sumOfSquares + b.sumOfSquares }
}

/**
 * The same sample measured from another origin, exactly. A mean is one double: when values sit far from 0 and arms differ in the ninth
 * digit, shift both arms to a common origin first. Differences and variances do not change.
 */
export function shiftSums({ n, sum, sumOfSquares }: ExactSums, origin: bigint): ExactSums {
  return { n, sum: sum - n * origin, sumOfSquares: sumOfSquares - 2n * origin * sum + n * origin * origin }
}

/** Moments of n units of which `events` did something. */
export function momentsOfCounts({ n, events }: { readonly n: number; readonly events: number }): Moments {
  assert(Number.isSafeInteger(n) && Number.isSafeInteger(events) && events >= 0 && events <= n, `${events} of ${n} is no proportion`)
  return momentsOfSums({ n: BigInt(n), sum: BigInt(events), sumOfSquares: BigInt(events) })
}

/** Moments of values in memory, in two passes. */
export function momentsOf(values: readonly number[] | Float64Array): Moments {
  const n = values.length
  if (n === 0) return NO_MOMENTS
  let sum = 0
  for (const value of values) sum += value
  assert(Number.isFinite(sum), 'moments need finite values')
  const rough = sum / n
  let rest = 0
  let m2 = 0
  for (const value of values) {
    const deviation = value - rough
    rest += deviation
    m2 += deviation * deviation
  }
  return { n, mean: rough + rest / n, m2: Math.max(0, m2 - (rest * rest) / n) }
}

/** Moments of the union of two disjoint samples. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b
  if (b.n === 0) return a
  const n = a.n + b.n
  const delta = b.mean - a.mean
  return { n, mean: a.mean + (delta * b.n) / n, m2: a.m2 + b.m2 + ((delta * delta * a.n) / n) * b.n }
}

/** Moments of factor·x: minor units to major ones, a metric where less is better to one where more is. */
export function scaleMoments({ n, mean, m2 }: Moments, factor: number): Moments {
  return { n, mean: mean * factor, m2: m2 * factor * factor }
}

/** s² = M₂/(n − 1), for n ≥ 2. */
export function sampleVariance({ n, m2 }: Moments): number {
  assert(n >= 2, `a sample variance needs two units, got ${n}`)
  return m2 / (n - 1)
}
