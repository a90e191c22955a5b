/**
 * Purchases: of each shopper what was bought when, as a policy gets it with a request.
 *
 * A return takes back the latest purchase of that item. Views and carts are no purchases. Of a shopper the latest PURCHASES_MAX count.
 */
import { PURCHASE_WEIGHT } from './interaction-weight.ts'
import type { Purchases, TrainingData } from './policy.ts'
import { rowsByUnit } from './rows-by-unit.ts'

export const PURCHASES_MAX = 500

/** All purchases by shopper: those of shopper u stand at [starts[u], starts[u+1]), newest first. */
export interface PurchaseRows {
  /** Length unitCount + 1. */
  readonly starts: Int32Array
  readonly items: Int32Array
  /** Since 1970. */
  readonly seconds: Float64Array
}

/** Reads purchases out of the log. O(rows). */
export function purchasesOf(data: TrainingData, purchasesMax = PURCHASES_MAX): PurchaseRows {
  const { items, weights, seconds, unitCount, itemCount } = data
  const { starts: rowStarts, rows } = rowsByUnit(data)
  const starts = new Int32Array(unitCount + 1)
  const boughtItems = new Int32Array(rows.length)
  const boughtSeconds = new Float64Array(rows.length)
  const returned = new Int32Array(itemCount)
  let at = 0
  for (let unit = 0; unit < unitCount; unit++) {
    const from = rowStarts[unit]!
    const to = rowStarts[unit + 1]!
    const start = at
    for (let k = to - 1; k >= from; k--) {
      const row = rows[k]!
      const item = items[row]!
      if (weights[row]! < 0) returned[item]!++
      else if (weights[row] === PURCHASE_WEIGHT) {
        if (returned[item]! > 0) returned[item]!--
        else if (at - start < purchasesMax) {
          boughtItems[at] = item
          boughtSeconds[at++] = seconds[row]!
        }
      }
    }
    for (let k = from; k < to; k++) returned[items[rows[k]!]!] = 0
    starts[unit + 1] = at
  }
  return { starts, items: boughtItems.slice(0, at), seconds: boughtSeconds.slice(0, at) }
}

/** The purchases of one shopper, without copying. */
export function purchasesOfUnit({ starts, items, seconds }: PurchaseRows, unit: number): Purchases {
  const from = starts[unit]!
  const to = starts[unit + 1]!
  return { items: items.subarray(from, to), seconds: seconds.subarray(from, to) }
}
