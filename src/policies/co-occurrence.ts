/**
 * Co-occurrence: what shoppers have together. The Gram matrix G = XᵀX of a sparse matrix, its upper half row by row, and of every item
 * its nearest others by cosine.
 *
 * One dense row is accumulated at a time (Gustavson's order); what is kept is what is not zero.
 */
import { clear, newScratch, type Scratch } from './scratch.ts'
import { type Rows, transposed } from './sparse.ts'
import { newTopK, offer, reset, sort, type TopK } from './top-k.ts'

export interface CoOccurrence {
  /** G_{ii}. */
  readonly diagonal: Float64Array
  /** G_{ij} for j > i, ascending in j. */
  readonly pairs: readonly { readonly columns: Int32Array; readonly values: Float32Array }[]
  /** The nearest of each item, ascending by number; at most as many as asked for. */
  readonly nearest: readonly Int32Array[]
}

const ITEMS_A_REPORT = 256
/** A row with more than this part of all items touched is read off in order rather than sorted. */
const DENSE_PART = 1 / 16

/** Counts pairs; O(Σ n²) for shoppers with n items each. */
export function coOccurrenceOf(
  preferences: Rows,
  { itemCount, neighbours }: { readonly itemCount: number; readonly neighbours: number },
  progress: (done: number) => void,
): CoOccurrence {
  const shoppers = transposed(preferences, itemCount)
  const diagonal = diagonalOf(shoppers, itemCount)
  const scratch = newScratch(itemCount)
  const best = newTopK()
  const pairs: { columns: Int32Array; values: Float32Array }[] = []
  const nearest: Int32Array[] = []
  for (let item = 0; item < itemCount; item++) {
    clear(scratch)
    accumulate(scratch, { item, shoppers, preferences })
    nearest.push(nearestOf(scratch, { item, diagonal, neighbours, best }))
    pairs.push(upperHalf(scratch, item))
    if (item % ITEMS_A_REPORT === 0) progress(item / itemCount)
  }
  return { diagonal, pairs, nearest }
}

/** G_{ij} for i ≠ j. O(log of the row). */
export function together({ pairs }: CoOccurrence, i: number, j: number): number {
  const { columns, values } = pairs[Math.min(i, j)]!
  const wanted = Math.max(i, j)
  let low = 0
  let high = columns.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = columns[middle]!
    if (found === wanted) return values[middle]!
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return 0
}

function diagonalOf({ starts, values }: Rows, itemCount: number): Float64Array {
  const diagonal = new Float64Array(itemCount)
  for (let item = 0; item < itemCount; item++) {
    for (let k = starts[item]!; k < starts[item + 1]!; k++) diagonal[item]! += values[k]! * values[k]!
  }
  return diagonal
}

interface Row {
  readonly item: number
  readonly shoppers: Rows
  readonly preferences: Rows
}

/** Row i of G: the sum over i's shoppers of their preference for i times all their preferences. */
function accumulate(scratch: Scratch, { item, shoppers, preferences }: Row): void {
  const { scores, items, seen } = scratch
  const { starts, columns, values } = preferences
  let count = 0
  for (let s = shoppers.starts[item]!; s < shoppers.starts[item + 1]!; s++) {
    const shopper = shoppers.columns[s]!
    const weight = shoppers.values[s]!
    const end = starts[shopper + 1]!
    for (let k = starts[shopper]!; k < end; k++) {
      const other = columns[k]!
      if (seen[other] === 0) {
        seen[other] = 1
        items[count++] = other
      }
      scores[other]! += weight * values[k]!
    }
  }
  scratch.count = count
}

interface Near {
  readonly item: number
  readonly diagonal: Float64Array
  readonly neighbours: number
  readonly best: TopK
}

function nearestOf({ items, scores, count }: Scratch, { item, diagonal, neighbours, best }: Near): Int32Array {
  reset(best, neighbours)
  for (let k = 0; k < count; k++) {
    const other = items[k]!
    if (other !== item) offer(best, other, scores[other]! / Math.sqrt(diagonal[other]!))
  }
  sort(best)
  return best.items.slice(0, best.count).sort()
}

function upperHalf({ items, scores, count, seen }: Scratch, item: number): { columns: Int32Array; values: Float32Array } {
  let kept = 0
  for (let k = 0; k < count; k++) if (items[k]! > item) kept++
  const columns = new Int32Array(kept)
  let at = 0
  if (count > scores.length * DENSE_PART) {
    for (let other = item + 1; other < scores.length; other++) if (seen[other] === 1) columns[at++] = other
  } else {
    for (let k = 0; k < count; k++) if (items[k]! > item) columns[at++] = items[k]!
    columns.sort()
  }
  const values = new Float32Array(kept)
  for (let k = 0; k < kept; k++) values[k] = scores[columns[k]!]!
  return { columns, values }
}
