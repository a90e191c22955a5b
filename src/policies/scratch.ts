/**
 * Scratch: a dense vector of scores that remembers which entries were touched, so that clearing it costs what filling it did.
 */
import type { Rows } from './sparse.ts'

export interface Scratch {
  readonly scores: Float64Array
  /** The touched items, in the order of first touch; only the first `count` are meant. */
  readonly items: Int32Array
  count: number
  readonly sorted: false
  readonly seen: Uint8Array
}

export function newScratch(size: number): Scratch {
  return { scores: new Float64Array(size), items: new Int32Array(size), count: 0, sorted: false, seen: new Uint8Array(size) }
}

export function clear(scratch: Scratch): void {
  const { scores, items, seen } = scratch
  for (let i = 0; i < scratch.count; i++) {
    const item = items[i]!
    scores[item] = 0
    seen[item] = 0
  }
  scratch.count = 0
}

/** Adds weight × a row of a matrix whose columns are items. */
export function addRow(scratch: Scratch, { starts, columns, values }: Rows, row: number, weight: number): void {
  const { scores, items, seen } = scratch
  let count = scratch.count
  const end = starts[row + 1]!
  for (let k = starts[row]!; k < end; k++) {
    const item = columns[k]!
    if (seen[item] === 0) {
      seen[item] = 1
      items[count++] = item
    }
    scores[item]! += weight * values[k]!
  }
  scratch.count = count
}
