/**
 * Scratch: a vector of scores to add rows of a sparse matrix into.
 *
 * Where few entries are coming, it remembers which it touched, so that clearing it costs what filling it did. Where many are coming, it
 * remembers nothing and hands out every number: remembering costs more than what it saves.
 */
import type { Rows } from './sparse.ts'

export interface Scratch {
  readonly scores: Float64Array
  /** The touched items, in the order of first touch, or all of them in order; only the first `count` are meant. */
  items: Int32Array
  count: number
  readonly sorted: false
  whole: boolean
  readonly seen: Uint8Array
  readonly touched: Int32Array
  readonly everything: Int32Array
}

/** From this part of all entries on, the scratch is whole. */
const WHOLE_PART = 1 / 2

export function newScratch(size: number): Scratch {
  const touched = new Int32Array(size)
  return {
    ...{ scores: new Float64Array(size), items: touched, count: 0, sorted: false, whole: false },
    ...{ seen: new Uint8Array(size), touched, everything: Int32Array.from({ length: size }, (_, item) => item) },
  }
}

/** Forgets everything; `entries` are about to be added. */
export function clear(scratch: Scratch, entries = 0): void {
  const { scores, seen, touched, everything } = scratch
  if (scratch.whole) scores.fill(0)
  else {
    for (let i = 0; i < scratch.count; i++) {
      const item = touched[i]!
      scores[item] = 0
      seen[item] = 0
    }
  }
  scratch.whole = entries >= scores.length * WHOLE_PART
  scratch.items = scratch.whole ? everything : touched
  scratch.count = scratch.whole ? scores.length : 0
}

/** Adds weight × a row of a matrix whose columns are items. */
export function addRow(scratch: Scratch, rows: Rows, row: number, weight: number): void {
  const { scores, touched, seen } = scratch
  if (scratch.whole) {
    addUnseen(scores, rows, row, weight)
    return
  }
  const { starts, columns, values } = rows
  const end = starts[row + 1]!
  let count = scratch.count
  for (let k = starts[row]!; k < end; k++) {
    const item = columns[k]!
    if (seen[item] === 0) {
      seen[item] = 1
      touched[count++] = item
    }
    scores[item]! += weight * values[k]!
  }
  scratch.count = count
}

/** Lists of items, and what each item counts wherever it stands. */
export interface Lists {
  readonly starts: Int32Array
  readonly items: Int32Array
  /** By item number. */
  readonly factors: Float32Array
}

/** Adds weight × the factor of each item of a list. */
export function addList(scratch: Scratch, { starts, items, factors }: Lists, list: number, weight: number): void {
  const { scores, touched, seen, whole } = scratch
  const end = starts[list + 1]!
  let count = scratch.count
  for (let at = starts[list]!; at < end; at++) {
    const item = items[at]!
    if (!whole && seen[item] === 0) {
      seen[item] = 1
      touched[count++] = item
    }
    scores[item]! += weight * factors[item]!
  }
  scratch.count = count
}

/** The same as addRow where nothing is remembered. */
function addUnseen(scores: Float64Array, { starts, columns, values }: Rows, row: number, weight: number): void {
  const end = starts[row + 1]!
  for (let k = starts[row]!; k < end; k++) scores[columns[k]!]! += weight * values[k]!
}
