/**
 * A snapshot: all that a decision depends on besides the request. Immutable, built whole, swapped at once, named by its content.
 */

import type { Salts } from '../experiments/assignment.ts'
import type { Experiment } from '../experiments/experiment.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Pressure } from '../policies/exposure-control.ts'
import type { Ranker } from '../policies/policy.ts'
import type { Surface } from '../policies/surface.ts'
import type { ServingBandit } from './serving-bandit.ts'

/** A policy as an epoch has frozen it; the version is null for kinds that have no model. */
export interface FrozenModel {
  readonly policy: PolicyDefinition
  readonly version: string | null
}

/** A running experiment's current epoch, ready to decide. */
export interface RunningExperiment {
  readonly key: string
  readonly epochId: number
  readonly experiment: Omit<Experiment, 'guardrails' | 'freezeModels'>
  /** Database ids of the arms, in the order of `experiment.arms`. */
  readonly armIds: readonly number[]
  readonly shares: readonly number[]
  readonly salts: Salts
  /** Null for fixed allocation. */
  readonly bandit: ServingBandit | null
  /** Where models are frozen: the rankers of its arms as they were at the start, with the live ones of all other policies. */
  readonly rankers?: ReadonlyMap<string, Ranker>
}

export interface SurfaceState {
  readonly surface: Surface
  /** Earliest started first: the first that admits the unit has it. */
  readonly experiments: readonly RunningExperiment[]
  /** Item numbers of the last rung: the surface's static items, then whatever may be shown. */
  readonly lastResort: readonly number[]
  /** What the surface’s exposure targets give at the moment; absent without targets. */
  readonly pressures?: readonly Pressure[]
}

export interface Snapshot {
  /** Hash of settings, model versions, what bandits have learned, and kill switches. */
  readonly id: string
  readonly surfaces: ReadonlyMap<string, SurfaceState>
  readonly rankers: ReadonlyMap<string, Ranker>
  /** Models that are scored beside the live ones of their policies; no decision depends on them. */
  readonly shadows?: ReadonlyMap<string, Ranker>
  /** Keys of policies that are switched off. */
  readonly killed: ReadonlySet<string>
  readonly catalogue: Catalogue
}

/** The snapshot as it serves a choice: with frozen models where the experiment has some. */
export function withFrozen(snapshot: Snapshot, running: RunningExperiment | null): Snapshot {
  return running?.rankers ? { ...snapshot, rankers: running.rankers } : snapshot
}
