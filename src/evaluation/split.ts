/**
 * The split: what may be learned, and what is asked afterwards. One moment for everybody, so that no policy sees the future of anybody.
 *
 *     ───── training: all rows before `at` ─────┤ at        test: purchases in [at, until)        until
 *
 * A random split by row would let a policy learn next month's fashion from other shoppers; leave-one-out would do so shopper by shopper.
 * Parameters are chosen on an earlier split of the same kind (`--validation`), never on the one that is reported.
 * @see Ji, Sun, Zhang & Li (2023), A critical study on data leakage in recommender system offline evaluation, doi:10.1145/3569930
 */
import type { Catalogue } from '../policies/catalogue.ts'
import { deedOfWeight, type Recent, standing } from '../policies/deed.ts'
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import type { Purchases, TrainingData } from '../policies/policy.ts'
import { purchasesOf, purchasesOfUnit } from '../policies/purchases.ts'
import { rowsByUnit } from '../policies/rows-by-unit.ts'
import { ordersOf } from './orders.ts'

export interface SplitOptions {
  /** Seconds since 1970: training ends, the test begins. */
  readonly at: number
  /** Seconds since 1970: the test ends, exclusively. */
  readonly until: number
  /** An item is recommended only when so many shoppers bought it before. */
  readonly leastShoppers: number
}

/** A shopper who bought something in the test period. */
export interface TestShopper {
  readonly unit: number
  /** Distinct items before the split with what was done, newest first: at most as many as serving knows. */
  readonly recent: readonly Recent[]
  readonly history: readonly number[]
  /** All distinct items before the split. */
  readonly seen: ReadonlySet<number>
  readonly purchases: Purchases
  /** Orders before the split. */
  readonly orders: number
  /** Distinct items bought in the test period that could have been recommended, in order of purchase. */
  readonly bought: readonly number[]
}

export interface Split extends SplitOptions {
  readonly training: TrainingData
  readonly test: TrainingData
  /** By item number, 1 when it may be recommended. */
  readonly sellable: Uint8Array
  readonly sellableCount: number
  /** Shoppers with a purchase before the split. */
  readonly trainedShoppers: number
  readonly shoppers: readonly TestShopper[]
}

/** What serving keeps of a shopper's history. */
export const HISTORY_MAX = 50

/** Splits a log; rows must be in order of time. */
export function splitOf(data: TrainingData, catalogue: Catalogue, options: SplitOptions): Split {
  const { at, until, leastShoppers } = options
  const training = slice(data, 0, firstAt(data.seconds, at), at)
  const test = slice(data, firstAt(data.seconds, at), firstAt(data.seconds, until), until)
  const purchases = purchasesOf(training)
  const sellable = sellableOf(training, catalogue, leastShoppers)
  const past = rowsByUnit(training)
  const orders = ordersOf(training)
  const future = rowsByUnit(test)
  const shoppers: TestShopper[] = []
  for (let unit = 0; unit < data.unitCount; unit++) {
    const bought = new Set<number>()
    for (let k = future.starts[unit]!; k < future.starts[unit + 1]!; k++) {
      const row = future.rows[k]!
      if (test.weights[row] === PURCHASE_WEIGHT && sellable[test.items[row]!] === 1) bought.add(test.items[row]!)
    }
    if (bought.size === 0) continue
    const dealtWith = dealtWithIn(training, past.rows.subarray(past.starts[unit], past.starts[unit + 1]))
    const recent = dealtWith.slice(0, HISTORY_MAX)
    shoppers.push({
      ...{ unit, recent, history: recent.map(({ item }) => item), seen: new Set(dealtWith.map(({ item }) => item)) },
      ...{ purchases: purchasesOfUnit(purchases, unit), orders: orders[unit]!, bought: [...bought] },
    })
  }
  const trainedShoppers = orders.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  return { ...options, training, test, sellable, sellableCount: sellable.reduce((sum, one) => sum + one, 0), trainedShoppers, shoppers }
}

/** Each item of some rows once, the latest first, with the deed that stands: as serving keeps it. Rows are in order of time. */
function dealtWithIn({ items, weights, seconds }: TrainingData, rows: Int32Array): readonly Recent[] {
  const byItem = new Map<number, Recent>()
  for (const row of rows) {
    const item = items[row]!
    const deed = standing(byItem.get(item)?.deed ?? 'unknown', deedOfWeight(weights[row]!))
    byItem.delete(item)
    byItem.set(item, { item, deed, seconds: seconds[row]! })
  }
  return [...byItem.values()].reverse()
}

/** Rows [from, to) of a log, as seen at the moment `now`. */
function slice(data: TrainingData, from: number, to: number, now: number): TrainingData {
  return {
    ...data,
    units: data.units.subarray(from, to),
    items: data.items.subarray(from, to),
    weights: data.weights.subarray(from, to),
    seconds: data.seconds.subarray(from, to),
    ...(data.baskets && { baskets: data.baskets.subarray(from, to) }),
    now,
  }
}

/** The first row at or after a moment. */
function firstAt(seconds: Float64Array, moment: number): number {
  let low = 0
  let high = seconds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (seconds[middle]! < moment) low = middle + 1
    else high = middle
  }
  return low
}

/** Items that the catalogue lets be shown and that enough shoppers bought. */
function sellableOf({ units, items, weights, itemCount }: TrainingData, { allowed }: Catalogue, leastShoppers: number): Uint8Array {
  const shoppers = Array.from({ length: itemCount }, () => new Set<number>())
  items.forEach((item, row) => {
    if (weights[row] === PURCHASE_WEIGHT && units[row]! >= 0) shoppers[item]!.add(units[row]!)
  })
  return Uint8Array.from(shoppers, (who, item) => (allowed[item] === 1 && who.size >= leastShoppers ? 1 : 0))
}
