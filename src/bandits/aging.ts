/**
 * Aging: how much of a bucket's moments counts now. A read-time knob: the log and its buckets never change.
 *
 *     weight of A and n = γ^age·G(age)      weight of B and C = γ^age      γ = 1 − 1/memory, 0 beyond the window
 *
 * A memory of h buckets means that at steady traffic the weights add up to h. G is the share of outcomes that have arrived by that age:
 * an exposure whose purchase is still to come counts for as much as it could have shown, so that a young arm does not look bad for being
 * young. Forward decay gives the same numbers in any order of arrival.
 * @see Cormode et al. (2009), Forward decay, doi:10.1109/ICDE.2009.65; Chapelle (2014), doi:10.1145/2623330.2623634
 */
import { assert } from '../stats/assert.ts'
import type { RewardMoments } from './reward-moments.ts'

/** Moments of one arm in one time bucket; buckets are numbered in time. */
export interface Bucket {
  readonly bucket: number
  readonly moments: RewardMoments
  /** G of this bucket, in [0, 1]; left out when the aging says it, or outcomes come at once. */
  readonly arrived?: number
}

export interface Aging {
  /** The bucket that is being filled. */
  readonly now: number
  /** In buckets, ≥ 1; Infinity forgets nothing. */
  readonly memory: number
  /** Buckets older than this do not count; Infinity for no window. */
  readonly window: number
  /** G(age in buckets) in (0, 1], not decreasing; left out when outcomes come at once. */
  readonly arrived?: (age: number) => number
}

/** Below this share an exposure has shown next to nothing. */
const ARRIVED_MIN = 1e-6

/** γ^age, 0 outside the window. */
export function ageWeight(age: number, { memory, window }: Pick<Aging, 'memory' | 'window'>): number {
  assert(memory >= 1, 'a memory lasts at least one bucket')
  assert(age >= 0, 'nothing is younger than now')
  if (age >= window) return 0
  return memory === Number.POSITIVE_INFINITY ? 1 : (1 - 1 / memory) ** age
}

/** The moments of one arm as they count now; an empty list needs the number of features. */
export function agedMoments(features: number, buckets: readonly Bucket[], aging: Aging): RewardMoments {
  const a = new Float64Array(features * features)
  const b = new Float64Array(features)
  let n = 0
  let c = 0
  for (const { bucket, moments, arrived } of buckets) {
    const age = aging.now - bucket
    const weight = ageWeight(age, aging)
    if (weight === 0) continue
    const matured = weight * Math.max(arrived ?? aging.arrived?.(age) ?? 1, ARRIVED_MIN)
    for (let i = 0; i < a.length; i++) a[i] = a[i]! + matured * moments.a[i]!
    for (let i = 0; i < features; i++) b[i] = b[i]! + weight * moments.b[i]!
    n += matured * moments.n
    c += weight * moments.c
  }
  return { features, n, a, b, c }
}
