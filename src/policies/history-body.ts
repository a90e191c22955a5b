/**
 * The body of histories: what each known shopper dealt with lately, beside the models and stored like one.
 *
 * Pseudonyms (16 bytes) in ascending order, and for each a sparse row of recent items with their deeds and one of what was bought when,
 * newest first. Bodies of earlier releases have items only, or no purchases.
 */
import { assert } from '../stats/assert.ts'
import { type NamedArrays, openArrays, packArrays } from './arrays.ts'
import { DEEDS, type Recent } from './deed.ts'
import { NO_PURCHASES, type Past } from './past.ts'
import type { Purchases } from './policy.ts'

/** Where histories stand among the models; no policy can have this key. */
export const HISTORIES = '$histories'
export const UNIT_BYTES = 16

export interface HistoryRows {
  /** 16 bytes a shopper, ascending. */
  readonly units: Uint8Array
  /** Length shoppers + 1. */
  readonly starts: Int32Array
  readonly items: Int32Array
  /**
   * Beside each item its standing deed (a position in DEEDS) and the moment of its latest event, seconds since 1970; a body of an earlier release
   * has none. The 32 bits are read without a sign: until the year 2106.
   */
  readonly deeds?: Uint8Array
  readonly seconds?: Int32Array
  /** A body of an earlier release has none. */
  readonly purchases?: PurchaseMinutes
}

/** Purchases by shopper, newest first; times in minutes since 1970, which 31 bits hold until the year 6053. */
export interface PurchaseMinutes {
  /** Length shoppers + 1. */
  readonly starts: Int32Array
  readonly items: Int32Array
  readonly minutes: Int32Array
  /** Of the newest event in the log, seconds since 1970: what was bought and returned until then is accounted for. One number. */
  readonly until: Float64Array
}

export function packHistories({ units, starts, items, deeds, seconds, purchases }: HistoryRows): Uint8Array {
  return packArrays(HISTORIES, {
    ...{ units, starts, items },
    ...(deeds && seconds && { deeds, seconds }),
    ...(purchases && {
      ...{ purchaseStarts: purchases.starts, purchaseItems: purchases.items, purchaseMinutes: purchases.minutes },
      purchaseUntil: purchases.until,
    }),
  })
}

/** Throws a plain sentence when the bytes are no histories. */
export function unpackHistories(bytes: Uint8Array): HistoryRows {
  const arrays: NamedArrays = openArrays(bytes, HISTORIES)
  const told = arrays.has('deeds') && { deeds: arrays.uint8('deeds'), seconds: arrays.int32('seconds') }
  const bought = arrays.has('purchaseStarts') && {
    purchases: {
      ...{ starts: arrays.int32('purchaseStarts'), items: arrays.int32('purchaseItems'), minutes: arrays.int32('purchaseMinutes') },
      until: arrays.float64('purchaseUntil'),
    },
  }
  const rows = { units: arrays.uint8('units'), starts: arrays.int32('starts'), items: arrays.int32('items'), ...told, ...bought }
  assert(rows.units.length === UNIT_BYTES * (rows.starts.length - 1), 'The histories are corrupt: shoppers and rows differ in number.')
  return rows
}

/** The past of the shopper of a row. */
export function pastAt(rows: HistoryRows, row: number): Past {
  return { recent: recentAt(rows, row), purchases: purchasesAt(rows, row) }
}

function recentAt({ starts, items, deeds, seconds }: HistoryRows, row: number): readonly Recent[] {
  const recent: Recent[] = []
  for (let at = starts[row]!; at < starts[row + 1]!; at++)
    recent.push({ item: items[at]!, deed: DEEDS[deeds?.[at] ?? 0] ?? 'unknown', seconds: (seconds?.[at] ?? 0) >>> 0 })
  return recent
}

const MINUTE_SECONDS = 60

/** A loop, because views and mapped copies of typed arrays cost ten times as much for the few purchases of a shopper, in every request. */
function purchasesAt({ purchases }: HistoryRows, row: number): Purchases {
  if (!purchases) return NO_PURCHASES
  const from = purchases.starts[row]!
  const count = purchases.starts[row + 1]! - from
  if (count === 0) return NO_PURCHASES
  const items = new Array<number>(count)
  const seconds = new Array<number>(count)
  for (let i = 0; i < count; i++) {
    items[i] = purchases.items[from + i]!
    seconds[i] = purchases.minutes[from + i]! * MINUTE_SECONDS
  }
  return { items, seconds }
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
