/** The thread that trains: reads the log, trains, tests, hands the bodies over without copying them, ends. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { PolicyDefinition } from '../policies/definition.ts'
import { type DemandReference, demandReferenceOf } from './demand-reference.ts'
import { checkMemory, rowsWithin } from './memory-bound.ts'
import { type ReadAt, readLog } from './read-log.ts'
import { type TrainedModel, type TrainProgress, trainModels } from './train-models.ts'

export interface TrainingOrder {
  readonly databaseUrl: string
  /** Where rows are kept between trainings; nothing is kept when it is left out. */
  readonly knownFile?: string
  readonly policies: readonly PolicyDefinition[]
  /** Keys of those to train; all when it is left out. */
  readonly only?: readonly string[]
  /** Heap and typed arrays together. */
  readonly memoryBytes: number
  /** Seconds since 1970. */
  readonly now: number
}

/** What a training came to. */
export interface Trained {
  readonly models: readonly TrainedModel[]
  readonly at: ReadAt
  readonly reference: DemandReference
}

export type TrainingNews =
  | { readonly kind: 'progress'; readonly progress: TrainProgress }
  /** For the log of whoever runs the service. */
  | { readonly kind: 'note'; readonly note: string }
  | { readonly kind: 'done'; readonly trained: Trained }

/** News of one policy at most so often. */
const NEWS_EVERY_MS = 100

/** Serving goes first where processors are scarce. On Linux a thread has a niceness of its own; elsewhere it would be the whole process's. */
const NICE = 10
if (process.platform === 'linux') setPriority(NICE)

const order = workerData as TrainingOrder
let toldAt = 0
let toldOf: string | null | undefined

function tell(progress: TrainProgress): void {
  checkMemory(order.memoryBytes)
  const now = performance.now()
  if (progress.policy === toldOf && progress.done < 1 && now - toldAt < NEWS_EVERY_MS) return
  toldAt = now
  toldOf = progress.policy
  post({ kind: 'progress', progress })
}

function post(news: TrainingNews, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(news, transfer)
}

const { databaseUrl, knownFile, policies, only, memoryBytes, now } = order
const reading = await readLog({
  ...{ databaseUrl, now, rowsMax: rowsWithin(memoryBytes), policies: policies.map(({ key }) => key) },
  ...(knownFile !== undefined && { known: { path: knownFile, onNote: (note: string) => post({ kind: 'note', note }) } }),
  onProgress: (done, doing) => tell({ policy: null, done, doing }),
})
const models = trainModels(reading, { policies, live: reading.live, ...(only && { only }) }, tell)
checkMemory(memoryBytes)
const trained: Trained = { models, at: reading.at, reference: demandReferenceOf(reading.data) }
post({ kind: 'done', trained }, [...new Set(models.map(({ bytes }) => bytes.buffer as ArrayBuffer))])
