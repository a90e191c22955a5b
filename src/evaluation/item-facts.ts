/** What is known about each item before the test: how new, how surprising, how it reads, which group it belongs to. */
import type { Catalogue } from '../policies/catalogue.ts'
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import type { TrainingData } from '../policies/policy.ts'
import type { Rows } from '../policies/sparse.ts'
import { idfOf, vectorsOf } from '../policies/tf-idf.ts'
import type { Split } from './split.ts'

/** Columns by item number. */
export interface ItemFacts {
  readonly sellable: Uint8Array
  /** −log₂ of the share of shoppers who bought it, in bits. */
  readonly surprise: Float64Array
  /** 1 when it was first sold in the last FRESH_DAYS before the split. */
  readonly isFresh: Uint8Array
  /** NaN where unknown. */
  readonly pricesMinor: Float64Array
  readonly vectors: Rows
  readonly groups: ItemGroups
}

/** Groups of items whose exposure is compared; every sellable item belongs to one. */
export interface ItemGroups {
  readonly by: 'category' | 'popularity'
  readonly names: readonly string[]
  /** By item number, a position in `names`; −1 for what is not sellable. */
  readonly of: Int32Array
}

export const FRESH_DAYS = 30
const DAY_SECONDS = 86_400
/** Items that make the first half of all purchases, the next 30 %, the last 20 %. */
const POPULARITY = [
  { name: 'head', until: 0.5 },
  { name: 'middle', until: 0.8 },
  { name: 'tail', until: 1 },
] as const
const NO_CATEGORY = '(none)'

/** Everything from the training part alone. */
export function itemFactsOf({ training, sellable }: Split, { categories, pricesMinor }: Catalogue): ItemFacts {
  const { buyers, purchases, firstSold } = soldOf(training)
  const shoppers = Math.max(1, new Set(training.units.filter((unit) => unit >= 0)).size)
  const byCategory = new Set(categories.filter((category, item) => category !== null && sellable[item] === 1)).size > 1
  return {
    sellable,
    // An item that nobody known bought counts as bought by one.
    surprise: Float64Array.from(buyers, (count) => -Math.log2(Math.max(1, count) / shoppers)),
    isFresh: Uint8Array.from(firstSold, (second) => (second >= training.now - FRESH_DAYS * DAY_SECONDS ? 1 : 0)),
    pricesMinor,
    vectors: vectorsOf(training.texts, idfOf(training.texts)),
    groups: byCategory ? categoryGroups(categories, sellable) : popularityGroups(purchases, sellable),
  }
}

interface Sold {
  /** Distinct shoppers. */
  readonly buyers: Float64Array
  readonly purchases: Float64Array
  /** −∞ for what was never sold. */
  readonly firstSold: Float64Array
}

function soldOf({ units, items, weights, seconds, itemCount }: TrainingData): Sold {
  const purchases = new Float64Array(itemCount)
  const firstSold = new Float64Array(itemCount).fill(Number.NEGATIVE_INFINITY)
  const who = Array.from({ length: itemCount }, () => new Set<number>())
  items.forEach((item, row) => {
    if (weights[row] !== PURCHASE_WEIGHT) return
    if (purchases[item] === 0) firstSold[item] = seconds[row]!
    purchases[item]!++
    if (units[row]! >= 0) who[item]!.add(units[row]!)
  })
  return { buyers: Float64Array.from(who, (set) => set.size), purchases, firstSold }
}

function categoryGroups(categories: readonly (string | null)[], sellable: Uint8Array): ItemGroups {
  const nameOf = (item: number) => categories[item] ?? NO_CATEGORY
  const names = [...new Set(Array.from(sellable.keys()).flatMap((item) => (sellable[item] === 1 ? [nameOf(item)] : [])))].sort()
  const positions = new Map(names.map((name, position) => [name, position]))
  return { by: 'category', names, of: Int32Array.from(sellable, (may, item) => (may === 1 ? positions.get(nameOf(item))! : -1)) }
}

function popularityGroups(purchases: Float64Array, sellable: Uint8Array): ItemGroups {
  const order = Array.from(sellable.keys())
    .filter((item) => sellable[item] === 1)
    .sort((a, b) => purchases[b]! - purchases[a]! || a - b)
  const total = order.reduce((sum, item) => sum + purchases[item]!, 0)
  const of = new Int32Array(sellable.length).fill(-1)
  let sold = 0
  for (const item of order) {
    of[item] = POPULARITY.findIndex(({ until }) => sold < until * total || until === 1)
    sold += purchases[item]!
  }
  return { by: 'popularity', names: POPULARITY.map(({ name }) => name), of }
}
