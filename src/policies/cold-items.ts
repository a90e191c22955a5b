/**
 * Cold items: what nobody has dealt with yet borrows its weights from what reads like it.
 *
 *     w_{·i} = (1/m)·Σ_{k ∈ N(i)} w_{·k}      N(i) the m warm items most like i by the cosine of their texts
 *
 * Dividing by m, also where fewer are alike, keeps an item that resembles nothing low. Words that stand in very many texts tell little and
 * are passed over, so that a large catalogue costs items times a bound, not items squared.
 */
import { addRow, clear, newScratch } from './scratch.ts'
import { type Rows, transposed } from './sparse.ts'
import { idfOf, vectorsOf } from './tf-idf.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'
import { BUCKETS } from './words.ts'

export interface ColdOptions {
  /** Text of item i, '' where unknown. */
  readonly texts: readonly string[]
  /** m; 0 leaves cold items without weights. */
  readonly likeMax: number
  /** Weights that are kept of a cold item, the largest. */
  readonly weightsMax: number
}

/** Words in more texts than this are passed over. */
const TEXTS_MAX = 2_000

/** Weights by item with the empty rows filled. Rows stay ascending. */
export function withColdItems(byItem: Rows, { texts, likeMax, weightsMax }: ColdOptions): Rows {
  const itemCount = byItem.starts.length - 1
  const isWarm = (item: number) => byItem.starts[item + 1]! > byItem.starts[item]!
  const cold = Array.from(texts.keys()).filter((item) => texts[item] !== '' && !isWarm(item))
  if (likeMax === 0 || cold.length === 0 || cold.length === itemCount) return byItem
  const vectors = vectorsOf(texts, idfOf(texts))
  const index = transposed(vectors, BUCKETS)
  const alike = newScratch(itemCount)
  const borrowed = newScratch(itemCount)
  const best = newTopK()
  const rows = new Map<number, readonly (readonly [seed: number, weight: number])[]>()
  for (const item of cold) {
    clear(alike)
    for (let k = vectors.starts[item]!; k < vectors.starts[item + 1]!; k++) {
      const bucket = vectors.columns[k]!
      if (index.starts[bucket + 1]! - index.starts[bucket]! <= TEXTS_MAX) addRow(alike, index, bucket, vectors.values[k]!)
    }
    reset(best, likeMax)
    for (let k = 0; k < alike.count; k++) if (isWarm(alike.items[k]!)) offer(best, alike.items[k]!, alike.scores[alike.items[k]!]!)
    sort(best)
    clear(borrowed)
    for (let k = 0; k < best.count; k++) addRow(borrowed, byItem, best.items[k]!, 1 / likeMax)
    reset(best, weightsMax)
    for (let k = 0; k < borrowed.count; k++) offer(best, borrowed.items[k]!, Math.abs(borrowed.scores[borrowed.items[k]!]!))
    sort(best)
    const seeds = Array.from(best.items.subarray(0, best.count)).sort((a, b) => a - b)
    rows.set(
      item,
      seeds.map((seed) => [seed, borrowed.scores[seed]!]),
    )
  }
  return filled(byItem, rows)
}

function filled(byItem: Rows, rows: ReadonlyMap<number, readonly (readonly [seed: number, weight: number])[]>): Rows {
  const more = [...rows.values()].reduce((sum, row) => sum + row.length, 0)
  const starts = new Int32Array(byItem.starts.length)
  const columns = new Int32Array(byItem.columns.length + more)
  const values = new Float32Array(columns.length)
  let at = 0
  for (let item = 0; item + 1 < starts.length; item++) {
    const from = byItem.starts[item]!
    const to = byItem.starts[item + 1]!
    columns.set(byItem.columns.subarray(from, to), at)
    values.set(byItem.values.subarray(from, to), at)
    at += to - from
    for (const [seed, weight] of rows.get(item) ?? []) {
      columns[at] = seed
      values[at++] = weight
    }
    starts[item + 1] = at
  }
  return { starts, columns, values }
}
