/**
 * Points in cells: the items' points in the order of an index that was tested with shoppers of the log, placed as a request would place them.
 */

import type { Packable } from './arrays.ts'
import { cellIndexOf, INDEX_LEAST, indexNote, packIndex, reordered } from './cell-index.ts'
import { newPlacing, type PointsModel } from './points-scorer.ts'
import type { Progress } from './policy.ts'
import { newSeeds } from './seeds.ts'
import type { Rows } from './sparse.ts'

/** Shoppers who are asked about. */
const QUESTIONS = 200
const HISTORY_MAX = 50

/** The arrays of a body: points alone where no index is worth it, else points cell by cell, their items and the index. */
export function pointsInCells(
  model: Omit<PointsModel, 'items' | 'index'>,
  preferences: Rows,
  progress: Progress,
): Readonly<Record<string, Packable>> {
  const { points, factors: rank } = model
  if (points.length / rank < INDEX_LEAST) return { points }
  const indexed = cellIndexOf(points, { rank, questions: questionsOf(model, preferences) }, (done) =>
    progress(done, 'putting items into cells'),
  )
  progress(1, indexNote(indexed))
  if (indexed.kind === 'no-index') return { points }
  const { order, index } = indexed
  return { points: reordered(points, rank, order), items: order, ...packIndex(index) }
}

/** Vectors of shoppers who are spread evenly over those with preferences. */
function questionsOf(model: Omit<PointsModel, 'items' | 'index'>, { starts, columns }: Rows): readonly Float64Array[] {
  const { place } = newPlacing(model)
  // Filled by hand, below, with places of points: no item has a place among them.
  const seeds = newSeeds(HISTORY_MAX, 0)
  const shoppers = Array.from(starts.subarray(1).keys()).filter((row) => starts[row + 1]! > starts[row]!)
  const taken = Math.min(QUESTIONS, shoppers.length)
  return Array.from({ length: taken }, (_, i) => {
    const row = shoppers[Math.floor((i * shoppers.length) / taken)]!
    const had = columns.subarray(starts[row], Math.min(starts[row + 1]!, starts[row]! + HISTORY_MAX))
    seeds.count = had.length
    seeds.items.set(had)
    seeds.weights.fill(1, 0, had.length)
    return place(seeds, (item) => item).slice()
  })
}
