/**
 * Exploration: the probabilities with which arms are really drawn, floor and mask included. What stands here is what is logged.
 *
 *     π = ε/k + (1 − ε)·p      over the k eligible arms; masked arms have π = 0
 *     uniform stratum: π = 1/k
 *
 * The floor is added, not cut in: it keeps the order of the arms, and it is the price of evidence (.05 the least, .10 better). The
 * uniform stratum, a keyed hash of the unit, keeps a plain randomised comparison alive and is never learned from. Masks act in both.
 */
import { assert } from '../stats/assert.ts'
import type { Propensities } from './propensity.ts'

export type Stratum = 'uniform' | 'bandit'

export interface Exploration {
  /** ε in [0, 1]: the share that is spread evenly. */
  readonly floor: number
  readonly stratum: Stratum
  /** One flag an arm; at least one is set. */
  readonly eligible: readonly boolean[]
}

/** π from p of the eligible arms (one number an arm; those of masked arms are not looked at). */
export function explored(propensities: ArrayLike<number>, { floor, stratum, eligible }: Exploration): readonly number[] {
  assert(floor >= 0 && floor <= 1, `a floor lies in [0, 1], got ${floor}`)
  const arms = eligible.filter(Boolean).length
  assert(arms > 0, 'somebody must be eligible')
  if (stratum === 'uniform') return eligible.map((isEligible) => (isEligible ? 1 / arms : 0))
  const total = eligible.reduce((sum, isEligible, arm) => (isEligible ? sum + propensities[arm]! : sum), 0)
  return eligible.map((isEligible, arm) => {
    if (!isEligible) return 0
    return total > 0 ? floor / arms + ((1 - floor) * propensities[arm]!) / total : 1 / arms
  })
}

/** p among the eligible arms only: whoever is masked does not draw. Masked arms get 0. */
export function propensitiesAmong(eligible: readonly boolean[], arms: Marginals, propensities: Propensities): readonly number[] {
  const present = eligible.flatMap((isEligible, arm) => (isEligible ? [arm] : []))
  const means = Float64Array.from(present, (arm) => arms.means[arm]!)
  const scales = Float64Array.from(present, (arm) => arms.scales[arm]!)
  const into = new Float64Array(present.length)
  propensities(means, scales, present.length, into)
  return eligible.map((isEligible, arm) => (isEligible ? into[present.indexOf(arm)]! : 0))
}

/** Where and how wide each arm's posterior of the mean reward is, at one context. */
export interface Marginals {
  readonly means: ArrayLike<number>
  readonly scales: ArrayLike<number>
}
