/**
 * The body of histories: what each known shopper dealt with lately, beside the models and stored like one.
 *
 * Pseudonyms (16 bytes) in ascending order, and for each a sparse row of item numbers, newest first, and one of what was bought when.
 */
import { assert } from '../stats/assert.ts'
import { type NamedArrays, openArrays, packArrays } from './arrays.ts'
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
  /** Absent in bodies of an earlier version. */
  readonly purchases?: PurchaseMinutes
}

/** Purchases by shopper, newest first; times in minutes since 1970, which 31 bits hold until the year 6053. */
export interface PurchaseMinutes {
  /** Length shoppers + 1. */
  readonly starts: Int32Array
  readonly items: Int32Array
  readonly minutes: Int32Array
}

export function packHistories({ units, starts, items, purchases }: HistoryRows): Uint8Array {
  return packArrays(HISTORIES, {
    ...{ units, starts, items },
    ...(purchases && { purchaseStarts: purchases.starts, purchaseItems: purchases.items, purchaseMinutes: purchases.minutes }),
  })
}

const MINUTE_SECONDS = 60
const NO_PURCHASES: Purchases = { items: [], seconds: [] }

/** What the shopper of a row bought and when, newest first. */
export function purchasesAt({ purchases }: HistoryRows, row: number): Purchases {
  if (!purchases) return NO_PURCHASES
  const from = purchases.starts[row]!
  const to = purchases.starts[row + 1]!
  return {
    items: purchases.items.subarray(from, to),
    seconds: Float64Array.from(purchases.minutes.subarray(from, to), (minute) => minute * MINUTE_SECONDS),
  }
}

/** Throws a plain sentence when the bytes are no histories. */
export function unpackHistories(bytes: Uint8Array): HistoryRows {
  const arrays: NamedArrays = openArrays(bytes, HISTORIES)
  const purchases = arrays.has('purchaseStarts') && {
    purchases: {
      starts: arrays.int32('purchaseStarts'),
      items: arrays.int32('purchaseItems'),
      minutes: arrays.int32('purchaseMinutes'),
    },
  }
  const rows = { units: arrays.uint8('units'), starts: arrays.int32('starts'), items: arrays.int32('items'), ...purchases }
  assert(rows.units.length === UNIT_BYTES * (rows.starts.length - 1), 'The histories are corrupt: shoppers and rows differ in number.')
  return rows
}
