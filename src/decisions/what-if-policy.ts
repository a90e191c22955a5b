/**
 * The policy that a bandit would have followed with other settings, at every moment as it was known then.
 *
 *     belief of the snapshot that served ─ same weights ─▶ its models       ─┐
 *                                        └ other weights ─▶ its evidence     ├─▶ a decider with floor, mode, scale as asked ─▶ π'(x)
 *                                          or model
 *
 * With nothing changed π' is the logged π, bit for bit. The uniform stratum stays even, as it would have: only what is asked changes.
 * Prices of floors stay what they were.
 * Arms that could not be drawn then (π = 0) cannot be drawn by π' either.
 */

import type { Decider } from '../bandits/decider.ts'
import type { Stratum } from '../bandits/exploration.ts'
import { modelFaults, type ThompsonAllocation, type Weighed } from '../experiments/allocation.ts'
import { evidentModels } from './evident-models.ts'
import { pricedWeights } from './floor-prices.ts'
import type { RunningEpoch } from './running.ts'
import { servingAllocationOf } from './running.ts'
import { servingDecider } from './serving-bandit.ts'
import type { StoredBelief } from './snapshot-body.ts'

/** What may be otherwise. Memory and window may not: what would have been remembered then is not kept. */
export type SettingsChange = Partial<Pick<ThompsonAllocation, 'floor' | 'mode' | 'scale' | 'model'>> & {
  readonly objectives?: readonly Weighed[]
}

/** What a snapshot kept of an epoch: its settings as they stood, and what its bandit knew. */
export interface ServedUnder {
  readonly epoch: Pick<RunningEpoch, 'settings' | 'allocation'>
  readonly belief: StoredBelief
}

type Weights = readonly number[]

export type ChangedPolicy =
  /** Without a decider nothing was known, and every arm is drawn alike. */
  | { readonly kind: 'policy'; readonly decider: Decider | null }
  /** Others weights or another model are asked about, and the snapshot has only what those of then made of its evidence. */
  | { readonly kind: 'no-evidence' }

/** The policy of a snapshot under other settings; costs a millisecond. */
export function changedPolicy({ epoch, belief }: ServedUnder, change: SettingsChange): ChangedPolicy {
  const then = servingAllocationOf(epoch)
  if (!then) return { kind: 'policy', decider: null }
  const now = { ...then, ...change }
  const { metricBodies } = epoch.settings
  const prices = (belief.kind === 'models' && belief.prices) || null
  const [weightsThen, weights] = [then, now].map((each) => pricedWeights(each, prices, metricBodies)) as [Weights, Weights]
  // What one of it is worth is nothing to a chance.
  const asked = now.model === 'linear' ? weights : weights.map(Math.sign)
  const served = now.model === 'linear' ? weightsThen : weightsThen.map(Math.sign)
  const isSameReward = asked.every((weight, k) => weight === served[k])
  if (isSameReward && now.model === then.model)
    return { kind: 'policy', decider: belief.kind === 'models' ? servingDecider(belief.models, now) : null }
  if (!belief.evidence) return belief.kind === 'models' ? { kind: 'no-evidence' } : { kind: 'policy', decider: null }
  // Cells are not kept with snapshots; and another model may have served a part of the log, which cannot have what is asked.
  if (now.model === 'logistic' || modelFaults(now, metricBodies).length > 0) return { kind: 'no-evidence' }
  const models = evidentModels(belief.evidence, weights, now.model)
  return { kind: 'policy', decider: models.kind === 'unknown' ? null : servingDecider(models, now) }
}

export interface LoggedDraw {
  /** In units of 1/1024. */
  readonly x: Int16Array
  readonly stratum: string
  /** π as logged. */
  readonly pi: readonly number[]
}

/** π' at a logged decision. */
export function probabilitiesOf(decider: Decider | null, { x, stratum, pi }: LoggedDraw): readonly number[] {
  const eligible = Uint8Array.from(pi, (propensity) => (propensity > 0 ? 1 : 0))
  if (decider) {
    decider.decide(x, eligible, 0, stratum as Stratum)
    return Array.from(decider.probabilities)
  }
  const alive = eligible.reduce((sum, isEligible) => sum + isEligible, 0)
  return Array.from(eligible, (isEligible) => isEligible / alive)
}
