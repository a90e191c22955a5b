/**
 * Beta–Bernoulli: Thompson sampling of rates without context, exactly.
 *
 *     rate | s successes of n  ~  Beta(a₀ + s, b₀ + n − s)      p by quadrature in the logit of the rate
 *
 * The yardstick for the linear model where there is nothing to regress on.
 * @see Chapelle & Li (2011), An empirical evaluation of Thompson sampling, NIPS 24
 */
import { assert } from '../stats/assert.ts'
import { probabilitiesOfBest } from '../stats/bayesian-best.ts'
import { betaVariable } from '../stats/bayesian-variable.ts'
import type { BetaShapes } from '../stats/beta.ts'

/** The uniform prior. */
export const FLAT_RATE: BetaShapes = { a: 1, b: 1 }

/** Posterior shapes after `successes` of `trials`. */
export function ratePosterior(seen: { readonly successes: number; readonly trials: number }, prior: BetaShapes = FLAT_RATE): BetaShapes {
  const { successes, trials } = seen
  assert(successes >= 0 && successes <= trials, `of ${trials} trials ${successes} cannot succeed`)
  return { a: prior.a + successes, b: prior.b + trials - successes }
}

/** The probability of every arm to have the highest rate, adding up to 1; 1e-9. */
export function ratePropensities(posteriors: readonly BetaShapes[]): readonly number[] {
  return probabilitiesOfBest(posteriors.map(betaVariable))
}

/** Mean and standard deviation of a rate's posterior. */
export function rateMarginal({ a, b }: BetaShapes): { readonly mean: number; readonly deviation: number } {
  const total = a + b
  return { mean: a / total, deviation: Math.sqrt((a * b) / (total * total * (total + 1))) }
}
