/**
 * Scores by points: the shopper is placed exactly, at the moment of the request, from what is known now.
 *
 *     A = αVᵀV + Σⱼ xⱼ·vⱼvⱼᵀ + λI      w = A⁻¹·Σⱼ xⱼ·vⱼ      sᵢ = vᵢ·w = Σⱼ xⱼ·(vᵢᵀA⁻¹vⱼ)      j the seeds
 *
 * The last sum is the explanation: share of j = its part over all positive parts. Placing costs d³/6 + seeds·d²/2, scoring items·d: with 64
 * dimensions .1 ms and, over 3,000 items, .2 ms; of many items an index says which to look at (cell-index.ts).
 */
import { assert } from '../stats/assert.ts'
import { factorise, solve } from '../stats/cholesky.ts'
import type { NamedArrays } from './arrays.ts'
import { type CellIndex, openIndex } from './cell-index.ts'
import type { Scorer, Why } from './policy.ts'
import { gatherSeeds, newSeeds, type Seeds } from './seeds.ts'
import { newVectorScan } from './vector-scan.ts'

export interface PointsModel {
  readonly factors: number
  /** Row by row; all 0 for items that nobody wanted. */
  readonly points: Float32Array
  /** Item numbers by row. */
  readonly items: Int32Array
  readonly index: CellIndex | null
  /** αVᵀV. */
  readonly gram: Float64Array
  /** λ, and α·items. */
  readonly regularisation: number
  readonly unseenItems: number
}

export function openPoints(arrays: NamedArrays): PointsModel {
  const gram = arrays.float64('gram')
  const factors = Math.sqrt(gram.length)
  const points = arrays.float32('points')
  const [regularisation, unseenItems] = arrays.float64('constants')
  return {
    ...{ factors, points, gram, index: openIndex(arrays) },
    items: arrays.has('items') ? arrays.int32('items') : Int32Array.from({ length: points.length / factors }, (_, item) => item),
    regularisation: regularisation!,
    unseenItems: unseenItems!,
  }
}

/** Where shoppers are placed. Of the seeds only those with a point may come. */
export function newPlacing({ factors, points, gram, regularisation, unseenItems }: Omit<PointsModel, 'items' | 'index'>) {
  const matrix = new Float64Array(factors * factors)
  const shopper = new Float64Array(factors)
  const constants = { factors, points, gram, regularisation, unseenItems }
  return {
    /** The factor of A of the last placing; `solve` takes it. */
    matrix,
    /** w, lent until the next call; `placeOf` says at which row the point of an item is. */
    place: (seeds: Seeds, placeOf: (item: number) => number): Float64Array => {
      fillSystem(matrix, shopper, seeds, { ...constants, placeOf })
      assert(factorise(matrix, factors), 'A Gram matrix with a ridge is positive definite.')
      solve(matrix, factors, shopper)
      return shopper
    },
  }
}

export function pointsScorer(model: PointsModel, historyMax: number): Scorer {
  const { factors, points, items, index } = model
  const itemCount = items.length
  const seeds = newSeeds(historyMax, itemCount)
  const { matrix, place } = newPlacing(model)
  const { placeOf, scan, nothing } = newVectorScan({ rank: factors, items, vectors: points, index, itemCount })
  const placeAt = (item: number) => placeOf[item]!
  return {
    score: (request, wanted) => {
      gatherSeeds(seeds, request, { itemCount, historyMax })
      return seeds.count === 0 ? nothing : scan(place(seeds, placeAt), request, wanted)
    },
    explain: (item): Why => {
      const at = placeAt(item) * factors
      const pull = Float64Array.from(points.subarray(at, at + factors))
      solve(matrix, factors, pull)
      let largest = 0
      let because = item
      let positive = 0
      for (let k = 0; k < seeds.count; k++) {
        const seed = placeAt(seeds.items[k]!) * factors
        let part = 0
        for (let f = 0; f < factors; f++) part += pull[f]! * points[seed + f]!
        part *= seeds.weights[k]!
        if (part > 0) positive += part
        if (part > largest) {
          largest = part
          because = seeds.items[k]!
        }
      }
      return { kind: 'because-of', item: because, share: largest / positive }
    },
  }
}

type System = Omit<PointsModel, 'items' | 'index'> & { placeOf(item: number): number }

/** The lower triangle of A, and Σ xⱼ·vⱼ. */
function fillSystem(matrix: Float64Array, right: Float64Array, seeds: Seeds, system: System): void {
  const { factors, points, gram, regularisation, unseenItems, placeOf } = system
  matrix.set(gram)
  right.fill(0)
  let known = 0
  for (let k = 0; k < seeds.count; k++) {
    const at = placeOf(seeds.items[k]!) * factors
    const weight = seeds.weights[k]!
    known += weight
    for (let row = 0; row < factors; row++) {
      const along = weight * points[at + row]!
      right[row]! += along
      for (let column = 0; column <= row; column++) matrix[row * factors + column]! += along * points[at + column]!
    }
  }
  const lambda = regularisation * (known + unseenItems)
  for (let row = 0; row < factors; row++) matrix[row * factors + row]! += lambda
}
