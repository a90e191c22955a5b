/**
 * Beta–Bernoulli: Thompson sampling of rates without context, exactly.
 *
 *     rate | s successes of n  ~  Beta(a₀ + s, b₀ + n − s)                              p by quadrature (rate-propensity)
 *     prior: the rate r of all arms, worth some events     a₀ = n₀·r    b₀ = n₀·(1 − r)     n₀ = 5/q, q the rarer of r and 1 − r
 *
 * n and s may be weighted, by age and by how much can have come; then they are no whole numbers, and failures are never fewer than none.
 * n₀ is at most an arm's fair share of what was seen, but never worth less than one event: else the first success of one arm would all but
 * exclude the others. The prior has no scale of its own: at a rate of a thousandth the uniform one would expect one success in two.
 * @see Chapelle & Li (2011), An empirical evaluation of Thompson sampling, NIPS 24
 */
import { assert } from '../stats/assert.ts'
import type { BetaShapes } from '../stats/beta.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { PRIOR_EVENTS } from './scale-free-prior.ts'

/** What was seen of an arm, weighted. */
export interface Trials {
  readonly trials: number
  readonly successes: number
}

/** Posterior shapes by arm, from the scale-free prior. Unknown until something was seen and turned out both ways. */
export function ratePosteriors(arms: readonly Trials[]): readonly BetaShapes[] | Unknown {
  const trials = arms.reduce((sum, arm) => sum + arm.trials, 0)
  const successes = arms.reduce((sum, arm) => sum + arm.successes, 0)
  if (!(trials > 0)) return unknown('too-few-units', { have: 0, need: 1 })
  if (!(successes > 0 && successes < trials)) return unknown('no-variance')
  const rate = successes / trials
  const rows = priorTrials({ trials, successes }, arms.length)
  return arms.map((arm) => ratePosterior(arm, { a: rows * rate, b: rows * (1 - rate) }))
}

/** n₀, from what was seen of all arms together; 0 < successes < trials. */
export function priorTrials({ trials, successes }: Trials, arms: number): number {
  const rarer = Math.min(successes, trials - successes) / trials
  return Math.max(1 / rarer, Math.min(PRIOR_EVENTS / rarer, trials / arms))
}

/** Posterior shapes after `successes` of `trials`. */
export function ratePosterior({ successes, trials }: Trials, prior: BetaShapes): BetaShapes {
  assert(successes >= 0 && trials >= 0, `neither trials nor successes are negative, got ${trials} and ${successes}`)
  return { a: prior.a + successes, b: prior.b + Math.max(0, trials - successes) }
}

/** Mean and standard deviation of a rate's posterior. */
export function rateMarginal({ a, b }: BetaShapes): { readonly mean: number; readonly deviation: number } {
  const total = a + b
  return { mean: a / total, deviation: Math.sqrt((a * b) / (total * total * (total + 1))) }
}
