/**
 * The body of histories: what each known shopper dealt with lately, beside the models and stored like one.
 *
 * Pseudonyms (16 bytes) in ascending order, and a sparse row of item numbers for each, newest first.
 */
import { assert } from '../stats/assert.ts'
import { type NamedArrays, openArrays, packArrays } from './arrays.ts'

/** Where histories stand among the models; no policy can have this key. */
export const HISTORIES = '$histories'
export const UNIT_BYTES = 16

export interface HistoryRows {
  /** 16 bytes a shopper, ascending. */
  readonly units: Uint8Array
  /** Length shoppers + 1. */
  readonly starts: Int32Array
  readonly items: Int32Array
  /** Beside each item its standing deed (a position in DEEDS) and the moment of its latest event; a body of an earlier release has none. */
  readonly deeds?: Uint8Array
  readonly seconds?: Int32Array
}

export function packHistories({ units, starts, items, deeds, seconds }: HistoryRows): Uint8Array {
  return packArrays(HISTORIES, { units, starts, items, ...(deeds && seconds ? { deeds, seconds } : {}) })
}

/** Throws a plain sentence when the bytes are no histories. */
export function unpackHistories(bytes: Uint8Array): HistoryRows {
  const arrays: NamedArrays = openArrays(bytes, HISTORIES)
  const told = arrays.has('deeds') ? { deeds: arrays.uint8('deeds'), seconds: arrays.int32('seconds') } : {}
  const rows = { units: arrays.uint8('units'), starts: arrays.int32('starts'), items: arrays.int32('items'), ...told }
  assert(rows.units.length === UNIT_BYTES * (rows.starts.length - 1), 'The histories are corrupt: shoppers and rows differ in number.')
  return rows
}

/** The row of a pseudonym among ascending ones; −1 when it is not there. O(log rows). */
export function unitRowOf(units: Uint8Array, unit: Uint8Array): number {
  let low = 0
  let high = units.length / UNIT_BYTES - 1
  while (low <= high) {
    const row = (low + high) >>> 1
    const order = compareAt(units, row * UNIT_BYTES, unit)
    if (order === 0) return row
    if (order < 0) low = row + 1
    else high = row - 1
  }
  return -1
}

/** Below 0 when the 16 bytes at a place come before the unit. */
export function compareAt(units: Uint8Array, at: number, unit: Uint8Array): number {
  for (let i = 0; i < UNIT_BYTES; i++) {
    const difference = units[at + i]! - unit[i]!
    if (difference !== 0) return difference
  }
  return 0
}
