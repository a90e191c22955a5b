/**
 * The scores that the gate judges by: augmented scores of both strata, clustered by unit and day, as the report has them.
 *
 * Honest whatever the allocation did (bandits/score-contrast). Cells in which an arm of the contrast could not be drawn are left out, so
 * once an arm is retired only the uniform stratum goes on comparing it.
 */
import { contrastOf } from '../bandits/score-contrast.ts'
import { plainOutcomes, type ScoreMoments } from '../bandits/score-moments.ts'
import { nonZeroUnitsAtLeast } from '../stats/always-valid-gate.ts'
import type { Moments } from '../stats/moments.ts'
import type { GateScores } from './gate-test.ts'

/** `arms`: how many the epoch has. */
export function gateScoresOf(cells: readonly ScoreMoments[], arms: number): GateScores {
  const momentsOf = (arm: number, slots: readonly number[]): Moments => {
    const { n, sum, sumOfSquares } = plainOutcomes(cells, arm, slots)
    const mean = n === 0 ? 0 : sum / n
    return { n, mean, m2: Math.max(0, sumOfSquares - n * mean * mean) }
  }
  return {
    contrast({ arms: factors, realised, stratum, slots, fromDay }) {
      const counted = cells.filter((cell) => (stratum === null || cell.stratum === stratum) && (fromDay === null || cell.day >= fromDay))
      return contrastOf(counted, { arms: factors, realised, slots })
    },
    events(arm, slots) {
      const moments = momentsOf(arm, slots)
      return { n: moments.n, conversions: moments.n === 0 ? 0 : nonZeroUnitsAtLeast(moments) }
    },
    outcomeVariance(slots) {
      const all = Array.from({ length: arms }, (_, arm) => momentsOf(arm, slots))
      const n = all.reduce((sum, arm) => sum + arm.n, 0)
      return n === 0 ? 0 : all.reduce((sum, arm) => sum + arm.m2, 0) / n
    },
  }
}
