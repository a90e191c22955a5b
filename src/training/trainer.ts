/**
 * The trainer: trains policies in a thread of its own, so that serving does not stall.
 *
 * One thread a training, ended with it, so that its memory goes back. Bodies come back by transfer; publishing is the caller's.
 */
import { Worker } from 'node:worker_threads'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { TrainedModel, TrainProgress } from './train-models.ts'
import type { TrainingNews, TrainingOrder } from './worker.ts'

export type { TrainedModel, TrainingSummary, TrainProgress } from './train-models.ts'

export interface TrainerOptions {
  readonly databaseUrl: string
  /** The latest so many rows of the log are learned from: 24 bytes of memory each. */
  readonly rowsMax?: number
}

export interface Trainer {
  /**
   * Trains on the log as it stands. A model with `refused` must not be published. Rejects when the log cannot be read, when a training is
   * under way already, and when the trainer is closed.
   */
  train(policies: readonly PolicyDefinition[], onProgress?: (progress: TrainProgress) => void): Promise<readonly TrainedModel[]>
  /** Ends a training under way; its models are lost. */
  close(): Promise<void>
}

const ROWS_MAX = 20_000_000

export function openTrainer({ databaseUrl, rowsMax = ROWS_MAX }: TrainerOptions): Trainer {
  let worker: Worker | null = null
  let closed = false
  return {
    train: async (policies, onProgress = () => undefined) => {
      if (closed) throw new Error('The trainer is closed.')
      if (worker) throw new Error('A training is under way already.')
      worker = startWorker({ databaseUrl, policies, rowsMax, now: Date.now() / 1000 })
      try {
        return await outcomeOf(worker, onProgress)
      } finally {
        await worker.terminate()
        worker = null
      }
    },
    close: async () => {
      closed = true
      await worker?.terminate()
    },
  }
}

function startWorker(order: TrainingOrder): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: order, execArgv: [], name: 'training' })
}

function outcomeOf(worker: Worker, onProgress: (progress: TrainProgress) => void): Promise<readonly TrainedModel[]> {
  return new Promise((resolve, reject) => {
    worker.on('message', (news: TrainingNews) => {
      if (news.kind === 'progress') onProgress(news.progress)
      else resolve(news.models)
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('The training was stopped before it was done.')))
  })
}
