/**
 * The binomial distribution through the beta: P(X ≤ k) = I_{1−p}(n − k, k + 1), exact to the tail for any n.
 * @see DLMF 8.17.5
 */
import { assert } from './assert.ts'
import { betaLogCdf, betaLogSurvival } from './beta.ts'
import { logBinomialKernel } from './special.ts'

export interface Binomial {
  readonly trials: number
  /** In (0, 1). */
  readonly probability: number
}

/** ln P(X = k). */
export function binomialLogProbability(k: number, { trials, probability }: Binomial): number {
  if (k < 0 || k > trials) return Number.NEGATIVE_INFINITY
  if (k === 0) return trials * Math.log1p(-probability)
  if (k === trials) return trials * Math.log(probability)
  return logBinomialKernel(probability, 1 - probability, k, trials - k)
}

/** P(X ≤ k). */
export function binomialCdf(k: number, { trials, probability }: Binomial): number {
  if (k < 0) return 0
  return k >= trials ? 1 : Math.exp(betaLogSurvival(probability, { a: k + 1, b: trials - k }))
}

/** P(X > k). */
export function binomialSurvival(k: number, { trials, probability }: Binomial): number {
  if (k < 0) return 1
  return k >= trials ? 0 : Math.exp(betaLogCdf(probability, { a: k + 1, b: trials - k }))
}

/** The smallest k with P(X ≤ k) ≥ p. */
export function binomialQuantile(p: number, binomial: Binomial): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  assert(
    binomial.probability > 0 && binomial.probability < 1,
    `a binomial needs a probability between 0 and 1, got ${binomial.probability}`,
  )
  // for p next to 1 the comparison is made in the upper tail, where 1 − p still has its digits
  const reached = (k: number) => (p < 0.5 ? binomialCdf(k, binomial) >= p : binomialSurvival(k, binomial) <= 1 - p)
  let low = -1
  let high = binomial.trials
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (reached(middle)) high = middle
    else low = middle
  }
  return high
}
