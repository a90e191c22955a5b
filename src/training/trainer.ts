/**
 * The trainer: trains policies in a thread of its own, so that serving does not stall.
 *
 * One thread a training, ended with it, so that its memory goes back. Bodies come back by transfer; publishing is the caller's.
 */
import { Worker } from 'node:worker_threads'
import type { PolicyDefinition } from '../policies/definition.ts'
import { MIB } from './memory-bound.ts'
import type { TrainProgress } from './train-models.ts'
import type { Trained, TrainingNews, TrainingOrder } from './worker.ts'

export type { DemandReference } from './demand-reference.ts'
export type { TrainedModel, TrainingSummary, TrainProgress } from './train-models.ts'
export type { Trained } from './worker.ts'

export interface TrainerOptions {
  readonly databaseUrl: string
  /** Bound on heap and typed arrays of the thread; of a log that is too long for it the latest part is learned from. */
  readonly memoryMb?: number
  /** File in which rows are kept from one training to the next; every training reads the whole log when it is left out. */
  readonly knownFile?: string
  /** Told when kept rows are of no use, or cannot be kept. */
  readonly onNote?: (note: string) => void
}

export interface TrainOrder {
  /** All that there are, because some need others. */
  readonly policies: readonly PolicyDefinition[]
  /** Keys of those to train; all that learn when it is left out. */
  readonly only?: readonly string[]
  readonly onProgress?: (progress: TrainProgress) => void
}

export interface Trainer {
  /**
   * Trains on the log as it stands. A model with `refused` must not be published. Rejects when the log cannot be read, when the memory is
   * not enough, when a training is under way already, and when the trainer is closed.
   */
  train(order: TrainOrder): Promise<Trained>
  /** Ends a training under way; its models are lost. */
  close(): Promise<void>
}

const MEMORY_MB = 4_096
/** With less V8 does not even start a thread, and takes the process with it. */
const HEAP_MB_LEAST = 64

export function openTrainer({ databaseUrl, memoryMb = MEMORY_MB, knownFile, onNote = () => undefined }: TrainerOptions): Trainer {
  let worker: Worker | null = null
  let closed = false
  return {
    train: async ({ policies, only, onProgress = () => undefined }) => {
      if (closed) throw new Error('The trainer is closed.')
      if (worker) throw new Error('A training is under way already.')
      const bound = { databaseUrl, ...(knownFile && { knownFile }), memoryBytes: memoryMb * MIB, now: Date.now() / 1000 }
      worker = startWorker({ ...bound, policies, ...(only && { only }) }, memoryMb)
      try {
        return await outcomeOf(worker, { onProgress, onNote })
      } catch (error) {
        throw isOutOfHeap(error) ? new Error(outOfHeap(memoryMb), { cause: error }) : error
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

function startWorker(order: TrainingOrder, memoryMb: number): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: Math.max(HEAP_MB_LEAST, memoryMb) }
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: order, execArgv: [], name: 'training', resourceLimits })
}

interface Listeners {
  readonly onProgress: (progress: TrainProgress) => void
  readonly onNote: (note: string) => void
}

function outcomeOf(worker: Worker, { onProgress, onNote }: Listeners): Promise<Trained> {
  return new Promise((resolve, reject) => {
    worker.on('message', (news: TrainingNews) => {
      if (news.kind === 'progress') onProgress(news.progress)
      else if (news.kind === 'note') onNote(news.note)
      else resolve(news.trained)
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('The training was stopped before it was done.')))
  })
}

function isOutOfHeap(error: unknown): boolean {
  return (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function outOfHeap(memoryMb: number): string {
  return `Training needs more than ${memoryMb} MB of memory. Give it more (CROUPIER_TRAIN_MEMORY_MB), or import less history.`
}
