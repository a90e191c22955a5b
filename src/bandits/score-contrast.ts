/**
 * Contrasts of a bandit's arms from its scores: any combination of arms and slots, honest whatever the allocation did.
 *
 *     s = Σₐ cₐ·Σₖ wₖψₐₖ + r·Σₖ wₖyₖ over a unit's day          Δ̂ = Σs/Σn, per draw          V = Σ(s − Δ̂n)²/(Σn)²
 *     pooled  Σ_cells v·( Σₐ cₐ²·Σ1/πₐ + n(r² + 2r·Σcₐ) )       v: variance of Σ wₖyₖ around its weighted mean, arms of the contrast together
 *
 * Only cells count in which every arm with a coefficient could be drawn; the draws of the others are counted and said. While it runs,
 * the larger variance goes into the normal mixture; at the end of the plan the empirical one gives the fixed interval.
 * r = 1 with cₐ = −1/k over those who could be drawn is what choosing brought against drawing evenly.
 * @see docs/methods/adaptive.md; Hadad et al. (2021), doi:10.1073/pnas.2014602118
 */
import { type AlwaysValidContrast, alwaysValidContrast, type ContrastSums } from '../stats/adaptive-contrast.ts'
import { rhoFor } from '../stats/always-valid-martingale.ts'
import { assert } from '../stats/assert.ts'
import { type Effect, effectOf, isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { triangle } from './decision-moments.ts'
import { SCORE_SCALE } from './decision-score.ts'
import { dotOf, formOf, type ScoreMoments } from './score-moments.ts'

export interface ContrastQuestion {
  /** cₐ by arm; or what they are given who could be drawn, null where that cell has no answer. */
  readonly arms: readonly number[] | ((eligible: readonly boolean[]) => readonly number[] | null)
  /** r; 0 unless given. */
  readonly realised?: number
  /** wₖ by slot, per stored integer. */
  readonly slots: readonly number[]
}

export interface ScoreContrast extends ContrastSums {
  /** Δ̂, per draw. */
  readonly estimate: number
  /** Unit-days behind it. */
  readonly units: number
  /** What a draw would add to the variance under an even allocation. */
  readonly evenVariance: number
}

/** An even allocation's variance below this share of the variance so far is rounding. */
const NO_PLAN = 1e-6

interface UsedCell {
  readonly cell: ScoreMoments
  readonly arms: readonly number[]
  /** Coefficients of z, without n. */
  readonly scores: readonly number[]
}

/** Treatment minus control. */
export function armAgainst(
  arms: number,
  { treatment, control }: { readonly treatment: number; readonly control: number },
): readonly number[] {
  return Array.from({ length: arms }, (_, arm) => (arm === treatment ? 1 : arm === control ? -1 : 0))
}

/** Minus the mean of all arms that could be drawn: with `realised: 1`, what choosing brought. */
export function minusEven(eligible: readonly boolean[]): readonly number[] | null {
  const alive = eligible.filter(Boolean).length
  return alive === 0 ? null : eligible.map((can) => (can ? -1 / alive : 0))
}

/** Unknown when in no cell all arms that are asked for could be drawn. */
export function contrastOf(cells: readonly ScoreMoments[], question: ContrastQuestion): ScoreContrast | Unknown {
  const used = cells.flatMap((cell) => usedCell(cell, question) ?? [])
  const rows = used.reduce((sum, { cell }) => sum + drawsOf(cell), 0)
  const rowsLeftOut = cells.reduce((sum, cell) => sum + drawsOf(cell), 0) - rows
  if (rows === 0) return unknown('no-overlap', { have: 0, need: 1 })
  const sum = used.reduce((total, { cell, scores }) => total + dotOf(cell.sums, scores), 0) / SCORE_SCALE
  const estimate = sum / rows
  const empirical = used.reduce((total, { cell, scores }) => {
    return total + formOf(cell.products, [...scores.map((each) => each / SCORE_SCALE), -estimate])
  }, 0)
  const pooled = used.map((each) => pooledVariances(each, question))
  return {
    ...{ kind: 'contrast', estimate, rows, rowsLeftOut, sum, weight: rows },
    units: used.reduce((total, { cell }) => total + Number(cell.units), 0),
    empiricalVariance: Math.max(0, empirical),
    pooledVariance: pooled.reduce((total, { drawn }) => total + drawn, 0),
    evenVariance: pooled.reduce((total, { even }) => total + even, 0) / rows,
  }
}

/** For a look that was planned: the normal interval, clustered by unit-day. */
export function headlineOf({ estimate, units, weight, empiricalVariance }: ScoreContrast): Effect | Unknown {
  if (units < 2) return unknown('too-few-units', { have: units, need: 2 })
  return effectOf(estimate, ((empiricalVariance / weight / weight) * units) / (units - 1))
}

/** Holds at every look. Tightest when about `plannedDraws` have been made. */
export function contrastAtAnyLook(
  contrast: ScoreContrast,
  { level, plannedDraws }: { readonly level: number; readonly plannedDraws: number },
): AlwaysValidContrast | Unknown {
  // What choosing brings varies only where the shares are uneven: then what it varied so far is planned on.
  const soFar = contrast.pooledVariance / contrast.rows
  const plannedVariance = plannedDraws * (contrast.evenVariance > NO_PLAN * soFar ? contrast.evenVariance : soFar)
  if (!(plannedVariance > 0)) return unknown('no-variance')
  return alwaysValidContrast(contrast, { level, rho: rhoFor({ plannedVariance, level }) })
}

/** Both at once, for who needs a variance however many looks there are. */
export function isKnown(contrast: ScoreContrast | Unknown): contrast is ScoreContrast {
  return !isUnknown(contrast)
}

function drawsOf({ sums }: ScoreMoments): number {
  return Number(sums.at(-1)!)
}

function usedCell(cell: ScoreMoments, { arms, realised = 0, slots }: ContrastQuestion): UsedCell | null {
  const own = typeof arms === 'function' ? arms(cell.eligible) : arms
  if (!own || drawsOf(cell) === 0 || own.some((factor, arm) => factor !== 0 && !cell.eligible[arm])) return null
  const scores = [...own, realised].flatMap((factor) => slots.map((weight) => factor * weight))
  assert(scores.length === cell.sums.length - 1, 'a contrast needs a coefficient an arm and a weight a slot')
  return { cell, arms: own, scores }
}

/** What the draws added to the variance if every outcome had the same one, and what they would have added when drawn evenly. */
function pooledVariances(
  { cell, arms }: UsedCell,
  { realised = 0, slots }: ContrastQuestion,
): { readonly drawn: number; readonly even: number } {
  const draws = drawsOf(cell)
  const asked = arms.flatMap((factor, arm) => (factor !== 0 || realised !== 0 ? [arm] : []))
  const over = (of: (arm: number) => number) => asked.reduce((sum, arm) => sum + of(arm), 0)
  const weight = over((arm) => Number(cell.weights[arm]!))
  if (weight === 0) return { drawn: 0, even: 0 }
  const mean = over((arm) => dotOf(cell.weighted, slots, arm * slots.length)) / weight
  const square = over((arm) => formOf(cell.weightedSquares, slots, arm * triangle(slots.length))) / weight
  const variance = Math.max(0, square - mean * mean)
  const total = arms.reduce((sum, factor) => sum + factor, 0)
  const shared = draws * (realised * realised + 2 * realised * total)
  const alive = cell.eligible.filter(Boolean).length
  const inverse = arms.reduce((sum, factor, arm) => sum + (factor * factor * Number(cell.inverse[arm]!)) / SCORE_SCALE, 0)
  const even = arms.reduce((sum, factor) => sum + factor * factor * alive * draws, 0)
  return { drawn: variance * Math.max(0, inverse + shared), even: variance * Math.max(0, even + shared) }
}
