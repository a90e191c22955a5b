/**
 * Reward moments: what is left of decision moments for one reward r = w·y, in plain numbers, weighted by age.
 *
 *     n = Σγn_b      A = ΣγA_b      b = Σγ·B_b·w      c = Σγ·wᵀC_b·w
 *
 * Weighting first and inferring afterwards is the same as relearning on r from the log, bit for bit up to rounding: the weights of an
 * objective are therefore read-time, and moving a slider changes the next request. Matrices are d × d, row by row, both triangles.
 */
import { assert } from '../stats/assert.ts'
import { packedIndex } from '../stats/pair-moments.ts'
import type { DecisionShape } from './decision-moments.ts'
import { FEATURE_SCALE } from './features.ts'

export interface RewardMoments {
  /** d. */
  readonly features: number
  /** Decisions, weighted; not a whole number when old ones count less. */
  readonly n: number
  /** Σxxᵀ, d × d. */
  readonly a: Float64Array
  /** Σxr, d. */
  readonly b: Float64Array
  /** Σr². */
  readonly c: number
}

/** Decision moments as whole numbers, or as plain ones once they are aged. */
export interface OutcomeMoments extends DecisionShape {
  readonly n: bigint | number
  readonly a: readonly (bigint | number)[]
  readonly b: readonly (bigint | number)[]
  readonly c: readonly (bigint | number)[]
}

/** Moments of r = w·y, with w per unit of the stored integers. */
export function rewardMomentsOf(moments: OutcomeMoments, weights: readonly number[]): RewardMoments {
  const { features, outcomes } = moments
  assert(weights.length === outcomes, `${outcomes} outcomes need as many weights, got ${weights.length}`)
  const a = new Float64Array(features * features)
  const b = new Float64Array(features)
  let c = 0
  for (let i = 0; i < features; i++) {
    for (let j = 0; j < features; j++) a[i * features + j] = Number(moments.a[packedIndex(i, j, features)]!) / FEATURE_SCALE ** 2
    for (let k = 0; k < outcomes; k++) b[i] = b[i]! + (weights[k]! * Number(moments.b[i * outcomes + k]!)) / FEATURE_SCALE
  }
  for (let k = 0; k < outcomes; k++)
    for (let l = 0; l < outcomes; l++) c += weights[k]! * weights[l]! * Number(moments.c[packedIndex(k, l, outcomes)]!)
  return { features, n: Number(moments.n), a, b, c }
}

/** Moments of rows in memory, for simulations and small tables: each with d features and a reward. */
export function rewardMomentsOfRows(
  features: number,
  rows: readonly { readonly x: ArrayLike<number>; readonly r: number }[],
): RewardMoments {
  const a = new Float64Array(features * features)
  const b = new Float64Array(features)
  let c = 0
  for (const { x, r } of rows) {
    for (let i = 0; i < features; i++) {
      for (let j = 0; j < features; j++) a[i * features + j] = a[i * features + j]! + x[i]! * x[j]!
      b[i] = b[i]! + x[i]! * r
    }
    c += r * r
  }
  return { features, n: rows.length, a, b, c }
}

/** Σ factor·moments; an empty list needs the number of features. */
export function weightedSum(
  features: number,
  parts: readonly { readonly moments: RewardMoments; readonly factor: number }[],
): RewardMoments {
  const a = new Float64Array(features * features)
  const b = new Float64Array(features)
  let n = 0
  let c = 0
  for (const { moments, factor } of parts) {
    if (factor === 0) continue
    for (let i = 0; i < a.length; i++) a[i] = a[i]! + factor * moments.a[i]!
    for (let i = 0; i < features; i++) b[i] = b[i]! + factor * moments.b[i]!
    n += factor * moments.n
    c += factor * moments.c
  }
  return { features, n, a, b, c }
}

/** Moments of all parts together. */
export function pooled(features: number, parts: readonly RewardMoments[]): RewardMoments {
  return weightedSum(
    features,
    parts.map((moments) => ({ moments, factor: 1 })),
  )
}
