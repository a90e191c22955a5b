/**
 * Effects that differ a little from one another: how much they differ, and what each becomes when it borrows from the others.
 *
 *     x_k ~ N(δ_k, v_k)      δ_k ~ N(μ, τ²)      shrunk: δ̂_k = (τ²·x_k + v_k·μ̂)/(τ² + v_k)
 *
 * τ² by DerSimonian and Laird (in closed form, what most tables use) or by Paule and Mandel (the τ² at which Q equals its expectation,
 * better when variances differ a lot). Shrinking is what makes the largest of many estimates believable.
 * @see DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2; Paule & Mandel (1982), doi:10.6028/jres.087.022;
 *      Morris (1983), doi:10.1080/01621459.1983.10477920
 */
import type { Effect } from './estimate.ts'
import { rootByBracket } from './root.ts'

export interface Population {
  /** μ̂: the mean of the true effects. */
  readonly mean: number
  readonly meanVariance: number
  /** τ²: how much true effects vary. */
  readonly variance: number
}

/** Population of at least two effects by DerSimonian and Laird. */
export function populationByMoments(effects: readonly Effect[]): Population {
  // Σw − Σw²/Σw = 2·Σ_{i<j} wᵢwⱼ/Σw: without the difference, which cancels when one effect is far more precise than the others
  let sum = 0
  let pairs = 0
  for (const { variance } of effects) {
    pairs += sum / variance
    sum += 1 / variance
  }
  const excess = scatter(effects, 0) - (effects.length - 1)
  return populationAt(effects, Math.max(0, (excess * sum) / (2 * pairs)))
}

/** Population of at least two effects by Paule and Mandel. */
export function populationByScatter(effects: readonly Effect[]): Population {
  const surplus = (tau: number) => scatter(effects, tau * tau) - (effects.length - 1)
  if (surplus(0) <= 0) return populationAt(effects, 0)
  let high = Math.sqrt(Math.max(...effects.map(({ variance }) => variance)))
  while (surplus(high) > 0) high *= 2
  return populationAt(effects, rootByBracket(surplus, { low: 0, high }) ** 2)
}

/** Each effect's posterior in a population, with the uncertainty of the population mean in its variance. */
export function shrink({ estimate, variance, degreesOfFreedom }: Effect, population: Population): Effect {
  const own = population.variance / (population.variance + variance)
  return {
    kind: 'effect',
    estimate: own * estimate + (1 - own) * population.mean,
    variance: own * variance + (1 - own) ** 2 * population.meanVariance,
    degreesOfFreedom,
  }
}

function populationAt(effects: readonly Effect[], variance: number): Population {
  let precision = 0
  let weighted = 0
  for (const effect of effects) {
    precision += 1 / (effect.variance + variance)
    weighted += effect.estimate / (effect.variance + variance)
  }
  return { mean: weighted / precision, meanVariance: 1 / precision, variance }
}

/** Σ (x − μ̂)²/(v + τ²). */
function scatter(effects: readonly Effect[], variance: number): number {
  const { mean } = populationAt(effects, variance)
  return effects.reduce((sum, effect) => sum + (effect.estimate - mean) ** 2 / (effect.variance + variance), 0)
}
