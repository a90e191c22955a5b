/** One metric of the report: its value in every arm, and every treatment against the control with its status. */
import type { Metric } from '../experiments/metric.ts'
import { compareProportions } from '../stats/compare-proportions.ts'
import type { Comparison as Compared } from '../stats/comparison.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { compareRatios } from '../stats/ratio.ts'
import { compareMeans } from '../stats/welch.ts'
import { contrastsOf } from './contrast.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import { measureOf, minorExponentOf, toMajor } from './measure.ts'
import { countsOfSlot, momentsOfSlot, momentsOfSlotPair } from './metric-moments.ts'
import type { Comparison, Contrast, MetricReport, PlanProgress, Trust } from './report-shape.ts'

export interface MetricSource {
  readonly metric: Metric
  /** The metric's first slot. */
  readonly slot: number
  readonly primary: boolean
  readonly unitsOpen: number
}

type Said = Omit<Comparison, keyof Contrast>

export interface Standing {
  readonly plan: PlanProgress
  readonly blockedBy: Trust['blockedBy']
}

export function metricReportOf(source: MetricSource, arms: readonly EpochArm[], standing: Standing): MetricReport {
  const { metric, slot, primary, unitsOpen } = source
  const minorExponent = minorExponentOf(metric)
  const { control, treatments } = splitArms(arms)
  const compared = treatments.map((treatment) => ({
    arm: treatment.key,
    comparison: compare(metric, slot, { control, treatment, level: standing.plan.level }),
  }))
  const contrasts = contrastsOf(compared, { control: control.key, minorExponent })
  return {
    ...{ key: metric.key, kind: metric.kind, direction: metric.direction, primary, description: metric.description },
    ...{ measure: measureOf(metric), windowHours: metric.windowHours, unitsOpen },
    ...(metric.kind === 'mean' && metric.capMinor !== undefined ? { cap: toMajor(metric.capMinor, minorExponent) } : {}),
    arms: arms.map((arm) => ({ arm: arm.key, units: Number(arm.moments.units), value: armValueOf(source, arm) })),
    comparisons: contrasts.map((contrast) => ({ ...contrast, ...statusOf(contrast, metric.direction, standing) })),
  }
}

function compare(
  metric: Metric,
  slot: number,
  { control, treatment, level }: { readonly control: EpochArm; readonly treatment: EpochArm; readonly level: number },
): Compared | Unknown {
  switch (metric.kind) {
    case 'proportion':
      return compareProportions(
        { control: countsOfSlot(control.moments, slot), treatment: countsOfSlot(treatment.moments, slot) },
        { level },
      )
    case 'mean':
      return compareMeans({ control: momentsOfSlot(control.moments, slot), treatment: momentsOfSlot(treatment.moments, slot) }, { level })
    case 'ratio':
      return compareRatios(
        { control: momentsOfSlotPair(control.moments, slot), treatment: momentsOfSlotPair(treatment.moments, slot) },
        { level },
      )
  }
}

/** The plain value: known as soon as there is one unit (and, for a ratio, something to divide by). */
function armValueOf({ metric, slot }: MetricSource, { moments }: EpochArm): number | Unknown {
  const minorExponent = minorExponentOf(metric)
  if (moments.units === 0n) return unknown('too-few-units', { have: 0, need: 1 })
  if (metric.kind !== 'ratio') return toMajor(momentsOfSlot(moments, slot).mean, minorExponent)
  const [numerator, denominator] = momentsOfSlotPair(moments, slot).mean
  return denominator === 0 ? unknown('denominator-not-established') : toMajor(numerator! / denominator!, minorExponent)
}

/** What may be said: nothing when a trust check failed, "not yet" before the plan, then what the interval says. */
function statusOf({ difference }: Contrast, direction: Metric['direction'], { plan, blockedBy }: Standing): Said {
  if (blockedBy) return { status: 'unknown', forStopping: false, because: blockedBy }
  if (!plan.reached)
    return { status: 'not yet', forStopping: false, have: Math.min(...plan.arms.map((arm) => arm.have)), need: plan.unitsPerArm }
  if (difference.kind === 'unknown') return { status: 'unknown', forStopping: false, because: difference.because }
  const { interval } = difference
  if ('kind' in interval) return { status: 'unknown', forStopping: false, because: interval.because }
  if (interval.low <= 0 && interval.high >= 0) return { status: 'no difference shown', forStopping: true }
  return { status: interval.low > 0 === (direction === 'increase') ? 'better' : 'worse', forStopping: true }
}
