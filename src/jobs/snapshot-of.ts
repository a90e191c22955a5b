/** Builds a snapshot from what the store holds: settings, catalogue, models, what bandits learned, kill switches. */
import { createHash } from 'node:crypto'
import { type RunningEpoch as Epoch, runningOf, type Seed } from '../decisions/running.ts'
import type { RunningExperiment, Snapshot, SurfaceState } from '../decisions/snapshot.ts'
import type { SnapshotBody } from '../decisions/snapshot-body.ts'
import { assemblySchema } from '../policies/assembly.ts'
import type { Calibrated } from '../policies/calibration.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Ranker } from '../policies/policy.ts'
import type { Surface } from '../policies/surface.ts'
import type { SurfacePressure } from '../store/exposure-control-store.ts'
import type { Belief } from './beliefs.ts'

/** An epoch, and when its experiment began: the earliest one asks first. */
export interface RunningEpoch extends Epoch {
  readonly startedAt: Date
}

export interface ModelBody {
  readonly policy: string
  readonly version: string
  readonly bytes: Uint8Array
  /** live, when it is left out. Others are open because an experiment has frozen them, or to be scored beside the live one. */
  readonly role?: 'live' | 'frozen' | 'shadow'
  /** What its ranking means in purchases, or why that is unknown; left out or null where nothing was learned. */
  readonly calibration?: Calibrated | null
}

/** A model's name among all that are open: its policy for the live one. */
export function slotOf({ policy, version, role = 'live' }: Omit<ModelBody, 'bytes' | 'calibration'>): string {
  return role === 'live' ? policy : `${policy}@${version}`
}

export interface Settings {
  readonly surfaces: readonly Surface[]
  readonly policies: readonly PolicyDefinition[]
  readonly running: readonly RunningEpoch[]
  /** What exposure targets give at the moment; absent in what an earlier release kept on disk. */
  readonly pressures?: readonly SurfacePressure[]
}

export interface SnapshotParts {
  readonly settings: Settings
  readonly catalogue: Catalogue
  readonly rankers: ReadonlyMap<string, Ranker>
  /** Of epochs with frozen models, by epoch: those models' rankers and the live ones of all other policies. */
  readonly frozen?: ReadonlyMap<number, ReadonlyMap<string, Ranker>>
  /** Scored beside the live ones. */
  readonly shadows?: ReadonlyMap<string, Ranker>
  readonly killed: ReadonlySet<string>
  /** What the bandits among the epochs know, by epoch. */
  readonly beliefs: ReadonlyMap<number, Belief>
}

const PLAIN = assemblySchema.parse({})

/** Puts the parts together. Its id names everything a decision can depend on, but for the catalogue, which is in flux. */
export function snapshotOf(parts: SnapshotParts, seed: Seed): Snapshot {
  const { settings, catalogue, rankers, killed } = parts
  const running = [...settings.running]
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || a.epochId - b.epochId)
    .map((epoch) => {
      const frozen = parts.frozen?.get(epoch.epochId)
      const decided = runningOf(epoch, parts.beliefs.get(epoch.epochId)?.decider ?? null, seed)
      return frozen ? { ...decided, rankers: frozen } : decided
    })
  const surfaces = new Map(settings.surfaces.map((surface) => [surface.key, surfaceStateOf(surface, settings, { running, catalogue })]))
  return { id: idOf(parts), surfaces, rankers, killed, catalogue, ...(parts.shadows?.size && { shadows: parts.shadows }) }
}

/** What is kept of a snapshot for replay, and what its id is the hash of. */
export function bodyOf({ settings, rankers, killed, beliefs }: SnapshotParts): Omit<SnapshotBody, 'learnedTo'> {
  return {
    surfaces: settings.surfaces,
    policies: settings.policies,
    running: settings.running.map(({ startedAt: _, ...epoch }) => epoch),
    models: Object.fromEntries([...rankers].map(([key, ranker]) => [key, ranker.modelVersion]).sort()),
    ...calibrationsOf(rankers),
    killed: [...killed].sort(),
    ...(settings.pressures && settings.pressures.length > 0 ? { pressures: settings.pressures } : {}),
    beliefs: [...beliefs].sort(([a], [b]) => a - b).map(([epochId, { body }]) => ({ epochId, ...body })),
  }
}

/** Names of what chances are told by; absent where nothing was learned, so that earlier ids stay what they are. */
function calibrationsOf(rankers: SnapshotParts['rankers']): Pick<SnapshotBody, 'calibrations'> {
  const named = [...rankers].flatMap(([key, { calibration }]) => (calibration ? [[key, calibration.id] as const] : []))
  return named.length > 0 ? { calibrations: Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))) } : {}
}

/** The body, and how far the log had been read: two nodes that learned the same agree on the id, whenever they looked. */
export function keptBodyOf(parts: SnapshotParts): SnapshotBody {
  return { ...bodyOf(parts), learnedTo: Object.fromEntries([...parts.beliefs].map(([epochId, { watermark }]) => [epochId, watermark])) }
}

function idOf(parts: SnapshotParts): string {
  return createHash('sha256')
    .update(JSON.stringify(bodyOf(parts)))
    .digest('hex')
    .slice(0, 16)
}

function surfaceStateOf(
  surface: Surface,
  { pressures = [] }: Settings,
  { running, catalogue }: { readonly running: readonly RunningExperiment[]; readonly catalogue: Catalogue },
): SurfaceState {
  const chosen = surface.staticItems.map((id) => catalogue.numberOf(id)).filter((item) => item !== undefined)
  return {
    // A surface that was stored before assembly was thought of has none.
    surface: { ...surface, assembly: surface.assembly ?? PLAIN },
    experiments: running.filter(({ experiment }) => experiment.surface === surface.key),
    lastResort: [...new Set([...chosen, ...catalogue.shown])],
    pressures: pressures.filter((one) => one.surface === surface.key && one.pressure > 0),
  }
}
