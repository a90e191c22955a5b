/**
 * Baseline centring: arms compared within each bucket, so that a swing of the whole shop (a sale, a weekend) blames nobody.
 *
 *     r = α_b + φ·θ + noise, φ = eₐ ⊗ x      solve ( P₀ + Σ_b (G_b − s_b·s_bᵀ/n_b) )·θ = P₀M₀ + Σ_b (h_b − s_b·r̄_b)
 *
 * G, s, h are sums of φφᵀ, φ, φr: blocks of A, its intercept column, and B. The baseline α_b of each bucket drops out, and with it
 * arms become dependent: K·d unknowns in one system. Only what they have in common is then taken out (a gauge that cancels in every
 * comparison), so that the mean covariance between arms is 0 and they may be drawn independently.
 * Only up to K·d = 256, and only when asked for.
 */
import { assert } from '../stats/assert.ts'
import { factorise, solve } from '../stats/cholesky.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { type ArmModels, armModels } from './arm-models.ts'
import { inverseOf } from './bayesian-linear.ts'
import { type RewardMoments, weightedSum } from './reward-moments.ts'
import { scaleFreePrior } from './scale-free-prior.ts'

export const CENTRED_UNKNOWNS_MAX = 256

/** One bucket: the moments of every arm in it, and how much they count. */
export interface CentredBucket {
  readonly arms: readonly RewardMoments[]
  readonly weight: number
}

/** Models of all arms from their differences within buckets; feature 0 is the intercept. */
export function centredModels(buckets: readonly CentredBucket[]): ArmModels | Unknown {
  const arms = buckets[0]?.arms.length ?? 0
  const features = buckets[0]?.arms[0]?.features ?? 0
  if (arms === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const size = arms * features
  assert(size <= CENTRED_UNKNOWNS_MAX, `centring couples at most ${CENTRED_UNKNOWNS_MAX} unknowns, not ${size}`)
  const sums = Array.from({ length: arms }, (_, arm) =>
    weightedSum(
      features,
      buckets.map((bucket) => ({ moments: bucket.arms[arm]!, factor: bucket.weight })),
    ),
  )
  const plain = armModels(sums)
  if (isUnknown(plain)) return plain
  const prior = scaleFreePrior(
    weightedSum(
      features,
      sums.map((moments) => ({ moments, factor: 1 })),
    ),
    arms,
  )
  if (isUnknown(prior)) return prior
  const { matrix, target } = systemOf(buckets, { arms, features })
  for (let arm = 0; arm < arms; arm++) {
    for (let i = 0; i < features; i++) {
      const at = arm * features + i
      const weight = prior.precision[i * features + i]!
      matrix[at * size + at]! += weight
      target[at]! += weight * prior.coefficients[i]!
    }
  }
  if (!factorise(matrix, size)) return unknown('singular')
  const covariance = inverseOf(matrix, size)
  solve(matrix, size, target)
  return {
    ...plain,
    arms: sums.map((_, arm) => ({
      coefficients: target.slice(arm * features, (arm + 1) * features),
      covariance: gaugedBlock(covariance, arm, { arms, features }).map((value) => value * plain.noise),
    })),
  }
}

interface Shape {
  readonly arms: number
  readonly features: number
}

function systemOf(
  buckets: readonly CentredBucket[],
  { arms, features }: Shape,
): { readonly matrix: Float64Array; readonly target: Float64Array } {
  const size = arms * features
  const matrix = new Float64Array(size * size)
  const target = new Float64Array(size)
  const s = new Float64Array(size)
  for (const { arms: cells, weight } of buckets) {
    const n = cells.reduce((sum, cell) => sum + cell.n, 0)
    if (n === 0 || weight === 0) continue
    const mean = cells.reduce((sum, cell) => sum + cell.b[0]!, 0) / n
    cells.forEach(({ a, b }, arm) => {
      for (let i = 0; i < features; i++) {
        const row = arm * features + i
        s[row] = a[i * features]!
        target[row]! += weight * (b[i]! - s[row]! * mean)
        for (let j = 0; j < features; j++) matrix[row * size + arm * features + j]! += weight * a[i * features + j]!
      }
    })
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j]! -= (weight * s[i]! * s[j]!) / n
  }
  return { matrix, target }
}

/** An arm's own block less the mean of all blocks between two different arms. */
function gaugedBlock(covariance: Float64Array, arm: number, { arms, features }: Shape): Float64Array {
  const size = arms * features
  const block = (one: number, other: number, i: number, j: number) => covariance[(one * features + i) * size + other * features + j]!
  const gauged = new Float64Array(features * features)
  for (let i = 0; i < features; i++) {
    for (let j = 0; j < features; j++) {
      let shared = 0
      for (let one = 0; one < arms; one++) for (let other = 0; other < arms; other++) if (one !== other) shared += block(one, other, i, j)
      gauged[i * features + j] = block(arm, arm, i, j) - (arms > 1 ? shared / (arms * (arms - 1)) : 0)
    }
  }
  return gauged
}
