/**
 * Preferences: how much each shopper wanted each item, from 0 to 1, as a sparse matrix by shopper.
 *
 *     x = min(1, Σ w / 5)      view 1, cart 3, purchase 5, return −5: one purchase is all, a returned one nothing
 *
 * Saturating, because the tenth purchase of the same thing says little more about taste than the first.
 */
import { PURCHASE_WEIGHT } from './interaction-weight.ts'
import type { TrainingData } from './policy.ts'
import { rowsByUnit } from './rows-by-unit.ts'
import type { Rows } from './sparse.ts'

/**
 * The matrix of shoppers (rows) by items (columns). Of a shopper with more than `itemsMax` items the latest count: a few shoppers with
 * thousands of items (resellers, robots) would otherwise make most of the work and of the co-occurrences.
 */
export function preferencesOf(data: TrainingData, itemsMax: number): Rows {
  const events = rowsByUnit(data)
  const starts = new Int32Array(data.unitCount + 1)
  const columns = new Int32Array(events.rows.length)
  const values = new Float32Array(events.rows.length)
  const sums = new Float64Array(data.itemCount)
  const row = new Int32Array(Math.min(itemsMax, data.itemCount))
  const taken = new Int32Array(data.itemCount).fill(-1)
  let at = 0
  for (let unit = 0; unit < data.unitCount; unit++) {
    let count = 0
    for (let k = events.starts[unit + 1]! - 1; k >= events.starts[unit]!; k--) {
      const event = events.rows[k]!
      const item = data.items[event]!
      if (taken[item] !== unit) {
        if (count === row.length) continue
        taken[item] = unit
        sums[item] = 0
        row[count++] = item
      }
      sums[item]! += data.weights[event]!
    }
    for (const item of row.subarray(0, count).sort()) {
      const value = Math.min(1, sums[item]! / PURCHASE_WEIGHT)
      if (!(value > 0)) continue
      columns[at] = item
      values[at++] = value
    }
    starts[unit + 1] = at
  }
  return { starts, columns: columns.slice(0, at), values: values.slice(0, at) }
}
