/**
 * Scoring heads: how a line becomes a marginal of the reward of each arm, learned online.
 *
 *     linear     reward = xθ + noise, one variance for all arms: σ² = (ψ₀ + Σ(r − xθ)²/(1 + s))/(ν₀ + n)      marginal N(xθ, σ²·s)
 *     logistic   P(reward = 1) = 1/(1 + e^−xθ), by the iterated extended Kalman filter                          marginal N(xθ, s) in logits
 *
 * One observation moves a logistic line along Px, by the step a that solves a = y − 1/(1 + e^−(xθ + s·a)): the mode of the posterior, with the
 * curvature there. The filter's usual single step, linearised at xθ, goes far too far where s is large: at first, and with many features.
 *
 * The logistic head ranks better where rates come near 0 or 1; a logit is larger exactly when its rate is, so that choosing by logits is
 * choosing by rates. The linear head takes any reward and adds up (bayesian-linear.ts gives the same line from moments).
 * @see Bell & Cathey (1993), The iterated Kalman filter update as a Gauss–Newton method, doi:10.1109/9.250476
 * @see Chapelle & Li (2011), An empirical evaluation of Thompson sampling, NIPS 24; Bietti, Agarwal & Langford (2021), JMLR 22-133
 */
import { expit } from '../stats/bayesian-variable.ts'
import { rootByNewton } from '../stats/root.ts'
import { openGaussianBelief } from './gaussian-belief.ts'

export type HeadKind = 'linear' | 'logistic'

export interface HeadOptions {
  readonly kind: HeadKind
  readonly arms: number
  readonly features: number
  /** Of every coefficient, per unit of noise variance (linear) or in squared logits (logistic). */
  readonly priorVariance: number
}

export interface ScoringHead {
  /** Mean and standard deviation of every arm's score at x, into the two arrays. */
  marginals(x: Float64Array, means: Float64Array, deviations: Float64Array): void
  /** The reward of the arm that was shown at x; 0 or 1 for the logistic head. */
  learn(arm: number, x: Float64Array, reward: number): void
}

/** Before anything was seen a reward of 0 or 1 varies by a quarter at most; the prior counts as this many rows. */
const NOISE_START = 0.25
const NOISE_ROWS = 5

/** A head that has seen nothing. */
export function openHead({ kind, arms, features, priorVariance }: HeadOptions): ScoringHead {
  const beliefs = Array.from({ length: arms }, () => openGaussianBelief(features, priorVariance))
  let squares = NOISE_START * NOISE_ROWS
  let rows = NOISE_ROWS
  const isLinear = kind === 'linear'
  return {
    marginals(x, means, deviations) {
      const noise = isLinear ? squares / rows : 1
      for (let arm = 0; arm < arms; arm++) {
        means[arm] = beliefs[arm]!.mean(x)
        deviations[arm] = Math.sqrt(noise * beliefs[arm]!.variance(x))
      }
    },
    learn(arm, x, reward) {
      const belief = beliefs[arm]!
      const mean = belief.mean(x)
      if (isLinear) {
        squares += (reward - mean) ** 2 / (1 + belief.variance(x))
        rows++
        belief.observe(x, 1, reward - mean)
      } else {
        const variance = belief.variance(x)
        const step = stepToMode(mean, variance, reward)
        const rate = expit(mean + variance * step)
        const precision = rate * (1 - rate)
        belief.observe(x, precision, step * (1 + precision * variance))
      }
    },
  }
}

/** The a with a = y − expit(m + s·a): how far, in units of s, the mode lies from the mean m of a logit with variance s when y is seen. */
function stepToMode(mean: number, variance: number, reward: number): number {
  const excess = (a: number) => {
    const rate = expit(mean + variance * a)
    return { value: a - reward + rate, slope: 1 + variance * rate * (1 - rate) }
  }
  return rootByNewton(excess, { low: reward - 1, high: reward, start: reward - expit(mean), rising: true })
}
