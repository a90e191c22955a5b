/** Whether a bandit's draws agree with the propensities that were logged, by stratum and by arm, and how much they say. */
import { SCORE_SCALE, SHARE_SCALE } from '../bandits/decision-score.ts'
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { isUnknown } from '../stats/estimate.ts'
import { adaptiveSampleRatio, weightCheck } from '../stats/sample-ratio-adaptive.ts'
import type { ArmDraws, BanditReport, StratumCheck } from './bandit-shape.ts'
import type { EpochArm } from './epoch-arms.ts'

export function banditDraws(cells: readonly ScoreMoments[], arms: readonly EpochArm[]): Pick<BanditReport, 'strata' | 'arms'> {
  const strata = [...new Set(cells.map(({ stratum }) => stratum))].sort()
  return {
    strata: strata.map((stratum) =>
      stratumCheck(
        stratum,
        cells.filter((cell) => cell.stratum === stratum),
        arms,
      ),
    ),
    arms: arms.map((arm, place) => armDraws(arm.key, cells, place)),
  }
}

function stratumCheck(stratum: string, cells: readonly ScoreMoments[], arms: readonly EpochArm[]): StratumCheck {
  const places = arms.map((_, place) => place)
  const total = (of: (cell: ScoreMoments) => bigint) => Number(cells.reduce((sum, cell) => sum + of(cell), 0n))
  const counts = places.map((a) => total((cell) => cell.counts[a]!))
  const expected = places.map((a) => total((cell) => cell.expected[a]!) / SHARE_SCALE)
  const at = (a: number, b: number) => a * arms.length - (a * (a - 1)) / 2 + (b - a)
  const covariance = places.map((a) =>
    places.map((b) => total((cell) => cell.covariance[at(Math.min(a, b), Math.max(a, b))]!) / SHARE_SCALE),
  )
  const head = { stratum, arms: arms.map(({ key }, a) => ({ arm: key, draws: counts[a]!, expected: expected[a]! })) }
  const found = adaptiveSampleRatio({ counts, expected, covariance })
  if (isUnknown(found)) return { ...head, ...found }
  const { statistic, degreesOfFreedom, pValue, log10PValue, mismatch } = found
  return { ...head, kind: 'tested', chiSquare: statistic, degreesOfFreedom, pValue, log10PValue, alarm: mismatch }
}

function armDraws(arm: string, cells: readonly ScoreMoments[], place: number): ArmDraws {
  const able = cells.filter(({ eligible }) => eligible[place])
  const total = (of: (cell: ScoreMoments) => bigint) => Number(able.reduce((sum, cell) => sum + of(cell), 0n))
  const weights = total((cell) => cell.weights[place]!) / SCORE_SCALE
  const squaredWeights = total((cell) => cell.squaredWeights[place]!) / SCORE_SCALE ** 2
  const inverse = total((cell) => cell.inverse[place]!) / SCORE_SCALE
  const check = weightCheck({ draws: total(({ sums }) => sums.at(-1)!), weights, inverse })
  return {
    ...{ arm, draws: total((cell) => cell.counts[place]!) },
    effectiveSampleSize: squaredWeights === 0 ? 0 : (weights * weights) / squaredWeights,
    weights: isUnknown(check) ? check : { kind: 'tested', z: check.z, pValue: check.pValue, alarm: check.mismatch },
  }
}
