/**
 * k-means: vectors in cells, each vector in the cell whose centre is nearest.
 *
 *     |y − c|² = |y|² − 2·(y·c − |c|²/2)      nearest is where y·c − |c|²/2 is largest
 *
 * Centres move to the means of a sample, a few times over (Lloyd); then all vectors are put into cells. Nothing is drawn: sample and first
 * centres lie evenly over the rows, so that the same vectors give the same cells. O(sample·cells·rank·ROUNDS + rows·cells·rank).
 * @see Lloyd (1982), Least squares quantization in PCM, doi:10.1109/TIT.1982.1056489
 */
import { dotRows } from './dot.ts'

export interface Cells {
  /** Cells × rank, row by row. */
  readonly centres: Float32Array
  /** By row, the number of its cell. */
  readonly cellOf: Int32Array
}

const ROUNDS = 5
/** Of the sample, for each cell. */
const ROWS_A_CELL = 64

/** Puts the rows of a matrix into cells; told between 0 and 1 how far it is. */
export function cellsOf(
  rows: Float32Array,
  { rank, cells }: { readonly rank: number; readonly cells: number },
  told: (done: number) => void,
): Cells {
  const count = rows.length / rank
  const sample = spread(count, cells * ROWS_A_CELL)
  const centres = new Float32Array(cells * rank)
  spread(count, cells).forEach((row, cell) => {
    centres.set(rows.subarray(row * rank, (row + 1) * rank), cell * rank)
  })
  const work = ROUNDS * sample.length + count
  for (let round = 0; round < ROUNDS; round++) {
    told((round * sample.length) / work)
    move(centres, { rows, rank, sample })
  }
  told((ROUNDS * sample.length) / work)
  const nearest = nearestCentre(centres, rank)
  return { centres, cellOf: Int32Array.from({ length: count }, (_, row) => nearest(rows, row)) }
}

/** Each centre goes to the mean of those nearest to it; one with nobody near stays. */
function move(centres: Float32Array, { rows, rank, sample }: { rows: Float32Array; rank: number; sample: readonly number[] }): void {
  const nearest = nearestCentre(centres, rank)
  const sums = new Float64Array(centres.length)
  const counts = new Int32Array(centres.length / rank)
  for (const row of sample) {
    const cell = nearest(rows, row)
    counts[cell]!++
    for (let k = 0; k < rank; k++) sums[cell * rank + k]! += rows[row * rank + k]!
  }
  counts.forEach((n, cell) => {
    for (let k = 0; k < rank && n > 0; k++) centres[cell * rank + k] = sums[cell * rank + k]! / n
  })
}

function nearestCentre(centres: Float32Array, rank: number): (rows: Float32Array, row: number) => number {
  const cells = centres.length / rank
  const numbers = Int32Array.from({ length: cells }, (_, cell) => cell)
  const halfNorms = Float64Array.from(numbers, (cell) => {
    let sum = 0
    for (let k = 0; k < rank; k++) sum += centres[cell * rank + k]! ** 2
    return sum / 2
  })
  const vector = new Float64Array(rank)
  const products = new Float64Array(cells)
  return (rows, row) => {
    vector.set(rows.subarray(row * rank, (row + 1) * rank))
    dotRows(vector, centres, numbers, products)
    let best = 0
    for (let cell = 1; cell < cells; cell++) if (products[cell]! - halfNorms[cell]! > products[best]! - halfNorms[best]!) best = cell
    return best
  }
}

/** At most `wanted` numbers below `count`, evenly spread. */
function spread(count: number, wanted: number): number[] {
  const taken = Math.min(count, wanted)
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}
