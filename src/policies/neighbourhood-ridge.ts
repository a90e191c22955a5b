/**
 * Neighbourhood ridge: each item is predicted from its nearest neighbours alone.
 *
 *     wᵢ = (G_CC + λI)⁻¹·G_{C,i}      G = XᵀX, X shoppers × items, C the M items nearest to i by cosine G_{ij}/√(G_{ii}·G_{jj})
 *
 * This is EASE restricted column by column: its ridge regression of an item on all others, on M others. As good as EASE at a cost that is
 * linear in the number of items once pairs are counted; negative weights ("instead of", not "with") are kept.
 * @see Steck (2019), Embarrassingly shallow autoencoders for sparse data, doi:10.1145/3308558.3313710
 */
import { assert } from '../stats/assert.ts'
import { factorise, solve } from '../stats/cholesky.ts'
import { type CoOccurrence, coOccurrenceOf, together } from './co-occurrence.ts'
import type { Progress } from './policy.ts'
import type { Rows } from './sparse.ts'

export interface RidgeOptions {
  readonly itemCount: number
  /** M. */
  readonly neighbours: number
  /** λ > 0. */
  readonly ridge: number
}

const ITEMS_A_REPORT = 256
/** About how the time divides between counting and solving. */
const COUNTING_PART = 0.6

/** Weights by item: row i holds w_{ji} for each neighbour j of i, ascending in j. */
export function neighbourhoodRidge(preferences: Rows, options: RidgeOptions, progress: Progress): Rows {
  const { itemCount, neighbours, ridge } = options
  const gram = coOccurrenceOf(preferences, options, (done) => progress(done * COUNTING_PART, 'counting what goes together'))
  const size = gram.nearest.reduce((total, near) => total + near.length, 0)
  const byItem = { starts: new Int32Array(itemCount + 1), columns: new Int32Array(size), values: new Float32Array(size) }
  const matrix = new Float64Array(neighbours * neighbours)
  const weights = new Float64Array(neighbours)
  let at = 0
  for (let item = 0; item < itemCount; item++) {
    const near = gram.nearest[item]!
    fillSystem(matrix, weights, { gram, item, ridge })
    assert(factorise(matrix, near.length), 'A Gram matrix with a ridge is positive definite.')
    solve(matrix, near.length, weights)
    byItem.columns.set(near, at)
    for (let k = 0; k < near.length; k++) byItem.values[at++] = weights[k]!
    byItem.starts[item + 1] = at
    if (item % ITEMS_A_REPORT === 0) progress(COUNTING_PART + ((1 - COUNTING_PART) * item) / itemCount, 'weighing neighbours')
  }
  return byItem
}

interface System {
  readonly gram: CoOccurrence
  readonly item: number
  readonly ridge: number
}

/** The lower triangle of G_CC + λI, and G_{C,i}. */
function fillSystem(matrix: Float64Array, right: Float64Array, { gram, item, ridge }: System): void {
  const near = gram.nearest[item]!
  const n = near.length
  for (let row = 0; row < n; row++) {
    right[row] = together(gram, near[row]!, item)
    matrix[row * n + row] = gram.diagonal[near[row]!]! + ridge
    for (let column = 0; column < row; column++) matrix[row * n + column] = together(gram, near[column]!, near[row]!)
  }
}
