/**
 * Text weights: what reads alike goes together a little, whatever the baskets say.
 *
 *     w'_{ji} = w_{ji} + ρ·cos(i, j)      j among the LIKE_MAX items that read most like i, cos > COSINE_LEAST
 *
 * The same cup in another colour is bought with it, and a pair that met in three baskets is hard to tell from chance. An item that never lay
 * in a basket has these weights alone. Twenty, fifty and two hundred neighbours gave the same.
 */
import { nearestTexts } from './nearest-texts.ts'
import type { Rows } from './sparse.ts'

const LIKE_MAX = 20
const COSINE_LEAST = 0.2

/** Weights by item with ρ·cos added; rows stay ascending. Items without a text keep theirs. */
export function withTextWeights(byItem: Rows, { texts, part }: { readonly texts: readonly string[]; readonly part: number }): Rows {
  if (part === 0 || texts.every((text) => text === '')) return byItem
  const nearest = nearestTexts(texts)
  const wanted = { most: LIKE_MAX, above: COSINE_LEAST, isWanted: () => true }
  const starts = new Int32Array(byItem.starts.length)
  const columns: number[] = []
  const values: number[] = []
  for (let item = 0; item + 1 < starts.length; item++) {
    const row = new Map<number, number>()
    for (let k = byItem.starts[item]!; k < byItem.starts[item + 1]!; k++) row.set(byItem.columns[k]!, byItem.values[k]!)
    const alike = nearest(item, wanted)
    for (let k = 0; k < alike.count; k++) row.set(alike.items[k]!, (row.get(alike.items[k]!) ?? 0) + part * alike.scores[k]!)
    for (const [seed, weight] of [...row].sort(([a], [b]) => a - b)) {
      columns.push(seed)
      values.push(weight)
    }
    starts[item + 1] = columns.length
  }
  return { starts, columns: Int32Array.from(columns), values: Float32Array.from(values) }
}
