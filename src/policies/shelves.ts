/**
 * Shelves: the best of each category, and the merge of one of them with the list of everything.
 *
 * A score inside the shelf is share × inside, elsewhere share × outside: both lists stay in order, so that merging needs no sorting and may
 * stop when enough is merged.
 */
import type { Scored } from './policy.ts'

/** A category's items, best first, and their part of all demand. */
export interface Shelf {
  readonly number: number
  readonly items: number[]
  share: number
}

export interface Shelves {
  /** All items, best first. */
  readonly order: Int32Array
  /** By item number, what part of demand it has. */
  readonly shares: Float64Array
  readonly byCategory: ReadonlyMap<string, Shelf>
  /** By item number, the number of its shelf; 0 for none. */
  readonly numbers: Int32Array
}

export interface Merge {
  readonly shelf: Shelf
  readonly inside: number
  readonly outside: number
  readonly allowed: Uint8Array
  /** Stop after so many items. */
  readonly enough: number
}

/** Buffers of a merged list. */
export interface Merged extends Scored {
  count: number
}

/** Sorts items that are in order already onto their shelves; O(items). */
export function shelvesOf(order: Int32Array, shares: Float64Array, categories: readonly (string | null)[]): Shelves {
  const byCategory = new Map<string, Shelf>()
  const numbers = new Int32Array(shares.length)
  for (const item of order) {
    const category = categories[item]
    if (!category) continue
    const shelf = byCategory.get(category) ?? { number: byCategory.size + 1, items: [], share: 0 }
    byCategory.set(category, shelf)
    numbers[item] = shelf.number
    shelf.items.push(item)
    shelf.share += shares[item]!
  }
  return { order, shares, byCategory, numbers }
}

export function newMerged({ order, shares }: Shelves): Merged {
  return { items: new Int32Array(order.length), count: 0, scores: new Float64Array(shares.length), sorted: true }
}

/** Merges a shelf with all other items; only those that may be shown. */
export function merge(merged: Merged, { order, shares, numbers }: Shelves, { shelf, inside, outside, allowed, enough }: Merge): void {
  merged.count = 0
  let here = 0
  let there = 0
  while (merged.count < enough) {
    while (here < shelf.items.length && allowed[shelf.items[here]!] !== 1) here++
    while (there < order.length && (numbers[order[there]!] === shelf.number || allowed[order[there]!] !== 1)) there++
    const hereItem = shelf.items[here] ?? -1
    const thereItem = order[there] ?? -1
    if (hereItem < 0 && thereItem < 0) return
    const near = hereItem < 0 ? -1 : shares[hereItem]! * inside
    const far = thereItem < 0 ? -1 : shares[thereItem]! * outside
    const nearFirst = near > far || (near === far && hereItem < thereItem)
    const item = nearFirst ? hereItem : thereItem
    if (nearFirst) here++
    else there++
    merged.items[merged.count++] = item
    merged.scores[item] = Math.max(near, far)
  }
}
