/**
 * Cold items: what nobody has dealt with yet borrows its weights from what reads like it.
 *
 *     w_{·i} = (1/m)·Σ_{k ∈ N(i)} w_{·k}      N(i) the m warm items most like i by the cosine of their texts
 *
 * Dividing by m, also where fewer are alike, keeps an item that resembles nothing low.
 */
import { nearestTexts } from './nearest-texts.ts'
import { addRow, clear, newScratch } from './scratch.ts'
import type { Rows } from './sparse.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'

export interface ColdOptions {
  /** Text of item i, '' where unknown. */
  readonly texts: readonly string[]
  /** m; 0 leaves cold items without weights. */
  readonly likeMax: number
  /** Weights that are kept of a cold item, the largest. */
  readonly weightsMax: number
}

/** Weights by item with the empty rows filled. Rows stay ascending. */
export function withColdItems(byItem: Rows, { texts, likeMax, weightsMax }: ColdOptions): Rows {
  const itemCount = byItem.starts.length - 1
  const isWarm = (item: number) => byItem.starts[item + 1]! > byItem.starts[item]!
  const cold = Array.from(texts.keys()).filter((item) => texts[item] !== '' && !isWarm(item))
  if (likeMax === 0 || cold.length === 0 || cold.length === itemCount) return byItem
  const nearest = nearestTexts(texts)
  const borrowed = newScratch(itemCount)
  const best = newTopK()
  const rows = new Map<number, readonly (readonly [seed: number, weight: number])[]>()
  for (const item of cold) {
    const alike = nearest(item, { most: likeMax, above: 0, isWanted: isWarm })
    clear(borrowed)
    for (let k = 0; k < alike.count; k++) addRow(borrowed, byItem, alike.items[k]!, 1 / likeMax)
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
