/**
 * Contrasts of a bandit's arms from its scores: any combination of arms and slots, honest whatever the allocation did.
 *
 *     s = Σₐ cₐ·Σₖ wₖψₐₖ + r·Σₖ wₖyₖ over a unit's day          Δ̂ = Σs/Σn, per draw          V = Σ(s − Δ̂n)²/(Σn)²
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
import { SCORE_SCALE } from './decision-score.ts'
import { dotOf, formOf, type ScoreMoments } from './score-moments.ts'
import { effectiveEvents, plannedVariance, pooledVariances } from './score-variance.ts'

export interface ContrastQuestion {
  /** cₐ by arm; or what they are given who could be drawn, null where that cell has no answer. */
  readonly arms: readonly number[] | ((eligible: readonly boolean[]) => readonly number[] | null)
  /** r; 0 unless given. */
  readonly realised?: number
  /** wₖ by slot, per stored integer; or what they are given an arm, where every arm is measured by its own (linearised ratios; r is 0 then). */
  readonly slots: readonly number[] | ((arm: number) => readonly number[])
  /** What counts as an event, where that is not `slots`: the numerator of a ratio. */
  readonly counted?: readonly number[]
}

export interface ScoreContrast extends ContrastSums {
  /** Δ̂, per draw. */
  readonly estimate: number
  /** Unit-days behind it. */
  readonly units: number
  /** What a draw would add to the variance under an even allocation. */
  readonly evenVariance: number
  /** Of the arm with the fewest, in even draws' worth. */
  readonly events: number
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
  const pooled = used.map(({ cell, arms }) =>
    pooledVariances({ cell, arms, realised: question.realised ?? 0, slots: (arm) => slotsAt(question.slots, arm) }),
  )
  return {
    ...{ kind: 'contrast', estimate, rows, rowsLeftOut, sum, weight: rows },
    units: used.reduce((total, { cell }) => total + Number(cell.units), 0),
    empiricalVariance: Math.max(0, empirical),
    pooledVariance: pooled.reduce((total, { drawn }) => total + drawn, 0),
    evenVariance: pooled.reduce((total, { even }) => total + even, 0) / rows,
    events: leastEvents(used, question),
  }
}

/** For a look that was planned: the normal interval, clustered by unit-day. */
export function headlineOf(contrast: ScoreContrast): Effect | Unknown {
  const { estimate, units, weight } = contrast
  if (units < 2) return unknown('too-few-units', { have: units, need: 2 })
  return effectOf(estimate, ((plannedVariance(contrast) / weight / weight) * units) / (units - 1))
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

function slotsAt(slots: ContrastQuestion['slots'], arm: number): readonly number[] {
  return typeof slots === 'function' ? slots(arm) : slots
}

function usedCell(cell: ScoreMoments, { arms, realised = 0, slots }: ContrastQuestion): UsedCell | null {
  const own = typeof arms === 'function' ? arms(cell.eligible) : arms
  if (!own || drawsOf(cell) === 0 || own.some((factor, arm) => factor !== 0 && !cell.eligible[arm])) return null
  assert(realised === 0 || typeof slots !== 'function', 'what was realised has one set of slots for all arms')
  const scores = [...own, realised].flatMap((factor, arm) => slotsAt(slots, arm).map((weight) => factor * weight))
  assert(scores.length === cell.sums.length - 1, 'a contrast needs a coefficient an arm and a weight a slot')
  return { cell, arms: own, scores }
}

function leastEvents(used: readonly UsedCell[], { realised = 0, slots, counted }: ContrastQuestion): number {
  const asked = used[0]!.arms.flatMap((factor, arm) => (factor !== 0 || realised !== 0 ? [arm] : []))
  const cells = used.map(({ cell }) => cell)
  return Math.min(...asked.map((arm) => effectiveEvents(cells, arm, counted ?? slotsAt(slots, arm))))
}
