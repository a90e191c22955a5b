/**
 * Scores of a step of the fold: by unit and day what is new, and with it the cells.
 *
 *     decision, outcomes ─▶ what they add to their unit's day ─▶ flush: z as it stands ─▶ z′ = z + what is new, written (unit-days)
 *                       └─▶ sums over draws                       └─▶ Σz += z′ − z      Σzzᵀ += z′z′ᵀ − zzᵀ   of its cell
 *
 * Days of units are flushed whenever many have come together, so that memory is bounded; flushing twice is as good as once.
 */
import type { ClientBase } from 'pg'
import { type DecisionScore, expectedScores, SCORE_SCALE } from '../bandits/decision-score.ts'
import { addDraw, addOutcomes, type CellPlace, openCell, type ScoreCell, scoresLength } from '../bandits/score-cell.ts'
import type { ScoreShape } from '../bandits/score-moments.ts'
import { addSquare } from '../stats/exact-squares.ts'
import {
  addBig,
  addProduct,
  addVector,
  type ExactSums,
  largestOf,
  openSums,
  plainTotals,
  totalsOf,
  type Whole,
} from '../stats/exact-sums.ts'
import { level, under } from './levels.ts'
import { renewUnitDays, type UnitDay } from './unit-days.ts'
import type { Wholes } from './wholes.ts'

/** A unit's day in one stratum. */
export interface UnitPeriod extends CellPlace {
  /** As PostgreSQL writes a bytea: \x and hexadecimal digits. */
  readonly unit: string
}

export interface ScoreSums {
  /** A draw, or another decision of a unit that keeps its arm: that one is no draw, and only what it brings counts. */
  decided(at: UnitPeriod, score: DecisionScore, mhat: readonly number[] | null, isDraw: boolean): void
  changed(at: UnitPeriod, score: DecisionScore, y: { readonly before: Whole; readonly now: Whole }): void
  /** Writes unit-days down when many have come together, or all of them. */
  flush(client: ClientBase, which: 'many' | 'all'): Promise<void>
  cells(): readonly ScoreCell[]
}

/** A cell with what this step adds to its unit-days, by unit. */
interface OpenCell {
  readonly cell: ScoreCell
  readonly shape: ScoreShape
  readonly units: Map<string, ExactSums>
  /** What is expected of the decision at hand. */
  readonly expected: Float64Array
}

interface ChangedDay extends UnitDay {
  readonly cell: ScoreCell
  readonly added: ExactSums
}

const UNITS_MOST = 50_000

/** `shapeOf` an epoch. */
export function openScoreSums(shapeOf: (epochId: number) => ScoreShape): ScoreSums {
  const all: OpenCell[] = []
  const byStratum = new Map<string, Map<string, Map<number, Map<number, OpenCell>>>>()
  let open = 0

  function cellOf(at: CellPlace): OpenCell {
    const days = under(under(under(byStratum, at.stratum, level), at.eligible, level), at.epochId, level)
    return under(days, at.day, () => {
      const shape = shapeOf(at.epochId)
      const fresh = { cell: openCell(at, shape), shape, units: new Map(), expected: new Float64Array(scoresLength(shape)) }
      all.push(fresh)
      return fresh
    })
  }

  function unitOf({ units, shape }: OpenCell, unit: string): ExactSums {
    const known = units.get(unit)
    if (known) return known
    const sums = openSums(scoresLength(shape))
    units.set(unit, sums)
    open += 1
    return sums
  }

  return {
    decided(at, score, mhat, isDraw) {
      const cell = cellOf(at)
      const sums = unitOf(cell, at.unit)
      if (!isDraw) return
      const expected = expectedScores(score, mhat, cell.shape, cell.expected)
      addVector(sums, expected, largestOf(expected))
      addDraw(cell.cell, score)
    },
    changed(at, score, { before, now }) {
      const cell = cellOf(at)
      const sums = unitOf(cell, at.unit)
      addBrought(sums, score, now, 1)
      addBrought(sums, score, before, -1)
      addOutcomes(cell.cell, score, now, 1)
      addOutcomes(cell.cell, score, before, -1)
    },
    async flush(client, which) {
      if (which === 'many' && open < UNITS_MOST) return
      const days = all.flatMap(changedDaysOf)
      for (const { units } of all) units.clear()
      open = 0
      await renewUnitDays(client, days, renewed)
    },
    cells: () => all.map(({ cell }) => cell),
  }
}

/** What outcomes add to a unit's scores: w·y for the drawn arm, and 2²⁰·y as it is. */
function addBrought(sums: ExactSums, { weights, drawn }: DecisionScore, y: Whole, sign: 1 | -1): void {
  const slots = y.length
  for (let k = 0; k < slots; k++) {
    const brought = sign * y[k]!
    if (brought === 0) continue
    if (drawn >= 0) addProduct(sums, drawn * slots + k, weights[drawn]!, brought)
    addProduct(sums, weights.length * slots + k, SCORE_SCALE, brought)
  }
}

function changedDaysOf({ cell, units }: OpenCell): readonly ChangedDay[] {
  return Array.from(units, ([unit, added]) => ({ cell, unit, added }))
}

/** The scores of a unit-day as they are now; moves the sums of its cell. */
function renewed({ cell, added }: ChangedDay, stored: Wholes | null): Wholes {
  const now = sumOf(added, stored)
  if (stored) addSquare(cell.products, stored, -1)
  else cell.units += 1
  addSquare(cell.products, now, 1)
  const plain = plainTotals(added)
  if (plain) addVector(cell.sums, plain, largestOf(plain))
  else totalsOf(added).forEach((value, i) => void addBig(cell.sums, i, value))
  return now
}

/** In doubles as long as each of them is safe: a sum that rounds to a safe integer is one. */
function sumOf(added: ExactSums, stored: Wholes | null): Wholes {
  const plain = plainTotals(added)
  if (plain && (stored === null || stored instanceof Float64Array)) {
    const now = stored ? plain.map((value, i) => value + stored[i]!) : plain
    if (now.every(Number.isSafeInteger)) return now
  }
  const exact = totalsOf(added).map((value, i) => value + BigInt(stored?.[i] ?? 0))
  const doubles = Float64Array.from(exact, Number)
  return doubles.every(Number.isSafeInteger) ? doubles : exact
}
