/**
 * What a step of the fold adds to a cell of scores: sums over unit-days, and over their draws. Cells are those of aipw_cells.
 *
 *     unit-day   its scores z, from as they were to as they are now:  Σz += z′ − z      Σzzᵀ += z′z′ᵀ − zzᵀ
 *     draw       n, Σπ, Σ(diag π − ππᵀ), Σ1/π; of the drawn arm Σw, Σw²
 *     outcomes   of the drawn arm Σy, Σyyᵀ, Σwy, Σwyyᵀ, by the difference
 */

import { type ExactSquares, openSquares, squareTotals } from '../stats/exact-squares.ts'
import { addBig, addProduct, type ExactSums, largestOf, openSums, totalsOf, type Whole } from '../stats/exact-sums.ts'
import { triangle } from './decision-moments.ts'
import { type DecisionScore, nearest, SHARE_SCALE } from './decision-score.ts'
import type { ScoreMoments, ScoreShape } from './score-moments.ts'

export interface CellPlace {
  readonly epochId: number
  /** Days since 1970, UTC. */
  readonly day: number
  readonly stratum: string
  /** A bit for every arm that could be drawn. */
  readonly eligible: string
}

export interface ScoreCell extends CellPlace {
  units: number
  readonly sums: ExactSums
  readonly products: ExactSquares
  readonly counts: ExactSums
  readonly expected: ExactSums
  readonly covariance: ExactSums
  readonly inverse: ExactSums
  readonly weights: ExactSums
  readonly squaredWeights: ExactSums
  readonly outcomes: ExactSums
  readonly outcomeSquares: ExactSums
  readonly weighted: ExactSums
  readonly weightedSquares: ExactSums
}

/** Numbers of a unit-day: every arm's slots, what was realised, the draws. */
export function scoresLength({ arms, slots }: ScoreShape): number {
  return (arms + 1) * slots + 1
}

export function openCell({ epochId, day, stratum, eligible }: CellPlace, shape: ScoreShape): ScoreCell {
  const { arms, slots } = shape
  return {
    ...{ epochId, day, stratum, eligible, units: 0 },
    ...{ sums: openSums(scoresLength(shape)), products: openSquares(scoresLength(shape)) },
    ...{ counts: openSums(arms), expected: openSums(arms), covariance: openSums(triangle(arms)), inverse: openSums(arms) },
    ...{ weights: openSums(arms), squaredWeights: openSums(arms) },
    ...{ outcomes: openSums(arms * slots), outcomeSquares: openSums(arms * triangle(slots)) },
    ...{ weighted: openSums(arms * slots), weightedSquares: openSums(arms * triangle(slots)) },
  }
}

/** What a cell that was filled from nothing comes to. */
export function scoreMomentsOf(cell: ScoreCell, { arms }: ScoreShape): ScoreMoments {
  const { day, stratum, eligible, units, products, ...all } = cell
  const { sums, counts, expected, covariance, inverse, weights, squaredWeights, outcomes, outcomeSquares, weighted, weightedSquares } = all
  return {
    ...{ day, stratum, units: BigInt(units), sums: totalsOf(sums), products: squareTotals(products) },
    eligible: Array.from({ length: arms }, (_, arm) => ((BigInt(eligible) >> BigInt(arm)) & 1n) === 1n),
    ...{ counts: totalsOf(counts), expected: totalsOf(expected), covariance: totalsOf(covariance), inverse: totalsOf(inverse) },
    ...{ weights: totalsOf(weights), squaredWeights: totalsOf(squaredWeights) },
    ...{ outcomes: totalsOf(outcomes), outcomeSquares: totalsOf(outcomeSquares) },
    ...{ weighted: totalsOf(weighted), weightedSquares: totalsOf(weightedSquares) },
  }
}

/** One draw more, whatever came of it. */
export function addDraw(cell: ScoreCell, { pi, weights, drawn }: DecisionScore): void {
  const arms = pi.length
  for (let i = 0, at = 0; i < arms; i++) {
    addProduct(cell.expected, i, 1, nearest(SHARE_SCALE * pi[i]!))
    addProduct(cell.inverse, i, 1, weights[i]!)
    for (let j = i; j < arms; j++) addProduct(cell.covariance, at++, 1, nearest(SHARE_SCALE * ((i === j ? pi[i]! : 0) - pi[i]! * pi[j]!)))
  }
  if (drawn < 0) return
  const own = weights[drawn]!
  addProduct(cell.counts, drawn, 1, 1)
  addProduct(cell.weights, drawn, 1, own)
  addProduct(cell.squaredWeights, drawn, own, own)
}

/** Outcomes of the drawn arm: y added or taken back, as they are and weighted. */
export function addOutcomes(cell: ScoreCell, { weights, drawn }: DecisionScore, y: Whole, sign: 1 | -1): void {
  if (drawn < 0 || largestOf(y) === 0) return
  const own = weights[drawn]!
  addAtArm(cell.outcomes, cell.outcomeSquares, { arm: drawn, times: sign }, y)
  if (own > 0) addAtArm(cell.weighted, cell.weightedSquares, { arm: drawn, times: sign * own }, y)
}

/** times·y and times·yyᵀ at the arm's place. */
function addAtArm(sums: ExactSums, squares: ExactSums, { arm, times }: { readonly arm: number; readonly times: number }, y: Whole): void {
  let at = arm * triangle(y.length)
  for (let i = 0; i < y.length; i++) {
    addProduct(sums, arm * y.length + i, times, y[i]!)
    for (let j = i; j < y.length; j++, at++) {
      const pair = y[i]! * y[j]!
      if (Number.isSafeInteger(pair)) addProduct(squares, at, times, pair)
      else addBig(squares, at, BigInt(times) * BigInt(y[i]!) * BigInt(y[j]!))
    }
  }
}
