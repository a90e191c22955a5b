/**
 * The scores that the gate judges by: augmented scores of both strata, clustered by unit and day, as the report has them.
 *
 * Honest whatever the allocation did (bandits/score-contrast). Cells in which an arm of the contrast could not be drawn are left out, so
 * once an arm is retired only the uniform stratum goes on comparing it.
 */
import { contrastOf } from '../bandits/score-contrast.ts'
import { plainOutcomes, type ScoreMoments } from '../bandits/score-moments.ts'
import type { ContrastSums } from '../stats/adaptive-contrast.ts'
import { nonZeroUnitsAtLeast } from '../stats/always-valid-gate.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
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
    contrast({ arms: factors, realised, strata, slots, fromDay }) {
      const counted = cells.filter(({ day }) => fromDay === null || day >= fromDay)
      const of = (stratum: string) =>
        contrastOf(
          counted.filter((cell) => cell.stratum === stratum),
          { arms: factors, realised, slots },
        )
      return weighed([
        { weight: strata.uniform, sums: of('uniform') },
        { weight: strata.bandit, sums: of('bandit') },
      ])
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

/** Strata together, each as its weight says and with the variance around its own mean; unknown when none that counts knows anything. */
export function weighed(parts: readonly { readonly weight: number; readonly sums: ContrastSums | Unknown }[]): ContrastSums | Unknown {
  const counted = parts.filter(({ weight }) => weight > 0)
  const known = counted.flatMap(({ weight, sums }) => (isUnknown(sums) ? [] : [{ weight, sums }]))
  if (known.length === 0) return counted.map(({ sums }) => sums).find(isUnknown) ?? unknown('no-overlap', { have: 0, need: 1 })
  const total = (of: (sums: ContrastSums, weight: number) => number) => known.reduce((sum, { weight, sums }) => sum + of(sums, weight), 0)
  return {
    kind: 'contrast',
    rows: total(({ rows }) => rows),
    rowsLeftOut: total(({ rowsLeftOut }) => rowsLeftOut),
    sum: total(({ sum }, weight) => weight * sum),
    weight: total((sums, weight) => weight * sums.weight),
    empiricalVariance: total(({ empiricalVariance }, weight) => weight * weight * empiricalVariance),
    pooledVariance: total(({ pooledVariance }, weight) => weight * weight * pooledVariance),
  }
}
