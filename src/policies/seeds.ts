/**
 * Seeds: the items that a request starts from, each once: the item of the page, the cart, then the history, newest first.
 *
 * On a product page the shopper has said what the slate is about, so the page's item weighs as much as several of the past.
 */
import type { RankRequest } from './policy.ts'

/** Buffers that are filled anew for every request. */
export interface Seeds {
  readonly items: Int32Array
  readonly weights: Float64Array
  count: number
}

export const PAGE_WEIGHT = 4
const CART_MAX = 100

export function newSeeds(historyMax: number): Seeds {
  const length = 1 + CART_MAX + historyMax
  return { items: new Int32Array(length), weights: new Float64Array(length), count: 0 }
}

/** Fills the seeds from a request, with at most `historyMax` items of the history. Numbers outside [0, itemCount) are passed over. */
export function gatherSeeds(seeds: Seeds, request: RankRequest, limits: { readonly itemCount: number; readonly historyMax: number }): void {
  const { itemCount, historyMax } = limits
  seeds.count = 0
  if (request.item !== null) add(seeds, request.item, { weight: PAGE_WEIGHT, itemCount })
  for (let i = 0; i < request.cart.length && i < CART_MAX; i++) add(seeds, request.cart[i]!, { weight: 1, itemCount })
  for (let i = 0; i < request.history.length && i < historyMax; i++) add(seeds, request.history[i]!, { weight: 1, itemCount })
}

function add(seeds: Seeds, item: number, { weight, itemCount }: { readonly weight: number; readonly itemCount: number }): void {
  if (!(item >= 0 && item < itemCount)) return
  for (let i = 0; i < seeds.count; i++) if (seeds.items[i] === item) return
  seeds.items[seeds.count] = item
  seeds.weights[seeds.count++] = weight
}
