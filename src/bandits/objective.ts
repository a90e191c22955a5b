/**
 * Objective: what a bandit is after. Several outcomes, their weights, which way is better, and caps against heavy tails.
 *
 *     r = Σₖ wₖ·dirₖ·yₖ          dirₖ = −1 where less is better: the sign changes once, here, and nowhere else
 *
 * Weights are read-time (reward-moments.ts); caps are not, they change what is added up. Revenue is therefore capped at p95–p99 as an
 * outcome of its own, beside the raw one that finance reads: with lognormal baskets (σ = 1.3) a cap at p95 saved 30 % of the regret.
 */
import { assert } from '../stats/assert.ts'

export interface ObjectivePart {
  /** Of the outcome; the order of parts is that of y. */
  readonly key: string
  /** Not negative; per stored unit of the outcome. */
  readonly weight: number
  readonly better: 'more' | 'less'
  /** Largest size that is added up, in stored units; none when left out. */
  readonly cap?: number
}

export interface Objective {
  readonly parts: readonly ObjectivePart[]
}

/** wₖ·dirₖ, what the moments are weighted with. At least one weight is positive. */
export function signedWeights({ parts }: Objective): readonly number[] {
  for (const { key, weight } of parts) assert(weight >= 0 && Number.isFinite(weight), `the weight of ${key} is not negative, got ${weight}`)
  assert(
    parts.some(({ weight }) => weight > 0),
    'an objective is after something: one weight is positive',
  )
  return parts.map(({ weight, better }) => (better === 'more' ? weight : -weight))
}

/** y as it is added up: whole units, capped. */
export function countedOutcomes({ parts }: Objective, outcomes: readonly number[]): readonly number[] {
  assert(outcomes.length === parts.length, `${parts.length} parts need as many outcomes, got ${outcomes.length}`)
  return parts.map(({ cap }, k) => (cap === undefined ? outcomes[k]! : Math.max(-cap, Math.min(cap, outcomes[k]!))))
}
