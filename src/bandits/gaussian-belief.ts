/**
 * A Gaussian belief about a line, brought up to date one observation at a time without ever inverting a matrix.
 *
 *     z = Px    s = xᵀz    P ← P − w·zzᵀ/(1 + w·s)    θ ← θ + z·e/(1 + w·s)          w: precision of the observation, e: weighted residual
 *
 * With w = 1 and e = r − xθ this is Bayesian linear regression (covariance σ²P); with w = μ(1 − μ) and e = r − μ it is the extended
 * Kalman filter of logistic regression. O(d²) an observation; features that are 0 are passed over.
 * @see Sherman & Morrison (1950), doi:10.1214/aoms/1177729893
 */
import { assert } from '../stats/assert.ts'

export interface GaussianBelief {
  /** xθ. */
  mean(x: Float64Array): number
  /** xᵀPx. */
  variance(x: Float64Array): number
  /** Takes in an observation at x with precision w ≥ 0 and weighted residual e. */
  observe(x: Float64Array, w: number, e: number): void
}

/** θ = 0 and P = priorVariance·I, for d features. */
export function openGaussianBelief(features: number, priorVariance: number): GaussianBelief {
  assert(priorVariance > 0, `a prior variance is positive, got ${priorVariance}`)
  const theta = new Float64Array(features)
  const covariance = new Float64Array(features * features)
  for (let i = 0; i < features; i++) covariance[i * features + i] = priorVariance
  const z = new Float64Array(features)
  const present = new Int32Array(features)
  const gather = (x: Float64Array): number => {
    let filled = 0
    for (let i = 0; i < features; i++) if (x[i] !== 0) present[filled++] = i
    return filled
  }
  return {
    mean(x) {
      let sum = 0
      for (let i = 0; i < features; i++) sum += x[i]! * theta[i]!
      return sum
    },
    variance(x) {
      const filled = gather(x)
      let sum = 0
      for (let k = 0; k < filled; k++) {
        const i = present[k]!
        let inner = 0.5 * covariance[i * features + i]! * x[i]!
        for (let l = k + 1; l < filled; l++) inner += covariance[i * features + present[l]!]! * x[present[l]!]!
        sum += 2 * inner * x[i]!
      }
      return Math.max(sum, 0)
    },
    observe(x, w, e) {
      const filled = gather(x)
      let s = 0
      for (let i = 0; i < features; i++) {
        let sum = 0
        // symmetric: the column is read as a row
        for (let k = 0; k < filled; k++) sum += covariance[i * features + present[k]!]! * x[present[k]!]!
        z[i] = sum
        s += sum * x[i]!
      }
      const shrink = 1 / (1 + w * s)
      for (let i = 0; i < features; i++) {
        const pull = w * shrink * z[i]!
        for (let j = 0; j < features; j++) covariance[i * features + j] = covariance[i * features + j]! - pull * z[j]!
        theta[i] = theta[i]! + z[i]! * e * shrink
      }
    },
  }
}
