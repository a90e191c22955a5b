/** Orders: how often each shopper came and bought. Purchases of one basket are one order; without baskets, those of one moment. */
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import type { TrainingData } from '../policies/policy.ts'

/** Orders by shopper; rows must be in order of time. O(rows). */
export function ordersOf({ units, weights, seconds, baskets, unitCount }: TrainingData): Int32Array {
  const orders = new Int32Array(unitCount)
  const lastBasket = new Int32Array(unitCount).fill(-1)
  const lastSeconds = new Float64Array(unitCount).fill(Number.NEGATIVE_INFINITY)
  for (let row = 0; row < units.length; row++) {
    const unit = units[row]!
    if (unit < 0 || weights[row] !== PURCHASE_WEIGHT) continue
    const basket = baskets?.[row] ?? -1
    const same = basket >= 0 ? basket === lastBasket[unit] : seconds[row] === lastSeconds[unit]
    if (!same) orders[unit]!++
    lastBasket[unit] = basket
    lastSeconds[unit] = seconds[row]!
  }
  return orders
}
