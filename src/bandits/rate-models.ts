/**
 * Rates of all arms from their evidence, as the `beta` model serves them: one proportion, whatever the request.
 *
 *     evidence of an arm ─▶ n, as much of it as can have come (arm-evidence)  and  s = Σy ─▶ Beta(a₀ + s, b₀ + n − s)
 *
 * Where less is better, a decision succeeds when the outcome stays away. Memory, window and delay are in the evidence; the objective is chosen
 * when it is read, so that the model, too, may change from one request to the next.
 */
import { assert } from '../stats/assert.ts'
import type { BetaShapes } from '../stats/beta.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { ArmEvidence } from './arm-evidence.ts'
import { ratePosteriors, type Trials } from './beta-bernoulli.ts'
import { FEATURE_SCALE } from './features.ts'

/** The posterior of every arm's chance of what is wanted; `weights` are those of the reward, of which one is not 0. */
export function ratesOf(evidence: readonly ArmEvidence[], weights: readonly number[]): readonly BetaShapes[] | Unknown {
  const slot = weights.findIndex((weight) => weight !== 0)
  assert(slot >= 0 && weights.every((weight, other) => weight === 0 || other === slot), 'rates are those of one outcome')
  const rates = ratePosteriors(evidence.map((arm) => maturedTrials(arm, slot)))
  // So little can have come that everything which came would be more than was tried: then all counts as it came.
  const found = isUnknown(rates) ? ratePosteriors(evidence.map((arm) => trialsOf(arm, slot, arm.n))) : rates
  return isUnknown(found) || weights[slot]! > 0 ? found : found.map(({ a, b }) => ({ a: b, b: a }))
}

function maturedTrials(arm: ArmEvidence, slot: number): Trials {
  return trialsOf(arm, slot, arm.matured?.find(({ slots }) => slots.includes(slot))?.n ?? arm.n)
}

/** B of the intercept is Σy, in units of 1/1024. */
function trialsOf({ b }: ArmEvidence, slot: number, trials: number): Trials {
  return { trials, successes: b[slot]! / FEATURE_SCALE }
}
