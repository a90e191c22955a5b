/**
 * Two arms on one metric, by the kind of metric: the one place where a metric's moments become a test and estimates.
 *
 *     proportion   Welch on unit totals, the score test while counts are small      gate: 20 events and 20 non-events in each arm
 *     mean         Welch                                                            gate: 100 units with a value, by the moments' bound
 *     ratio        delta method                                                     gate: the same, of the numerator
 *
 * `fixed` is the test for one look at the end of the plan. Every other method (always valid, non-inferiority) takes in the `arms`.
 */
import type { Metric } from '../experiments/metric.ts'
import { closedGate, nonZeroUnitsAtLeast, rarerEvents } from '../stats/always-valid-gate.ts'
import { type ArmEstimate, type ArmPair, armMeanOf } from '../stats/arm-estimate.ts'
import { compareProportions } from '../stats/compare-proportions.ts'
import type { Comparison } from '../stats/comparison.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { type Moments, momentsOfCounts } from '../stats/moments.ts'
import { marginalOf } from '../stats/pair-moments.ts'
import type { Counts } from '../stats/proportion.ts'
import { armRatioOf, compareRatios } from '../stats/ratio.ts'
import { compareMeans } from '../stats/welch.ts'
import type { EpochArm } from './epoch-arms.ts'
import { countsOfSlot, type MetricPlaces, momentsOfSlot, momentsOfSlots } from './metric-moments.ts'

export interface Judged {
  readonly fixed: Comparison | Unknown
  readonly arms: ArmPair<ArmEstimate> | Unknown
  /** Why nothing always valid can be said yet; null when it can. */
  readonly gate: Unknown | null
  /** Of a proportion, for tests that are exact at small counts. */
  readonly counts?: ArmPair<Counts>
}

/** Judges a treatment against the control, without covariates. */
export function judgePlain(
  { metric, places: { values } }: { readonly metric: Metric; readonly places: MetricPlaces },
  { control, treatment }: ArmPair<Pick<EpochArm, 'moments'>>,
  level: number,
): Judged {
  const slot = values[0]!
  const pairOf = <Value>(read: (arm: Pick<EpochArm, 'moments'>) => Value): ArmPair<Value> => ({
    control: read(control),
    treatment: read(treatment),
  })
  switch (metric.kind) {
    case 'proportion':
      return judgeProportions(
        pairOf(({ moments }) => countsOfSlot(moments, slot)),
        level,
      )
    case 'mean':
      return judgeMeans(
        pairOf(({ moments }) => momentsOfSlot(moments, slot)),
        level,
      )
    case 'ratio': {
      const pairs = pairOf(({ moments }) => momentsOfSlots(moments, values))
      const numerator = { control: marginalOf(pairs.control, 0), treatment: marginalOf(pairs.treatment, 0) }
      const arms = bothKnown(armRatioOf(pairs.control), armRatioOf(pairs.treatment))
      return { fixed: compareRatios(pairs, { level }), arms, gate: gateOfMeans(numerator) }
    }
  }
}

/** Means of two arms. `nonZero` are the units with a value, where they are known; the moments bound them otherwise. */
export function judgeMeans(moments: ArmPair<Moments>, level: number, nonZero?: ArmPair<number>): Judged {
  return {
    fixed: compareMeans(moments, { level }),
    arms: bothKnown(armMeanOf(moments.control), armMeanOf(moments.treatment)),
    gate: nonZero ? closedGate('non-zero-units', nonZero) : gateOfMeans(moments),
  }
}

function judgeProportions(counts: ArmPair<Counts>, level: number): Judged {
  const { control, treatment } = counts
  return {
    fixed: compareProportions(counts, { level }),
    arms: bothKnown(armMeanOf(momentsOfCounts(control)), armMeanOf(momentsOfCounts(treatment))),
    gate: closedGate('conversions', { control: rarerEvents(control), treatment: rarerEvents(treatment) }),
    counts,
  }
}

function gateOfMeans({ control, treatment }: ArmPair<Moments>): Unknown | null {
  return closedGate('non-zero-units', { control: nonZeroUnitsAtLeast(control), treatment: nonZeroUnitsAtLeast(treatment) })
}

function bothKnown(control: ArmEstimate | Unknown, treatment: ArmEstimate | Unknown): ArmPair<ArmEstimate> | Unknown {
  if (isUnknown(control)) return control
  return isUnknown(treatment) ? treatment : { control, treatment }
}
