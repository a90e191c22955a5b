/**
 * A vector index of cells: which vectors to look at, instead of all of them.
 *
 *     cells in the order of  x·c + |x|·σ_c·√(2 ln n_c)      c a cell's mean, σ_c its spread along any one direction, n_c its size
 *
 * The second term is about how far the best of n_c normal variates lies above their mean: a wide cell may hold a large product though its
 * mean has a small one. Cells are looked at until `share` of all vectors were. Vectors of one cell lie side by side, and every product is
 * exact; only vectors in cells that were not looked at can be missed.
 *
 * The self-test asks real questions both ways. The smallest share that finds RECALL_LEAST of the true best is taken; where none does,
 * as with vectors that have no structure, there is no index and everything is looked at.
 * @see Jégou, Douze & Schmid (2011), Product quantization for nearest neighbor search, doi:10.1109/TPAMI.2010.57, for inverted lists of cells
 */
import type { NamedArrays, Packable } from './arrays.ts'
import { dotRows } from './dot.ts'
import { cellsOf } from './k-means.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'

export interface CellIndex {
  /** Means of the cells, cells × rank. */
  readonly centres: Float32Array
  /** Vectors of cell c stand at [starts[c], starts[c+1]). */
  readonly starts: Int32Array
  /** σ_c·√(2 ln n_c). */
  readonly reaches: Float64Array
  /** Part of all vectors that is looked at. */
  readonly share: number
  /** Of the true best RECALL_AT, the part that was found in the self-test. */
  readonly recall: number
}

/** Below so many vectors a scan of all takes less than a millisecond (64 numbers each). */
export const INDEX_LEAST = 20_000
export const RECALL_LEAST = 0.95
export const RECALL_AT = 50
const SHARES = [0.02, 0.04, 0.08, 0.16]
const CELLS_MAX = 1024

export interface Indexed {
  readonly kind: 'cells'
  /** The order in which the rows have to stand: place p holds what was row order[p]. */
  readonly order: Int32Array
  readonly index: CellIndex
}

/** All vectors are looked at, and why. */
export interface NoIndex {
  readonly kind: 'no-index'
  readonly because: string
}

/** Builds and tests an index over rows of `rank` numbers by questions of the same length; or says why there is none. */
export function cellIndexOf(
  rows: Float32Array,
  { rank, questions }: { readonly rank: number; readonly questions: readonly Float64Array[] },
  told: (done: number) => void,
): Indexed | NoIndex {
  const count = rows.length / rank
  if (count < INDEX_LEAST) return none(`there are fewer than ${INDEX_LEAST} items`)
  if (questions.length === 0) return none('there is nobody to test an index with')
  const cells = Math.min(CELLS_MAX, Math.round(2 * Math.sqrt(count)))
  const { cellOf } = cellsOf(rows, { rank, cells }, (done) => told(done * 0.9))
  const { starts, order } = grouped(cellOf, cells)
  const ordered = reordered(rows, rank, order)
  const index = { starts, ...shapesOf(ordered, rank, starts) }
  const recalls = recallsOf(ordered, { rank, index, questions })
  const at = recalls.findIndex((recall) => recall >= RECALL_LEAST)
  told(1)
  if (at < 0) return none(`an index found ${Math.max(...recalls).toFixed(2)} of the best ${RECALL_AT}, less than ${RECALL_LEAST}`)
  return { kind: 'cells', order, index: { ...index, share: SHARES[at]!, recall: recalls[at]! } }
}

function none(because: string): NoIndex {
  return { kind: 'no-index', because }
}

/** What came of it, for people. */
export function indexNote(indexed: Indexed | NoIndex): string {
  if (indexed.kind === 'no-index') return `Every item is looked at: ${indexed.because}.`
  const { share, recall } = indexed.index
  return `An index looks at ${Math.round(share * 100)} % of the items and finds ${(recall * 100).toFixed(1)} % of the best ${RECALL_AT}.`
}

/** Rows in another order. */
export function reordered(rows: Float32Array, rank: number, order: Int32Array): Float32Array {
  const turned = new Float32Array(rows.length)
  order.forEach((row, place) => {
    turned.set(rows.subarray(row * rank, (row + 1) * rank), place * rank)
  })
  return turned
}

export function packIndex({ centres, starts, reaches, share, recall }: CellIndex): Readonly<Record<string, Packable>> {
  return { cellCentres: centres, cellStarts: starts, cellReaches: reaches, cellFigures: Float64Array.of(share, recall) }
}

