/**
 * Repeat gaps: how long shoppers wait until they buy an item again.
 *
 *     x = ln days between two orders of the item by one shopper        κ = backOff, in gaps
 *     μ = (Σx + κ·μ₀)/(n + κ)      σ² = (Σ(x − μ)² + κ·σ₀²)/(n + κ)      item ← category ← all items
 *
 * Gaps that had not ended when training began are not seen, so that rhythms come out somewhat short: for ranking, what is short beside
 * what is long is what counts. Gaps under an hour are one order.
 */
import type { TrainingData } from './policy.ts'
import { purchasesOf } from './purchases.ts'

export interface RepeatGaps {
  /** Of ln days, by item number. */
  readonly means: Float64Array
  /** Positive. */
  readonly deviations: Float64Array
}

const DAY_SECONDS = 86_400
const ONE_ORDER_SECONDS = 3_600
/** Before anything repeats: a month, give or take a factor of three. */
const FIRST_GUESS: Rhythm = { mean: Math.log(30), variance: Math.log(3) ** 2 }

interface Rhythm {
  readonly mean: number
  readonly variance: number
}

interface Sums {
  n: number
  sum: number
  squares: number
}

/** Learns the rhythm of every item. O(purchases). */
export function gapsOf(data: TrainingData, backOff: number): RepeatGaps {
  const { itemCount, categories } = data
  const byItem = sumsByItem(data)
  const all = newSums()
  const byCategory = new Map<string, Sums>()
  byItem.forEach((sums, item) => {
    add(all, sums)
    const category = categories[item]
    if (!category) return
    const shelf = byCategory.get(category) ?? newSums()
    byCategory.set(category, shelf)
    add(shelf, sums)
  })
  const everything = shrunken(all, FIRST_GUESS, backOff)
  const shelves = new Map([...byCategory].map(([category, sums]) => [category, shrunken(sums, everything, backOff)]))
  const means = new Float64Array(itemCount)
  const deviations = new Float64Array(itemCount)
  byItem.forEach((sums, item) => {
    const { mean, variance } = shrunken(sums, shelves.get(categories[item] ?? '') ?? everything, backOff)
    means[item] = mean
    deviations[item] = Math.sqrt(variance)
  })
  return { means, deviations }
}

function sumsByItem(data: TrainingData): readonly Sums[] {
  const { starts, items, seconds } = purchasesOf(data, Number.POSITIVE_INFINITY)
  const byItem = Array.from({ length: data.itemCount }, newSums)
  const later = new Float64Array(data.itemCount).fill(Number.NaN)
  for (let unit = 0; unit + 1 < starts.length; unit++) {
    for (let k = starts[unit]!; k < starts[unit + 1]!; k++) {
      const item = items[k]!
      const gap = later[item]! - seconds[k]!
      if (gap >= ONE_ORDER_SECONDS) note(byItem[item]!, Math.log(gap / DAY_SECONDS))
      if (!(gap < ONE_ORDER_SECONDS)) later[item] = seconds[k]!
    }
    for (let k = starts[unit]!; k < starts[unit + 1]!; k++) later[items[k]!] = Number.NaN
  }
  return byItem
}

function newSums(): Sums {
  return { n: 0, sum: 0, squares: 0 }
}

function note(sums: Sums, value: number): void {
  sums.n++
  sums.sum += value
  sums.squares += value * value
}

function add(to: Sums, from: Sums): void {
  to.n += from.n
  to.sum += from.sum
  to.squares += from.squares
}

function shrunken({ n, sum, squares }: Sums, parent: Rhythm, weight: number): Rhythm {
  const mean = (sum + weight * parent.mean) / (n + weight)
  const spread = Math.max(0, squares - 2 * mean * sum + n * mean * mean)
  return { mean, variance: (spread + weight * parent.variance) / (n + weight) }
}
