/** The thread that trains: reads the log, trains, hands the bodies over without copying them, ends. */
import { parentPort, workerData } from 'node:worker_threads'
import type { PolicyDefinition } from '../policies/definition.ts'
import { readLog } from './read-log.ts'
import { type TrainedModel, type TrainProgress, trainModels } from './train-models.ts'

export interface TrainingOrder {
  readonly databaseUrl: string
  readonly policies: readonly PolicyDefinition[]
  readonly rowsMax: number
  /** Seconds since 1970. */
  readonly now: number
}

export type TrainingNews =
  | { readonly kind: 'progress'; readonly progress: TrainProgress }
  | { readonly kind: 'done'; readonly models: readonly TrainedModel[] }

/** News of one policy at most so often. */
const NEWS_EVERY_MS = 100

const order = workerData as TrainingOrder
let toldAt = 0
let toldOf: string | null | undefined

function tell(progress: TrainProgress): void {
  const now = performance.now()
  if (progress.policy === toldOf && progress.done < 1 && now - toldAt < NEWS_EVERY_MS) return
  toldAt = now
  toldOf = progress.policy
  post({ kind: 'progress', progress })
}

function post(news: TrainingNews, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(news, transfer)
}

const reading = await readLog({ ...order, onProgress: (done) => tell({ policy: null, done, doing: 'reading the log' }) })
const models = trainModels(reading, order.policies, tell)
post({ kind: 'done', models }, [...new Set(models.map(({ bytes }) => bytes.buffer as ArrayBuffer))])
