/**
 * A decider of rates: nothing of a request matters but who may serve, so that a vector is made once and drawn from ever after.
 *
 *     Beta(a, b) ─▶ Beta(a/v², b/v²) ─▶ p among the eligible arms ─▶ top-two ─▶ π = ε/k + (1 − ε)·p
 *
 * The Thompson scale v keeps the mean of a rate and widens its deviation v-fold: a and b over v². At v = 1 it is the posterior itself. Shapes stay
 * above a twentieth: below, doubles no longer tell most rates from 0 or 1.
 */
import { assert } from '../stats/assert.ts'
import type { BetaShapes } from '../stats/beta.ts'
import { rateMarginal } from './beta-bernoulli.ts'
import { drawnArm } from './choice.ts'
import type { Decider, DeciderOptions } from './decider.ts'
import { explored } from './exploration.ts'
import { ratePropensities } from './rate-propensity.ts'
import { topTwo } from './top-two.ts'

export interface RateDeciderOptions extends Pick<DeciderOptions, 'thompsonScale' | 'floor' | 'leaderShare'> {
  /** By arm: of what is wanted. */
  readonly rates: readonly BetaShapes[]
}

/** Of those arms that can serve there are few sets at a time. */
const SETS_KEPT = 64
const SHAPE_LEAST = 0.05

/** Means and scales are those of the rates. A vector costs a millisecond when its set of arms is asked about first. */
export function rateDeciderOf({ rates, thompsonScale, floor, leaderShare = 1 }: RateDeciderOptions): Decider {
  assert(thompsonScale > 0 && floor >= 0 && floor <= 1, `a scale above 0 and a floor in [0, 1] are needed, got ${thompsonScale}, ${floor}`)
  const drawn = rates.map((shapes) => widened(shapes, thompsonScale))
  const probabilities = new Float64Array(rates.length)
  const known = new Map<string, readonly number[]>()
  const bestAmong = (eligible: Uint8Array): readonly number[] => {
    const name = eligible.join()
    const kept = known.get(name)
    if (kept) return kept
    if (known.size >= SETS_KEPT) known.clear()
    const p = ratePropensities(drawn.filter((_, arm) => eligible[arm] !== 0))
    const shared = leaderShare < 1 ? topTwo(p, leaderShare) : p
    let next = 0
    const all = rates.map((_, arm) => (eligible[arm] === 0 ? 0 : shared[next++]!))
    known.set(name, all)
    return all
  }
  return {
    probabilities,
    means: Float64Array.from(rates, (shapes) => rateMarginal(shapes).mean),
    scales: Float64Array.from(drawn, (shapes) => rateMarginal(shapes).deviation),
    decide(_x, eligible, u, stratum = 'bandit') {
      const flags = Array.from(eligible, (flag) => flag !== 0)
      const p = stratum === 'bandit' ? bestAmong(eligible) : probabilities
      probabilities.set(explored(p, { floor, stratum, eligible: flags }))
      return drawnArm(probabilities, u)
    },
  }
}

/** The same mean, `scale` times the deviation. */
export function widened({ a, b }: BetaShapes, scale: number): BetaShapes {
  const over = (shape: number) => Math.max(shape / scale ** 2, SHAPE_LEAST)
  return { a: over(a), b: over(b) }
}
