/**
 * Beyond accuracy: what a policy does to the catalogue when its slates of all shoppers are taken together.
 *
 *     coverage             items shown to anybody / items that may be sold
 *     Gini                 Σᵢ (2i − n − 1)·xᵢ / (n·Σx), x ascending exposures of all n sellable items: 0 all alike, 1 one item has all
 *     effective catalogue  exp(−Σ pᵢ ln pᵢ), p = x/Σx: so many items, shown alike, would be as diverse
 *     novelty              mean of −log₂(share of shoppers who bought the item before), in bits
 *     diversity            1 − mean cosine of two items of one slate, by their texts
 *     serendipity          places of a slate that hit and that the baseline did not show to this shopper, per place
 *     freshness            share of places with an item first sold in the last 30 days before the split
 *     revenue              price of what was hit, per shopper, in minor units; a shelf price, not what was paid
 *
 * @see Vargas & Castells (2011), doi:10.1145/2043932.2043955, for novelty and diversity; Ge, Delgado-Battenfeld & Jannach (2010),
 *      doi:10.1145/1864708.1864761, for coverage and serendipity; Adomavicius & Kwon (2012), doi:10.1109/TKDE.2011.15, for Gini
 */

import type { Rows } from '../policies/sparse.ts'
import { cosine } from '../policies/tf-idf.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import type { ItemFacts } from './item-facts.ts'

export interface SlateMetrics {
  readonly coverage: number
  readonly gini: number | Unknown
  readonly effectiveCatalogue: number
  readonly novelty: number | Unknown
  readonly diversity: number | Unknown
  readonly serendipity: number
  readonly freshness: number | Unknown
  readonly revenue: number | Unknown
}

/** One shopper's slate, cut to its size, beside what was bought and what the baseline showed. */
export interface Shown {
  readonly slate: readonly number[]
  readonly bought: ReadonlySet<number>
  readonly baseline: readonly number[]
}

/** The metrics over all shoppers; `size` is how many places a slate has. O(shoppers·size²). */
export function slateMetrics(shown: readonly Shown[], facts: ItemFacts, size: number): SlateMetrics {
  const exposures = exposuresOf(shown, facts)
  const places = shown.reduce((sum, { slate }) => sum + slate.length, 0)
  const meanOverPlaces = (of: (item: number) => number): number | Unknown => {
    if (places === 0) return NOTHING_SHOWN
    let sum = 0
    for (const { slate } of shown) for (const item of slate) sum += of(item)
    return sum / places
  }
  return {
    coverage: exposures.filter((count) => count > 0).length / exposures.length,
    gini: places === 0 ? NOTHING_SHOWN : giniOf(exposures),
    effectiveCatalogue: effectiveCountOf(exposures),
    novelty: meanOverPlaces((item) => facts.surprise[item]!),
    diversity: diversityOf(shown, facts.vectors),
    serendipity: serendipityOf(shown, size),
    freshness: meanOverPlaces((item) => facts.isFresh[item]!),
    revenue: revenueOf(shown, facts.pricesMinor),
  }
}

const NOTHING_SHOWN = unknown('no-events')

/** How often each sellable item was shown, ascending. */
function exposuresOf(shown: readonly Shown[], { sellable }: ItemFacts): Float64Array {
  const counts = new Float64Array(sellable.length)
  for (const { slate } of shown) for (const item of slate) counts[item]!++
  return counts.filter((_, item) => sellable[item] === 1).sort()
}

/** Gini's coefficient of ascending values that are not all 0. */
export function giniOf(ascending: Float64Array): number {
  const n = ascending.length
  let weighed = 0
  let sum = 0
  ascending.forEach((value, index) => {
    weighed += (2 * (index + 1) - n - 1) * value
    sum += value
  })
  return weighed / (n * sum)
}

/** exp of the entropy of the shares; 0 when nothing was shown. */
export function effectiveCountOf(counts: Float64Array): number {
  const sum = counts.reduce((total, count) => total + count, 0)
  if (sum === 0) return 0
  return Math.exp(-counts.reduce((total, count) => total + (count > 0 ? (count / sum) * Math.log(count / sum) : 0), 0))
}

function diversityOf(shown: readonly Shown[], vectors: Rows): number | Unknown {
  let sum = 0
  let pairs = 0
  const hasWords = (item: number) => vectors.starts[item + 1]! > vectors.starts[item]!
  for (const { slate } of shown) {
    const worded = slate.filter(hasWords)
    for (let a = 0; a < worded.length; a++)
      for (let b = a + 1; b < worded.length; b++) {
        sum += cosine(vectors, worded[a]!, worded[b]!)
        pairs++
      }
  }
  return pairs === 0 ? unknown('no-information') : 1 - sum / pairs
}

function serendipityOf(shown: readonly Shown[], size: number): number {
  let surprising = 0
  for (const { slate, bought, baseline } of shown) for (const item of slate) if (bought.has(item) && !baseline.includes(item)) surprising++
  return shown.length === 0 ? 0 : surprising / (shown.length * size)
}

function revenueOf(shown: readonly Shown[], pricesMinor: Float64Array): number | Unknown {
  if (pricesMinor.every(Number.isNaN)) return unknown('no-information')
  let sum = 0
  for (const { slate, bought } of shown) {
    for (const item of slate) if (bought.has(item) && !Number.isNaN(pricesMinor[item]!)) sum += pricesMinor[item]!
  }
  return shown.length === 0 ? NOTHING_SHOWN : sum / shown.length
}
