/**
 * One metric, one treatment against the control: which test, and what goes into it.
 *
 *     proportion   Welch on unit totals, the score test while counts are small
 *     mean         Welch              ratio      delta method
 *     covariate    CUPED: what the same units did before takes noise out; the plain figure stays beside it
 *
 * Covariates are used by one rule that looks at histories and never at differences: enough units with a history in both arms, and counts
 * that are not so small that the score test is needed. A test chosen because it shows more would show too much.
 */
import type { Metric } from '../experiments/metric.ts'
import type { ArmPair } from '../stats/arm-estimate.ts'
import { compareProportions } from '../stats/compare-proportions.ts'
import type { Comparison } from '../stats/comparison.ts'
import { type CupedComparison, compareWithCovariates } from '../stats/cuped.ts'
import { compareRatiosWithCovariate } from '../stats/cuped-ratio.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { compareRatios } from '../stats/ratio.ts'
import { compareMeans } from '../stats/welch.ts'
import type { ArmMoments } from './epoch-moments.ts'
import { countsOfSlot, type MetricPlaces, momentsOfSlot, momentsOfSlots } from './metric-moments.ts'

/** Slopes are taken from the units that they adjust, which flatters: by a hundredth of the variance with two slopes and 200 units. */
export const HISTORIES_MIN = 100

export interface ComparedMetric {
  /** What decides. */
  readonly comparison: Comparison | Unknown
  /** What stands beside it when covariates were used. */
  readonly plain?: Comparison
  readonly varianceReduction?: number
}

export interface Asked {
  readonly metric: Metric
  readonly places: MetricPlaces
  readonly level: number
}

export function compareMetric(asked: Asked, arms: ArmPair<ArmMoments>): ComparedMetric {
  const plain = compare(asked, arms)
  if (isUnknown(plain) || plain.method === 'score' || !haveHistories(asked, arms)) return { comparison: plain }
  const adjusted = compareAdjusted(asked, arms)
  if (isUnknown(adjusted)) return { comparison: plain }
  return { comparison: adjusted, plain, varianceReduction: adjusted.varianceReduction }
}

/** Units of an arm that had a history; null for a metric without covariate. */
export function historiesOf({ history }: MetricPlaces, arm: ArmMoments): number | null {
  return history === null ? null : countsOfSlot(arm, history).events
}

function haveHistories({ places }: Asked, { control, treatment }: ArmPair<ArmMoments>): boolean {
  return [control, treatment].every((arm) => (historiesOf(places, arm) ?? 0) >= HISTORIES_MIN)
}

function compare({ metric, places, level }: Asked, { control, treatment }: ArmPair<ArmMoments>): Comparison | Unknown {
  const [slot] = places.values as [number]
  switch (metric.kind) {
    case 'proportion':
      return compareProportions({ control: countsOfSlot(control, slot), treatment: countsOfSlot(treatment, slot) }, { level })
    case 'mean':
      return compareMeans({ control: momentsOfSlot(control, slot), treatment: momentsOfSlot(treatment, slot) }, { level })
    case 'ratio':
      return compareRatios(
        { control: momentsOfSlots(control, places.values), treatment: momentsOfSlots(treatment, places.values) },
        { level },
      )
  }
}

/** A ratio needs no history beside its covariate: a unit without one pulls its ratio nowhere. */
function compareAdjusted({ metric, places, level }: Asked, { control, treatment }: ArmPair<ArmMoments>): CupedComparison | Unknown {
  const isRatio = metric.kind === 'ratio'
  const slots = [...places.values, ...places.covariates, ...(isRatio || places.history === null ? [] : [places.history])]
  const arms = { control: momentsOfSlots(control, slots), treatment: momentsOfSlots(treatment, slots) }
  return isRatio ? compareRatiosWithCovariate(arms, { level }) : compareWithCovariates(arms, { level })
}
