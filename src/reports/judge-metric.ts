/**
 * One metric, one treatment against the control, with what the same units did before.
 *
 *     enough histories     CUPED: the past takes noise out; the plain figures stay beside it
 *     otherwise            the plain comparison (`judge-arms.ts`)
 *
 * Covariates are used by one rule that looks at histories and never at differences: enough units with a history in both arms, and counts
 * that are not so small that the score test is needed. A test chosen because it shows more would show too much.
 */
import type { Metric } from '../experiments/metric.ts'
import type { ArmPair } from '../stats/arm-estimate.ts'
import { type CupedComparison, compareWithCovariates } from '../stats/cuped.ts'
import { compareRatiosWithCovariate } from '../stats/cuped-ratio.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { ArmMoments } from './epoch-moments.ts'
import { type Judged, judgePlain } from './judge-arms.ts'
import { countsOfSlot, type MetricPlaces, momentsOfSlots } from './metric-moments.ts'

/** Slopes are taken from the units that they adjust, which flatters: by a hundredth of the variance with two slopes and 200 units. */
export const HISTORIES_MIN = 100

export interface JudgedMetric extends Judged {
  /** What stands beside it when covariates were used, and the share of the variance that they took away. */
  readonly beside?: { readonly plain: Judged; readonly varianceReduction: number }
}

export interface Asked {
  readonly metric: Metric
  readonly places: MetricPlaces
}

export function judgeMetric(asked: Asked, arms: ArmPair<Pick<EpochArm, 'moments'>>, level: number): JudgedMetric {
  const plain = judgePlain(asked, arms, level)
  if (isUnknown(plain.fixed) || plain.fixed.method === 'score' || !haveHistories(asked, arms)) return plain
  const adjusted = compareAdjusted(asked, arms, level)
  if (isUnknown(adjusted)) return plain
  const { varianceReduction } = adjusted
  return { fixed: adjusted, arms: adjusted.arms, gate: plain.gate, beside: { plain, varianceReduction } }
}

/** Units of an arm that had a history; null for a metric without covariate. */
export function historiesOf({ history }: MetricPlaces, arm: ArmMoments): number | null {
  return history === null ? null : countsOfSlot(arm, history).events
}

function haveHistories({ places }: Asked, { control, treatment }: ArmPair<Pick<EpochArm, 'moments'>>): boolean {
  return [control, treatment].every(({ moments }) => (historiesOf(places, moments) ?? 0) >= HISTORIES_MIN)
}

/** A ratio needs no history beside its covariate: a unit without one pulls its ratio nowhere. */
function compareAdjusted(
  { metric, places }: Asked,
  { control, treatment }: ArmPair<Pick<EpochArm, 'moments'>>,
  level: number,
): CupedComparison | Unknown {
  const isRatio = metric.kind === 'ratio'
  const slots = [...places.values, ...places.covariates, ...(isRatio || places.history === null ? [] : [places.history])]
  const arms = { control: momentsOfSlots(control.moments, slots), treatment: momentsOfSlots(treatment.moments, slots) }
  return isRatio ? compareRatiosWithCovariate(arms, { level }) : compareWithCovariates(arms, { level })
}
