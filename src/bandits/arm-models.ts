/**
 * The models of all arms for one reward: a line and a covariance each, one noise for all of them.
 *
 *     σ² = (ψ₀ + Σₐ(ψₐ − ψ₀)) / (ν₀ + Σₐnₐ)          covariance of the line = σ²·Λₐ⁻¹          degrees of freedom ν₀ + Σₐnₐ
 *
 * Noise is pooled because an arm without a single event would otherwise have none, and with it no doubt. Degrees of freedom are pooled
 * with it, so that one distribution serves all arms; marginals are independent Student t by definition.
 */
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { type LinearPrior, linearPosterior } from './bayesian-linear.ts'
import { pooled, type RewardMoments } from './reward-moments.ts'
import { scaleFreePrior } from './scale-free-prior.ts'

/** One arm: the mean reward at x is x·coefficients, its scale √(xᵀ·covariance·x). */
export interface ArmModel {
  readonly coefficients: Float64Array
  /** d × d, noise included. */
  readonly covariance: Float64Array
}

export interface ArmModels {
  readonly kind: 'models'
  readonly features: number
  readonly arms: readonly ArmModel[]
  /** Variance of a reward around its line. */
  readonly noise: number
  readonly degreesOfFreedom: number
}

/** Models of all arms from their moments; with no prior given, the scale-free one of all arms together. */
export function armModels(arms: readonly RewardMoments[], given?: LinearPrior): ArmModels | Unknown {
  const { features } = arms[0]!
  const prior = given ?? scaleFreePrior(pooled(features, arms), arms.length)
  if (isUnknown(prior)) return prior
  const posteriors = []
  for (const { n, a, b, c } of arms) {
    const posterior = linearPosterior({ n, a, b, c: Float64Array.of(c) }, prior)
    if (isUnknown(posterior)) return posterior
    posteriors.push(posterior)
  }
  const start = prior.residual[0]!
  const degreesOfFreedom = prior.degreesOfFreedom + arms.reduce((sum, { n }) => sum + n, 0)
  const noise = (start + posteriors.reduce((sum, { residual }) => sum + Math.max(residual[0]! - start, 0), 0)) / degreesOfFreedom
  return {
    ...{ kind: 'models', features, noise, degreesOfFreedom },
    arms: posteriors.map(({ coefficients, covariance }) => ({ coefficients, covariance: covariance.map((value) => value * noise) })),
  }
}
