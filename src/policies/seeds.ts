/**
 * Seeds: the items that a request starts from, each once: the item of the page, the cart, then the history, newest first.
 *
 * On a product page the shopper has said what the slate is about, so the page's item weighs as much as several of the past.
 */
import { assert } from '../stats/assert.ts'
import type { RankRequest } from './policy.ts'

/** Buffers that are filled anew for every request. */
export interface Seeds {
  readonly items: Int32Array
  readonly weights: Float64Array
  /** By item number: its place among the seeds, from 1; 0 for what is none. */
  readonly places: Uint8Array
  count: number
}

export const PAGE_WEIGHT = 4
const CART_MAX = 100
/** A place among the seeds fits a byte. */
export const SEEDS_MAX = 255

/** Room for at most `historyMax` ≤ 154 items of the history. */
export function newSeeds(historyMax: number, itemCount: number): Seeds {
  const length = 1 + CART_MAX + historyMax
  assert(length <= SEEDS_MAX, `There is no room for ${length} seeds.`)
  return { items: new Int32Array(length), weights: new Float64Array(length), places: new Uint8Array(itemCount), count: 0 }
}

/** Fills the seeds from a request, with at most `historyMax` items of the history. Numbers outside [0, itemCount) are passed over. */
export function gatherSeeds(seeds: Seeds, request: RankRequest, limits: { readonly itemCount: number; readonly historyMax: number }): void {
  const { itemCount, historyMax } = limits
  for (let k = 0; k < seeds.count; k++) seeds.places[seeds.items[k]!] = 0
  seeds.count = 0
  if (request.item !== null) add(seeds, request.item, { weight: PAGE_WEIGHT, itemCount })
  for (let i = 0; i < request.cart.length && i < CART_MAX; i++) add(seeds, request.cart[i]!, { weight: 1, itemCount })
  for (let i = 0; i < request.history.length && i < historyMax; i++) add(seeds, request.history[i]!, { weight: 1, itemCount })
}

function add(seeds: Seeds, item: number, { weight, itemCount }: { readonly weight: number; readonly itemCount: number }): void {
  if (!(item >= 0 && item < itemCount)) return
  if (seeds.places[item] !== 0) return
  seeds.items[seeds.count] = item
  seeds.weights[seeds.count++] = weight
  seeds.places[item] = seeds.count
}