/** Null where the body has none. */
export function openIndex(arrays: NamedArrays): CellIndex | null {
  if (!arrays.has('cellStarts')) return null
  const [share, recall] = arrays.float64('cellFigures')
  return {
    ...{ centres: arrays.float32('cellCentres'), starts: arrays.int32('cellStarts'), reaches: arrays.float64('cellReaches') },
    ...{ share: share!, recall: recall! },
  }
}

/** The cells for a vector, the most promising first; lent until the next call. */
export function cellOrder({ centres, reaches }: Pick<CellIndex, 'centres' | 'reaches'>): (vector: Float64Array) => Int32Array {
  const cells = reaches.length
  const numbers = Int32Array.from({ length: cells }, (_, cell) => cell)
  const worths = new Float64Array(cells)
  const best = newTopK()
  return (vector) => {
    dotRows(vector, centres, numbers, worths)
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
    reset(best, cells)
    for (let cell = 0; cell < cells; cell++) offer(best, cell, worths[cell]! + length * reaches[cell]!)
    sort(best)
    return best.items.subarray(0, best.count)
  }
}

function grouped(cellOf: Int32Array, cells: number): { starts: Int32Array; order: Int32Array } {
  const starts = new Int32Array(cells + 1)
  for (const cell of cellOf) starts[cell + 1]!++
  for (let cell = 0; cell < cells; cell++) starts[cell + 1]! += starts[cell]!
  const next = starts.slice(0, cells)
  const order = new Int32Array(cellOf.length)
  cellOf.forEach((cell, row) => {
    order[next[cell]!++] = row
  })
  return { starts, order }
}

/** Mean and reach of each cell; an empty one has 0 for both. */
function shapesOf(rows: Float32Array, rank: number, starts: Int32Array): Pick<CellIndex, 'centres' | 'reaches'> {
  const cells = starts.length - 1
  const centres = new Float32Array(cells * rank)
  const reaches = new Float64Array(cells)
  const mean = new Float64Array(rank)
  for (let cell = 0; cell < cells; cell++) {
    const size = starts[cell + 1]! - starts[cell]!
    if (size === 0) continue
    mean.fill(0)
    for (let at = starts[cell]! * rank; at < starts[cell + 1]! * rank; at++) mean[at % rank]! += rows[at]! / size
    let squares = 0
    for (let at = starts[cell]! * rank; at < starts[cell + 1]! * rank; at++) squares += (rows[at]! - mean[at % rank]!) ** 2
    centres.set(mean, cell * rank)
    reaches[cell] = Math.sqrt(squares / size / rank) * Math.sqrt(2 * Math.log(size))
  }
  return { centres, reaches }
}

/** For each share, the part of the true best that lies in the cells it looks at. */
function recallsOf(
  rows: Float32Array,
  {
    rank,
    index,
    questions,
  }: { rank: number; index: Pick<CellIndex, 'centres' | 'starts' | 'reaches'>; questions: readonly Float64Array[] },
): number[] {
  const count = rows.length / rank
  const places = Int32Array.from({ length: count }, (_, place) => place)
  const products = new Float64Array(count)
  const cellAt = new Int32Array(count)
  for (let cell = 0; cell + 1 < index.starts.length; cell++) cellAt.fill(cell, index.starts[cell], index.starts[cell + 1])
  const best = newTopK()
  const orderOf = cellOrder(index)
  const found = SHARES.map(() => 0)
  for (const question of questions) {
    dotRows(question, rows, places, products)
    reset(best, RECALL_AT)
    for (let place = 0; place < count; place++) offer(best, place, products[place]!)
    sort(best)
    const before = lookedAtBefore(orderOf(question), index.starts)
    for (let k = 0; k < best.count; k++) {
      SHARES.forEach((share, s) => {
        if (before[cellAt[best.items[k]!]!]! < share * count) found[s]!++
      })
    }
  }
  return found.map((hits) => hits / (questions.length * RECALL_AT))
}

/** By cell, how many vectors were looked at before its turn came. */
function lookedAtBefore(order: Int32Array, starts: Int32Array): Int32Array {
  const before = new Int32Array(order.length)
  let looked = 0
  for (const cell of order) {
    before[cell] = looked
    looked += starts[cell + 1]! - starts[cell]!
  }
  return before
}
