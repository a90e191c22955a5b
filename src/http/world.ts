/** What the HTTP API needs of the world: a plain record that the composition root puts together. */

import type { ReplaySecrets } from '../decisions/replay.ts'
import type { Metric } from '../experiments/metric.ts'
import type { CombinedFlags } from '../flags/combined-flags.ts'
import type { Assignments } from '../log/assignments.ts'
import type { DurableExposureLog } from '../log/exposure-log.ts'
import type { DurableOutcomeLog } from '../log/outcome-log.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Surface } from '../policies/surface.ts'
import type { CatalogueStore } from '../store/catalogue-store.ts'
import type { Database } from '../store/database.ts'
import type { ExperimentStore } from '../store/experiment-store.ts'
import type { ExposureControlStore } from '../store/exposure-control-store.ts'
import type { FlagStore } from '../store/flag-store.ts'
import type { GateStore } from '../store/gate-store.ts'
import type { KeyStore } from '../store/key-store.ts'
import type { ModelStore } from '../store/model-store.ts'
import type { NounStore } from '../store/noun-store.ts'
import type { ShadowStore } from '../store/shadow-store.ts'
import type { SnapshotStore } from '../store/snapshot-store.ts'
import type { Log } from '../telemetry/log.ts'
import type { RequestCounters } from '../telemetry/request-counters.ts'
import type { Traces } from '../telemetry/traces.ts'
import type { VerifyKey } from './authentication.ts'
import type { Gate } from './limits.ts'
import type { OutcomeWorld } from './outcomes.ts'
import type { SlateWorld } from './slates.ts'

/** Population stability index of demand since the last training, and what chance makes of so few pairs once in a thousand times. */
export interface DemandDrift {
  readonly kind: 'drift'
  readonly psi: number
  readonly noise: number
  /** Part of the demand that is for items the training had never seen. */
  readonly newItems: number
  readonly pairs: number
  readonly drifted: boolean
}

/** Training, as far as people ask for it. */
export interface Teaching {
  /** Resolves when the training has begun; null when one is under way elsewhere. */
  begin(request: { readonly only: readonly string[]; readonly as: 'live' | 'shadow'; readonly overrule: boolean }): Promise<object | null>
  /** Whether policies of this kind learn from the log. */
  learns(kind: string): boolean
  /** What is known of drift since the last training; null before this node has looked. */
  drift(): DemandDrift | { readonly kind: 'unknown' } | null
  /** When the log was read for the last training that this node knows of, milliseconds since 1970. */
  readAt(): number | null
}

export interface World extends SlateWorld, OutcomeWorld {
  readonly secrets: SlateWorld['secrets'] & OutcomeWorld['secrets'] & ReplaySecrets
  readonly exposures: DurableExposureLog
  readonly outcomes: DurableOutcomeLog
  readonly assignments: Assignments
  readonly database: Database
  readonly surfaces: NounStore<Surface>
  readonly metrics: NounStore<Metric>
  readonly policies: NounStore<PolicyDefinition>
  readonly experiments: ExperimentStore
  /** What exposure targets know. */
  readonly exposureControls: Pick<ExposureControlStore, 'list'>
  /** What the gate did. */
  readonly gates: GateStore
  readonly items: CatalogueStore
  readonly keys: KeyStore
  readonly models: ModelStore
  readonly teaching: Teaching
  readonly shadowFigures: ShadowStore['figures']
  /** What decisions were made under. */
  readonly snapshots: Pick<SnapshotStore, 'load'>
  readonly verify: VerifyKey
  /** The table of kill switches, and what all sources together amount to. */
  readonly flags: FlagStore
  readonly killSwitches: CombinedFlags
  /** When the settings were read last, in milliseconds since 1970; 0 before the first time. */
  settingsReadAt(): number
  /** How many shoppers' latest deeds are in memory, and of how many items. */
  liveShoppers(): { readonly shoppers: number; readonly items: number }
  /** True once the service has been told to stop. */
  stopping(): boolean
  readonly gate: Gate
  readonly requests: RequestCounters
  readonly traces: Traces
  readonly log: Log
}
