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
