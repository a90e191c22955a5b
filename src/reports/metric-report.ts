/** One metric of the report: its value in every arm, and every treatment against the control with its status. */
import type { Metric } from '../experiments/metric.ts'
import { daysBeforeOf } from '../experiments/slot.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { type ComparedMetric, compareMetric, HISTORIES_MIN, historiesOf } from './compare-metric.ts'
import { contrastsOf } from './contrast.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import { measureOf, minorExponentOf, toMajor } from './measure.ts'
import { type MetricPlaces, momentsOfSlot, momentsOfSlots } from './metric-moments.ts'
import type { Comparison, Contrast, MetricReport, PlanProgress, Trust } from './report-shape.ts'

export interface MetricSource {
  readonly metric: Metric
  readonly places: MetricPlaces
  readonly primary: boolean
  readonly unitsOpen: number
}

type Said = Omit<Comparison, keyof Contrast | 'varianceReduction' | 'alternate'>

export interface Standing {
  readonly plan: PlanProgress
  readonly blockedBy: Trust['blockedBy']
}

export function metricReportOf(source: MetricSource, arms: readonly EpochArm[], standing: Standing): MetricReport {
  const { metric, places, primary, unitsOpen } = source
  const minorExponent = minorExponentOf(metric)
  const { control, treatments } = splitArms(arms)
  const compared = treatments.map((treatment) => ({
    arm: treatment.key,
    ...compareMetric({ metric, places, level: standing.plan.level }, { control: control.moments, treatment: treatment.moments }),
  }))
  const contrasts = contrastsOf(compared, { control: control.key, minorExponent })
  const alternates = contrastsOf(
    compared.map(({ arm, plain, comparison }) => ({ arm, comparison: plain ?? comparison })),
    { control: control.key, minorExponent },
  )
  return {
    ...{ key: metric.key, kind: metric.kind, direction: metric.direction, primary, description: metric.description },
    ...{ measure: measureOf(metric), windowHours: metric.windowHours, unitsOpen },
    ...(metric.kind === 'mean' && metric.capMinor !== undefined ? { cap: toMajor(metric.capMinor, minorExponent) } : {}),
    ...covariateOf(source, arms),
    arms: arms.map((arm) => ({ arm: arm.key, units: Number(arm.moments.units), value: armValueOf(source, arm) })),
    comparisons: contrasts.map((contrast, i) => ({
      ...contrast,
      ...adjustmentOf(compared[i]!, alternates[i]!),
      ...statusOf(contrast, metric.direction, standing),
    })),
  }
}

/** How much history there is for the covariate; nothing for a metric without one. */
function covariateOf({ metric, places }: MetricSource, arms: readonly EpochArm[]): Pick<MetricReport, 'covariate'> {
  const days = daysBeforeOf(metric)
  if (days === null) return {}
  const have = Math.min(...arms.map(({ moments }) => historiesOf(places, moments) ?? 0))
  return { covariate: { days, have, need: HISTORIES_MIN } }
}

/** The noise that covariates took out, and what the plain test says beside it. */
function adjustmentOf({ plain, varianceReduction }: ComparedMetric, { difference, lift, test }: Contrast) {
  return plain === undefined || varianceReduction === undefined ? {} : { varianceReduction, alternate: { difference, lift, test } }
}

/** The plain value: known as soon as there is one unit (and, for a ratio, something to divide by). */
function armValueOf({ metric, places }: MetricSource, { moments }: EpochArm): number | Unknown {
  const minorExponent = minorExponentOf(metric)
  if (moments.units === 0n) return unknown('too-few-units', { have: 0, need: 1 })
  if (metric.kind !== 'ratio') return toMajor(momentsOfSlot(moments, places.values[0]!).mean, minorExponent)
  const [numerator, denominator] = momentsOfSlots(moments, places.values).mean
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
