/**
 * Scores of a bandit's epoch as moments: sums over unit-days, cell by cell (day, stratum, who could be drawn), in exact integers.
 *
 *     z   of a unit-day: every arm's slots, arm by arm, then what was realised by slot, in units of 2⁻²⁰; then the draws n
 *
 * Under a sticky bandit a unit draws once: its day is that of the draw, n is 1, and all that it ever brings counts there.
 */
import type { JointSums } from '../stats/pair-moments.ts'
import { triangle } from './decision-moments.ts'

export interface ScoreShape {
  readonly arms: number
  /** Slots of the epoch that look forward, in their order. */
  readonly slots: number
}

export interface ScoreMoments {
  /** Days since 1970, UTC. */
  readonly day: number
  readonly stratum: string
  /** By arm. */
  readonly eligible: readonly boolean[]
  /** Unit-days. */
  readonly units: bigint
  /** Σz, and Σzzᵀ (upper triangle, row by row). */
  readonly sums: readonly bigint[]
  readonly products: readonly bigint[]
  /** Draws by arm; Σπ and Σ(diag π − ππᵀ) (triangle) in units of 2⁻³⁰; Σ1/π in units of 2⁻²⁰. */
  readonly counts: readonly bigint[]
  readonly expected: readonly bigint[]
  readonly covariance: readonly bigint[]
  readonly inverse: readonly bigint[]
  /** Of the drawn arm, by arm: Σw and Σw² with w = 2²⁰/π; Σy, Σyyᵀ, Σwy, Σwyyᵀ by slot and triangle. */
  readonly weights: readonly bigint[]
  readonly squaredWeights: readonly bigint[]
  readonly outcomes: readonly bigint[]
  readonly outcomeSquares: readonly bigint[]
  readonly weighted: readonly bigint[]
  readonly weightedSquares: readonly bigint[]
}

/** Σ cᵢcⱼ·tᵢⱼ of a triangle, row by row, that begins at `from`. */
export function formOf(values: readonly bigint[], coefficients: readonly number[], from = 0): number {
  let sum = 0
  let at = from
  for (let i = 0; i < coefficients.length; i++)
    for (let j = i; j < coefficients.length; j++, at++) {
      const factor = coefficients[i]! * coefficients[j]!
      if (factor !== 0) sum += (i === j ? 1 : 2) * factor * Number(values[at]!)
    }
  return sum
}

/** Σ cᵢ·vᵢ from `from` on. */
export function dotOf(values: readonly bigint[], coefficients: readonly number[], from = 0): number {
  return coefficients.reduce((sum, factor, i) => (factor === 0 ? sum : sum + factor * Number(values[from + i]!)), 0)
}

/** n, Σr and Σr² of r = slots·y over the draws of an arm, in all cells. */
export function plainOutcomes(
  cells: readonly ScoreMoments[],
  arm: number,
  slots: readonly number[],
): { readonly n: number; readonly sum: number; readonly sumOfSquares: number } {
  const total = (of: (cell: ScoreMoments) => number) => cells.reduce((sum, cell) => sum + of(cell), 0)
  return {
    n: total(({ counts }) => Number(counts[arm]!)),
    sum: total(({ outcomes }) => dotOf(outcomes, slots, arm * slots.length)),
    sumOfSquares: total(({ outcomeSquares }) => formOf(outcomeSquares, slots, arm * triangle(slots.length))),
  }
}

/** Exact sums and products of two slots, draw by draw of an arm, in all cells. */
export function plainPairs(cells: readonly ScoreMoments[], arm: number, [i, j]: readonly [number, number]): JointSums {
  const total = (of: (cell: ScoreMoments) => bigint) => cells.reduce((sum, cell) => sum + of(cell), 0n)
  const slots = cells.length === 0 ? 0 : cells[0]!.outcomes.length / cells[0]!.counts.length
  const product = (a: number, b: number) => {
    const [row, column] = a <= b ? [a, b] : [b, a]
    const place = arm * triangle(slots) + row * slots - (row * (row - 1)) / 2 + (column - row)
    return total(({ outcomeSquares }) => outcomeSquares[place]!)
  }
  return {
    n: total(({ counts }) => counts[arm]!),
    sums: [i, j].map((slot) => total(({ outcomes }) => outcomes[arm * slots + slot]!)),
    products: [product(i, i), product(i, j), product(j, j)],
  }
}
