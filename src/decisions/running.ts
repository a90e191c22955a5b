/** From an epoch as it is stored to an experiment that decides: the same for serving and for a replay. */
import type { Allocation, ThompsonAllocation } from '../experiments/allocation.ts'
import { type EpochSettings, sharesOf } from '../experiments/experiment.ts'
import type { Gates } from '../experiments/gate.ts'
import { wordsOf } from '../experiments/hash.ts'
import type { Metric } from '../experiments/metric.ts'
import { armGatesOf } from './gated-arms.ts'
import type { ServingBandit, ServingDecider } from './serving-bandit.ts'
import type { FrozenModel, RunningExperiment } from './snapshot.ts'

/** The current epoch of a running experiment. */
export interface RunningEpoch {
  readonly epochId: number
  readonly experimentId: number
  readonly key: string
  /** As they were frozen. */
  readonly settings: EpochSettings & { readonly metricBodies: readonly Metric[]; readonly frozenModels?: readonly FrozenModel[] }
  /** As the experiment has it now. */
  readonly allocation: Allocation
  readonly armIds: readonly number[]
  /** What the gate did to the arms; left out while it did nothing, so that such snapshots are named as they always were. */
  readonly gates?: Gates
}

/** Sixteen bytes that depend on the installation's secret and a name. */
export type Seed = (name: string) => Uint8Array

/** The allocation that decides: frozen with the epoch what is frozen, the rest as it is now. Null for a fixed one. */
export function servingAllocationOf({ settings, allocation }: Pick<RunningEpoch, 'settings' | 'allocation'>): ThompsonAllocation | null {
  if (settings.allocation.kind === 'fixed' || allocation.kind === 'fixed') return null
  // Kept before there were other models, an allocation has none.
  const { model = 'linear' } = allocation as Partial<ThompsonAllocation>
  return { ...allocation, model, ...settings.allocation }
}

/** `decider`: what was learned, null while nothing is. */
export function runningOf(epoch: RunningEpoch, decider: ServingDecider | null, seed: Seed): RunningExperiment {
  const salt = (purpose: string) => wordsOf(seed(`experiment ${epoch.experimentId} ${purpose}`))
  const allocation = servingAllocationOf(epoch)
  const bandit: ServingBandit | null = allocation && {
    strata: salt('strata'),
    uniformShare: allocation.uniformShare,
    gates: armGatesOf(epoch.gates, epoch.armIds),
    sticky: allocation.sticky === true,
    decider,
  }
  const { metricBodies: _, frozenModels: __, ...settings } = epoch.settings
  return {
    key: epoch.key,
    epochId: epoch.epochId,
    experiment: { key: epoch.key, name: '', hypothesis: '', ...settings, allocation: allocation ?? { kind: 'fixed' } },
    armIds: epoch.armIds,
    shares: sharesOf(settings.arms),
    salts: { traffic: salt('traffic'), arms: salt('arms'), masked: salt('masked') },
    bandit,
  }
}
