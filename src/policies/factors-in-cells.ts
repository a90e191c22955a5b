/**
 * Imported factors get an index, where there are items enough and it passes its test: by shoppers who came along, or by pages of items, folded
 * in as a request would be.
 */
import { cellIndexOf, type Indexed, type NoIndex } from './cell-index.ts'
import { type FactorRows, gramOf } from './factors-body.ts'
import { newFoldIn } from './fold-in.ts'
import { newSeeds, PAGE_WEIGHT } from './seeds.ts'

export interface FoldInParameters {
  readonly alpha: number
  readonly ridge: number
}

/** How many are asked about. */
const QUESTIONS = 200

/** An index over the items of factors, tested; or why there is none. */
export function indexFactors(
  rows: FactorRows,
  parameters: FoldInParameters,
  told: (done: number) => void = () => undefined,
): Indexed | NoIndex {
  const { rank, itemFactors, units } = rows
  const questions = units.length > 0 ? shoppersOf(rows) : pagesOf(rows, parameters)
  return cellIndexOf(itemFactors, { rank, questions }, told)
}

function shoppersOf({ rank, unitFactors }: FactorRows): readonly Float64Array[] {
  return spread(unitFactors.length / rank).map((row) => Float64Array.from(unitFactors.subarray(row * rank, (row + 1) * rank)))
}

/** Folded in from one item each; a page that cannot be is passed over. */
function pagesOf({ rank, itemFactors }: FactorRows, parameters: FoldInParameters): readonly Float64Array[] {
  const count = itemFactors.length / rank
  const placeOf = Int32Array.from({ length: count }, (_, place) => place)
  const foldIn = newFoldIn({ rank, itemFactors, placeOf, gram: gramOf(itemFactors, rank), ...parameters })
  const seeds = newSeeds(0, count)
  return spread(count).flatMap((place) => {
    seeds.items[0] = place
    seeds.weights[0] = PAGE_WEIGHT
    seeds.count = 1
    const vector = foldIn.vectorOf(seeds)
    return vector?.some((x) => x !== 0) ? [vector.slice()] : []
  })
}

/** At most QUESTIONS numbers below `count`, evenly spread. */
function spread(count: number): number[] {
  const taken = Math.min(count, QUESTIONS)
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}
