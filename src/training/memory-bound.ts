/**
 * The bound on a training's memory: how much of the log fits, and a check while it goes on.
 *
 *     log         33 bytes a row (log-rows.ts; the held-out part is a view) ≤ half of the bound; what does not fit is the oldest and stays out
 *     new rows    twice while they are merged into known ones: at most a quarter of the log's rows, otherwise everything is read anew
 *     V8's heap   limited by the thread itself
 *     all of it   heap + typed arrays, looked at with every report of progress
 */
import { ROW_BYTES } from './log-rows.ts'

const LOG_PART = 0.5
const NEW_PART = 0.25
export const MIB = 1_048_576

/** The latest so many rows of the log may be read. */
export function rowsWithin(memoryBytes: number): number {
  return Math.floor((LOG_PART * memoryBytes) / ROW_BYTES)
}

/** So many new rows are merged into known ones at most. */
export function newRowsWithin(rowsMax: number): number {
  return Math.floor(NEW_PART * rowsMax)
}

/** Thrown in the thread; its message is for people. */
export class TrainingMemoryError extends Error {}

/** Throws once this thread has more than the bound. */
export function checkMemory(memoryBytes: number): void {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const used = heapUsed + arrayBuffers
  if (used <= memoryBytes) return
  throw new TrainingMemoryError(
    `Training needs more than ${Math.round(memoryBytes / MIB)} MB of memory (it has ${Math.round(used / MIB)} MB in hand). ` +
      'Give it more (CROUPIER_TRAIN_MEMORY_MB), or import less history.',
  )
}
