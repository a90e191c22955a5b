/**
 * Trains policies on one reading of the log, and tests what came of it. A policy that fails leaves the others alone.
 *
 *     log ─▶ train ─▶ self-test (opens, keeps the laws of the port, says something) ─▶ gate (against the live model) ─▶ calibration ─▶ publish, or refuse
 */
import { createHash } from 'node:crypto'
import type { Calibrated } from '../policies/calibration.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { HISTORIES, unpackHistories } from '../policies/history-body.ts'
import type { Ranker, RankRequest } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { againstLive } from './against-live.ts'
import { calibrating } from './calibrating.ts'
import { type GateNote, reasonsAgainst } from './gate.ts'
import { historiesOf } from './histories-of.ts'
import type { LiveModel } from './live-models.ts'
import type { LogReading } from './read-log.ts'
import { selfTest, testRequests } from './self-test.ts'
import { twinsOf } from './twins.ts'

/** What training has to say for itself. */
export interface TrainingSummary {
  readonly kind: string
  readonly parameters: unknown
  readonly rows: number
  readonly items: number
  readonly shoppers: number
  /** Time of the newest event it learned from, at most the moment of training; seconds since 1970. */
  readonly until: number
  readonly bytes: number
  readonly trainMs: number
  /** Heap and typed arrays of the thread after training. */
  readonly memoryBytes: number
  readonly asked?: number
  readonly answered?: number
  readonly coverage?: number
  /** How it stood against the live model. */
  readonly gate?: GateNote
}

export interface TrainedModel {
  /** Key of the policy; '$histories' for the shoppers' histories, which are published like a model. */
  readonly policy: string
  /** First 16 hexadecimal digits of the SHA-256 of the bytes. */
  readonly version: string
  /** Empty when training failed. */
  readonly bytes: Uint8Array
  readonly summary: TrainingSummary
  /** Why it must not serve; null when it may. */
  readonly refused: Refusal | null
  /** What its ranking means in purchases, or why that is unknown; absent of histories and of what is refused as unfit. */
  readonly calibration?: Calibrated
}

export interface Refusal {
  /** unfit: it cannot serve, whatever anybody wants. worse: it could, but the live model is better. */
  readonly kind: 'unfit' | 'worse'
  readonly reasons: readonly string[]
}

export interface TrainProgress {
  /** Key of the policy; null while the log is read. */
  readonly policy: string | null
  /** Between 0 and 1, of this policy. */
  readonly done: number
  readonly doing: string
}

export interface Task {
  /** All that learn, because some need others. */
  readonly policies: readonly PolicyDefinition[]
  /** Keys of those to train; all when it is left out. */
  readonly only?: readonly string[]
  readonly live?: ReadonlyMap<string, LiveModel>
}

const VERSION_DIGITS = 16
const NO_BYTES = new Uint8Array(0)
const NONE: ReadonlyMap<string, LiveModel> = new Map()

/** The models in the order of the definitions, then the histories. Policies of kinds that do not learn are passed over. */
export function trainModels(
  reading: LogReading,
  { policies, only, live = NONE }: Task,
  onProgress: (progress: TrainProgress) => void,
): readonly TrainedModel[] {
  const learning = policies.filter((policy) => kinds[policy.kind]?.train)
  const wanted = learning.filter(({ key }) => only?.includes(key) ?? true)
  const trained = new Map(wanted.map((policy) => [policy.key, train(reading, policy, onProgress)]))
  const histories = timed(reading, { kind: HISTORIES, parameters: {} }, () => historiesOf(reading.data, reading.unitKeys))
  const requests = testRequests(unpackHistories(histories.bytes), reading.catalogue, reading.data.now)
  const bodies = twinsOf(onProgress)
  const { asItServes, gate } = againstLive({ reading, bodies, requests, live })
  const calibrated = calibrating({ reading, bodies, policies, live })
  const rankers = new Map<string, Ranker>()
  for (const policy of needingLast(learning)) {
    const model = trained.get(policy.key)
    if (!model) {
      // Others may need it: it takes part as it serves.
      const serving = asItServes(policy)
      if (serving) rankers.set(policy.key, serving)
    } else if (model.refused === null) trained.set(policy.key, tested(model, policy, { reading, rankers, requests, gate, calibrated }))
  }
  return [...wanted.map(({ key }) => trained.get(key)!), { ...histories, policy: HISTORIES, refused: null }]
}

function train(reading: LogReading, policy: PolicyDefinition, onProgress: (progress: TrainProgress) => void): TrainedModel {
  const { key, kind, parameters } = policy
  try {
    const made = timed(reading, policy, () =>
      kinds[kind]!.train!(reading.data, parameters, (done, doing) => onProgress({ policy: key, done, doing })),
    )
    onProgress({ policy: key, done: 1, doing: 'trained' })
    return { policy: key, ...made, refused: null }
  } catch (error) {
    return { policy: key, ...timed(reading, policy, () => NO_BYTES), refused: unfit(`Training failed: ${messageOf(error)}`) }
  }
}

interface Testing {
  readonly reading: LogReading
  /** New models so far, and live ones of what is not trained. */
  readonly rankers: Map<string, Ranker>
  readonly requests: readonly RankRequest[]
  readonly gate: ReturnType<typeof againstLive>['gate']
  readonly calibrated: ReturnType<typeof calibrating>
}

function tested(model: TrainedModel, policy: PolicyDefinition, { reading, rankers, requests, gate, calibrated }: Testing): TrainedModel {
  const { catalogue } = reading
  const { key, kind, parameters } = policy
  try {
    const ranker = kinds[kind]!.open(key, model, parameters, { catalogue, ranker: (other) => rankers.get(other) })
    const { asked, answered, coverage } = selfTest(ranker, requests, catalogue)
    rankers.set(key, ranker)
    const note = gate(policy, { version: model.version, ranker, coverage })
    const reasons = reasonsAgainst(note)
    return {
      ...model,
      summary: { ...model.summary, asked, answered, coverage, gate: note },
      refused: reasons.length > 0 ? { kind: 'worse', reasons } : null,
      calibration: calibrated(policy),
    }
  } catch (error) {
    return { ...model, refused: unfit(messageOf(error)) }
  }
}

const unfit = (reason: string): Refusal => ({ kind: 'unfit', reasons: [reason] })

function timed(
  { data }: LogReading,
  { kind, parameters }: Pick<PolicyDefinition, 'kind' | 'parameters'>,
  make: () => Uint8Array,
): Pick<TrainedModel, 'version' | 'bytes' | 'summary'> {
  const started = performance.now()
  const bytes = make()
  const trainMs = Math.round(performance.now() - started)
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return {
    version: createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_DIGITS),
    bytes,
    summary: {
      kind,
      parameters,
      rows: data.items.length,
      items: data.itemCount - 1,
      shoppers: data.unitCount,
      until: Math.min(data.now, data.seconds.at(-1) ?? 0),
      bytes: bytes.length,
      trainMs,
      memoryBytes: heapUsed + arrayBuffers,
    },
  }
}

/** Policies that combine others after those that stand alone. */
function needingLast(policies: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  const needs = ({ kind, parameters }: PolicyDefinition) => kinds[kind]!.needs?.(parameters).length ?? 0
  return policies.toSorted((a, b) => needs(a) - needs(b))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
