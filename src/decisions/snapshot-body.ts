/** What is kept of a snapshot, by its id, so that its decisions can be made again. JSON; the catalogue is in flux and not in it. */
import type { ArmEvidence } from '../bandits/arm-evidence.ts'
import type { StoredModels } from '../bandits/stored-models.ts'
import type { Reason } from '../stats/estimate.ts'
import type { FloorPrices } from './floor-prices.ts'
import type { RunningEpoch } from './running.ts'

/** What a bandit knew: its models, or why it had none. */
export type StoredBelief =
  | {
      readonly kind: 'models'
      readonly models: StoredModels
      /** What the models were made of, arm by arm, so that other weights can be asked about; bodies of earlier releases have none. */
      readonly evidence?: readonly ArmEvidence[]
      /** What floors of objectives cost: the models are those of the weights and these; left out without floors. */
      readonly prices?: FloorPrices
      /** Decisions behind it, before any discount. */
      readonly decisions: number
      /** Days that count for as much as they are long; null forgets nothing. */
      readonly memoryDays: number | null
    }
  | { readonly kind: 'unknown'; readonly because: Reason; readonly evidence?: readonly ArmEvidence[] }

export interface SnapshotBody {
  readonly surfaces: readonly unknown[]
  readonly policies: readonly unknown[]
  readonly running: readonly RunningEpoch[]
  /** Model version by policy. */
  readonly models: Readonly<Record<string, string>>
  /** Id of the calibration by policy, of those that have one. */
  readonly calibrations?: Readonly<Record<string, string>>
  /** Policies that were switched off. */
  readonly killed: readonly string[]
  /** What exposure targets gave, by surface; absent without targets. */
  readonly pressures?: readonly unknown[]
  readonly beliefs: readonly (StoredBelief & { readonly epochId: number })[]
  /** Transaction id, by epoch, below which the log had been learned from when this was kept first. Not part of the id. */
  readonly learnedTo: Readonly<Record<string, string>>
}
