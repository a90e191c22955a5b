import { expectedScores, outcomeWeights, scoreOf } from '../../src/bandits/decision-score.ts'
import { addDraw, addOutcomes, openCell, type ScoreCell, scoreMomentsOf, scoresLength } from '../../src/bandits/score-cell.ts'
import type { ScoreMoments, ScoreShape } from '../../src/bandits/score-moments.ts'
import { addSquare } from '../../src/stats/exact-squares.ts'
import { addProducts, addVector, largestOf, openSums, totalsOf } from '../../src/stats/exact-sums.ts'

/** Decisions in memory, put through the same scores and cells as the fold's. */

export interface PlainDecision {
  readonly day: number
  readonly unit: string
  readonly stratum?: string
  readonly pi: readonly number[]
  readonly mhat: readonly number[] | null
  readonly arm: number
  readonly y: readonly number[]
}

export function openScoreLog(shape: ScoreShape) {
  const cells = new Map<string, ScoreCell>()
  const units = new Map<string, { readonly cell: ScoreCell; readonly sums: ReturnType<typeof openSums> }>()
  return {
    add({ day, unit, stratum = 'bandit', pi, mhat, arm, y }: PlainDecision): void {
      const score = scoreOf(pi, arm, shape)
      const name = `${day} ${stratum} ${score.eligible}`
      const cell = cells.get(name) ?? openCell({ epochId: 1, day, stratum, eligible: score.eligible }, shape)
      cells.set(name, cell)
      const own = units.get(`${name} ${unit}`) ?? { cell, sums: openSums(scoresLength(shape)) }
      units.set(`${name} ${unit}`, own)
      const expected = expectedScores(score, mhat, shape)
      addVector(own.sums, expected, largestOf(expected))
      const counted = outcomeWeights(score)
      addProducts(own.sums, counted, { y, sign: 1, bound: largestOf(counted) * largestOf(y) })
      addDraw(cell, score)
      addOutcomes(cell, score, y, 1)
    },
    /** Once, at the end. */
    cells(): readonly ScoreMoments[] {
      for (const { cell, sums } of units.values()) {
        const scores = totalsOf(sums).map(Number)
        addVector(cell.sums, scores, largestOf(scores))
        addSquare(cell.products, scores, 1)
        cell.units += 1
      }
      return [...cells.values()].map((cell) => scoreMomentsOf(cell, shape))
    },
  }
}
