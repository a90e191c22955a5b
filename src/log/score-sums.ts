/**
 * Scores of a step of the fold: by unit and day what is new, and with it the cells.
 *
 *     decision, outcomes ─▶ what they add to their unit's day ─▶ flush: read the day as it stands, write it as it is now
 *                       └─▶ sums over draws                       └─▶ Σz, Σzzᵀ of its cell by the difference
 *
 * Days of units are flushed whenever many have come together, so that memory is bounded; flushing twice is as good as once. Only whoever
 * holds the fold's lock writes here.
 */
import type { ClientBase } from 'pg'
import { type DecisionScore, expectedScores, outcomeWeights } from '../bandits/decision-score.ts'
import { addDraw, addOutcomes, type CellPlace, openCell, type ScoreCell, scoresLength } from '../bandits/score-cell.ts'
import type { ScoreShape } from '../bandits/score-moments.ts'
import { addSquare } from '../stats/exact-squares.ts'
import { addBig, addProducts, addVector, type ExactSums, largestOf, openSums, totalsOf, type Whole } from '../stats/exact-sums.ts'
import { statement } from './statement.ts'

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

const UNITS_MOST = 20_000
const CHUNK = 2_000
const SQL = { read: statement('unit-periods'), write: statement('unit-periods-write') }

/** `shapeOf` an epoch. */
export function openScoreSums(shapeOf: (epochId: number) => ScoreShape): ScoreSums {
  const cells = new Map<string, ScoreCell>()
  let units = new Map<string, { readonly at: UnitPeriod; readonly sums: ExactSums }>()

  function cellOf(at: CellPlace): ScoreCell {
    const name = cellName(at)
    const known = cells.get(name)
    if (known) return known
    const cell = openCell(at, shapeOf(at.epochId))
    cells.set(name, cell)
    return cell
  }

  function unitOf(at: UnitPeriod): ExactSums {
    const name = unitName(at)
    const known = units.get(name)
    if (known) return known.sums
    const sums = openSums(scoresLength(shapeOf(at.epochId)))
    units.set(name, { at, sums })
    return sums
  }

  async function flushSome(client: ClientBase, some: readonly { readonly at: UnitPeriod; readonly sums: ExactSums }[]): Promise<void> {
    const places = placesOf(some.map(({ at }) => at))
    const { rows } = await client.query<{ name: string; scores: string }>(SQL.read, [...places])
    const stored = new Map(rows.map((row) => [row.name, wholeOf(row.scores)] as const))
    const now = some.map(({ at, sums }) => {
      const cell = cellOf(at)
      const before = stored.get(unitName(at))
      if (before) {
        addSquare(cell.products, before, -1)
        for (let i = 0; i < before.length; i++) addBig(sums, i, BigInt(before[i]!))
      }
      const after = narrowed(totalsOf(sums))
      addSquare(cell.products, after, 1)
      addDifference(cell.sums, after, before)
      if (!before) cell.units += 1
      return `{${after.join()}}`
    })
    await client.query(SQL.write, [...places, now])
  }

  return {
    decided(at, score, mhat, isDraw) {
      const sums = unitOf(at)
      if (!isDraw) return
      const expected = expectedScores(score, mhat, shapeOf(at.epochId))
      addVector(sums, expected, largestOf(expected))
      addDraw(cellOf(at), score)
    },
    changed(at, score, { before, now }) {
      const sums = unitOf(at)
      const counted = outcomeWeights(score)
      const weight = largestOf(counted)
      const cell = cellOf(at)
      for (const [y, sign] of [[now, 1] as const, [before, -1] as const]) {
        addProducts(sums, counted, { y, sign, bound: weight * largestOf(y) })
        addOutcomes(cell, score, y, sign)
      }
    },
    async flush(client, which) {
      if (which === 'many' && units.size < UNITS_MOST) return
      const all = [...units.values()]
      units = new Map()
      for (let from = 0; from < all.length; from += CHUNK) await flushSome(client, all.slice(from, from + CHUNK))
    },
    cells: () => [...cells.values()],
  }
}

function cellName({ epochId, day, stratum, eligible }: CellPlace): string {
  return `${epochId} ${day} ${stratum} ${eligible}`
}

function unitName(at: UnitPeriod): string {
  return `${cellName(at)} ${at.unit}`
}

function placesOf(units: readonly UnitPeriod[]): readonly (readonly (string | number)[])[] {
  const column = (of: (at: UnitPeriod) => string | number) => units.map(of)
  return [
    column((at) => at.epochId),
    column((at) => at.unit),
    column((at) => at.day),
    column((at) => at.stratum),
    column((at) => at.eligible),
  ]
}

type Scores = readonly number[] | readonly bigint[]

/** A numeric[] of whole numbers, in the text that PostgreSQL sends. */
function wholeOf(text: string): Scores {
  const parts = text.slice(1, -1).split(',')
  return parts.some((part) => part.length > 15) ? parts.map(BigInt) : parts.map(Number)
}

/** As plain numbers, when all of them are safe. */
function narrowed(values: readonly bigint[]): Scores {
  const plain = values.map(Number)
  return plain.every(Number.isSafeInteger) ? plain : values
}

function addDifference(sums: ExactSums, after: Scores, before: Scores | undefined): void {
  for (let i = 0; i < after.length; i++) {
    const change = BigInt(after[i]!) - BigInt(before?.[i] ?? 0)
    if (change !== 0n) addBig(sums, i, change)
  }
}
