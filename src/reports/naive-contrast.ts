/** The naive figure of a bandit's report: what a plain comparison of the arms' draws would say, biased, to be seen beside the honest one. */
import { plainPairs, type ScoreMoments } from '../bandits/score-moments.ts'
import type { ScoreQuantity } from '../bandits/score-pair.ts'
import { naiveComparison } from '../stats/adaptive-naive.ts'
import type { ArmPair } from '../stats/arm-estimate.ts'
import type { Comparison } from '../stats/comparison.ts'
import type { Unknown } from '../stats/estimate.ts'
import { jointMomentsOfSums } from '../stats/pair-moments.ts'
import { compareRatios } from '../stats/ratio.ts'
import { plainMoments } from './honest-comparison.ts'

/** By Welch's test; of a ratio by the delta method, draw by draw. */
export function naiveContrast(
  cells: readonly ScoreMoments[],
  { quantity, places, level }: { readonly quantity: ScoreQuantity; readonly places: ArmPair<number>; readonly level: number },
): Comparison | Unknown {
  if (quantity.kind === 'sum') {
    const of = (arm: number) => plainMoments(cells, arm, quantity.slots)
    return naiveComparison({ control: of(places.control), treatment: of(places.treatment) }, { level }).comparison
  }
  const slots = [quantity.numerator.indexOf(1), quantity.denominator.indexOf(1)] as const
  const of = (arm: number) => jointMomentsOfSums(plainPairs(cells, arm, slots))
  return compareRatios({ control: of(places.control), treatment: of(places.treatment) }, { level })
}
