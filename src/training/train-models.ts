/** Trains every policy on one reading of the log, and tests what came of it. A policy that fails leaves the others alone. */
import { createHash } from 'node:crypto'
import type { PolicyDefinition } from '../policies/definition.ts'
import { HISTORIES, unpackHistories } from '../policies/history-body.ts'
import type { Ranker } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { historiesOf } from './histories-of.ts'
import type { LogReading } from './read-log.ts'
import { selfTest, testRequests } from './self-test.ts'

/** What training has to say for itself. */
export interface TrainingSummary {
  readonly kind: string
  readonly rows: number
  readonly items: number
  readonly shoppers: number
  readonly bytes: number
  readonly trainMs: number
  /** Heap and typed arrays of the thread after training. */
  readonly memoryBytes: number
  readonly asked?: number
  readonly answered?: number
  readonly coverage?: number
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
  readonly refused: string | null
}

export interface TrainProgress {
  /** Key of the policy; null while the log is read. */
  readonly policy: string | null
  /** Between 0 and 1, of this policy. */
  readonly done: number
  readonly doing: string
}

const VERSION_DIGITS = 16
const NO_BYTES = new Uint8Array(0)

/** The models in the order of the definitions, then the histories. Policies of kinds that do not learn are passed over. */
export function trainModels(
  reading: LogReading,
  policies: readonly PolicyDefinition[],
  onProgress: (progress: TrainProgress) => void,
): readonly TrainedModel[] {
  const learning = policies.filter((policy) => kinds[policy.kind]?.train)
  const trained = new Map(learning.map((policy) => [policy.key, train(reading, policy, onProgress)]))
  const histories = timed(reading, HISTORIES, () => historiesOf(reading.data, reading.unitKeys))
  const requests = testRequests(unpackHistories(histories.bytes), reading.catalogue, reading.data.now)
  const rankers = new Map<string, Ranker>()
  for (const policy of needingLast(learning)) {
    const model = trained.get(policy.key)!
    if (model.refused === null) trained.set(policy.key, tested(model, policy, { reading, rankers, requests }))
  }
  return [...learning.map(({ key }) => trained.get(key)!), { ...histories, policy: HISTORIES, refused: null }]
}

function train(
  reading: LogReading,
  { key, kind, parameters }: PolicyDefinition,
  onProgress: (progress: TrainProgress) => void,
): TrainedModel {
  try {
    const made = timed(reading, kind, () =>
      kinds[kind]!.train!(reading.data, parameters, (done, doing) => onProgress({ policy: key, done, doing })),
    )
    onProgress({ policy: key, done: 1, doing: 'trained' })
    return { policy: key, ...made, refused: null }
  } catch (error) {
    return { policy: key, ...timed(reading, kind, () => NO_BYTES), refused: `Training failed: ${messageOf(error)}` }
  }
}

type Testing = { readonly reading: LogReading; readonly rankers: Map<string, Ranker>; readonly requests: ReturnType<typeof testRequests> }

function tested(model: TrainedModel, { key, kind, parameters }: PolicyDefinition, { reading, rankers, requests }: Testing): TrainedModel {
  const { catalogue } = reading
  try {
    const ranker = kinds[kind]!.open(key, model, parameters, { catalogue, ranker: (other) => rankers.get(other) })
    const { asked, answered, coverage } = selfTest(ranker, requests, catalogue)
    rankers.set(key, ranker)
    return { ...model, summary: { ...model.summary, asked, answered, coverage } }
  } catch (error) {
    return { ...model, refused: messageOf(error) }
  }
}

function timed({ data }: LogReading, kind: string, make: () => Uint8Array): Pick<TrainedModel, 'version' | 'bytes' | 'summary'> {
  const started = performance.now()
  const bytes = make()
  const trainMs = Math.round(performance.now() - started)
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return {
    version: createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_DIGITS),
    bytes,
    summary: {
      kind,
      rows: data.items.length,
      items: data.itemCount - 1,
      shoppers: data.unitCount,
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
