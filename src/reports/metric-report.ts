/** One metric of the report: its value in every arm, and every treatment against the control with its status. */
import { scoreOfArm } from '../bandits/score-pair.ts'
import type { Metric } from '../experiments/metric.ts'
import { daysBeforeOf } from '../experiments/slot.ts'
import { type Corrected, correctedStatus } from '../stats/corrected-status.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { type Against, type Compared, contrastsOf } from './contrast.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import type { MoneyMoments } from './epoch-moments.ts'
import { correctCompared } from './families.ts'
import { quantityOf, type Scores } from './honest-comparison.ts'
import { HISTORIES_MIN, historiesOf, type JudgedMetric, judgeMetric } from './judge-metric.ts'
import { lookOf } from './look.ts'
import { measureOf, minorExponentOf, toMajor } from './measure.ts'
import { type MetricPlaces, momentsOfSlot, momentsOfSlots } from './metric-moments.ts'
import type { Comparison, Contrast, MetricReport, PlanProgress, Trust } from './report-shape.ts'
import { boundsOf } from './shown.ts'
import { skewOf } from './skew.ts'

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

/** A treatment as it was judged, for the report and for guardrails. */
export interface JudgedArm extends Compared {
  readonly judged: JudgedMetric
}

/** Every treatment against the control, before anything is corrected or decided. */
export function judgedOn(source: MetricSource, arms: readonly EpochArm[], plan: PlanProgress): readonly JudgedArm[] {
  const { control, treatments } = splitArms(arms)
  return treatments.map((treatment) => {
    const judged = judgeMetric(source, { control, treatment }, plan.level)
    return { arm: treatment.key, judged, fixed: judged.fixed, look: lookOf(judged, plan) }
  })
}

export interface ComparedMetric extends MetricSource {
  readonly compared: readonly JudgedArm[]
  readonly money: readonly MoneyMoments[]
  /** Of a bandit: its values are honest means per draw. */
  readonly scores: Scores | null
  /** In the order of `compared`. */
  readonly corrected: readonly (Corrected | null)[]
}

export function metricReportOf(source: ComparedMetric, arms: readonly EpochArm[], standing: Standing): MetricReport {
  const { metric, primary, unitsOpen, compared, corrected } = source
  const minorExponent = minorExponentOf(metric)
  const against = { control: splitArms(arms).control.key, minorExponent, shown: shownBy(standing.plan) }
  return {
    ...{ key: metric.key, kind: metric.kind, direction: metric.direction, primary, description: metric.description },
    ...{ measure: measureOf(metric), windowHours: metric.windowHours, unitsOpen },
    ...(metric.kind === 'mean' && metric.capMinor !== undefined ? { cap: toMajor(metric.capMinor, minorExponent) } : {}),
    ...(metric.kind === 'mean' && !source.scores
      ? { skew: skewOf({ metric, slot: source.places.values[0]!, arms, money: source.money }) }
      : {}),
    ...(source.scores ? {} : covariateOf(source, arms)),
    arms: arms.map((arm) => ({
      arm: arm.key,
      units: Number(arm.moments.units),
      value: source.scores ? honestValue(source, source.scores, arms.indexOf(arm), arms.length) : armValueOf(source, arm),
    })),
    comparisons: contrastsOf(compared, corrected, against).map((contrast, i) => ({
      ...contrast,
      ...besideOf(compared[i]!, standing.plan, against),
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

/** The noise that covariates took out, and what the plain tests say beside it. */
function besideOf(
  { arm, judged: { beside } }: JudgedArm,
  plan: PlanProgress,
  against: Against,
): Pick<Comparison, 'varianceReduction' | 'alternate'> {
  if (!beside) return {}
  const plain = [{ arm, fixed: beside.plain.fixed, look: lookOf(beside.plain, plan) }]
  const [{ difference, lift, test, alwaysValid }] = contrastsOf(plain, correctCompared(plain), against) as [Contrast]
  return { varianceReduction: beside.varianceReduction, alternate: { difference, lift, test, alwaysValid } }
}

/** The plain value: known as soon as there is one unit (and, for a ratio, something to divide by). */
function armValueOf({ metric, places }: MetricSource, { moments }: EpochArm): number | Unknown {
  const minorExponent = minorExponentOf(metric)
  if (moments.units === 0n) return unknown('too-few-units', { have: 0, need: 1 })
  if (metric.kind !== 'ratio') return toMajor(momentsOfSlot(moments, places.values[0]!).mean, minorExponent)
  const [numerator, denominator] = momentsOfSlots(moments, places.values).mean
  return denominator === 0 ? unknown('denominator-not-established') : toMajor(numerator! / denominator!, minorExponent)
}

/** What an arm would bring if it were always drawn, from the draws in which it could be: once it was, and where it says something possible. */
function honestValue(source: MetricSource, { cells, slots }: Scores, arm: number, arms: number): number | Unknown {
  const able = cells.filter(({ eligible }) => eligible[arm])
  const score = scoreOfArm(able, { place: arm, arms, quantity: quantityOf(source, slots) })
  if (isUnknown(score)) return score
  if (able.every(({ counts }) => counts[arm] === 0n)) return unknown('too-few-units', { have: 0, need: 1 })
  const { estimate } = score.contrast
  // A few draws weigh so much that a share is above everybody or below nobody.
  if (source.metric.kind === 'proportion' && (estimate < 0 || estimate > 1)) return unknown('outside-range')
  return toMajor(estimate, minorExponentOf(source.metric))
}

/** Which of the two intervals a page shows. */
export function shownBy({ reached }: PlanProgress): Contrast['shown'] {
  return reached ? 'fixed' : 'always-valid'
}

/** What may be said: nothing when a trust check failed, "not yet" before the plan (but harm is told), then what the corrected test says. */
function statusOf(contrast: Contrast, direction: Metric['direction'], { plan, blockedBy }: Standing): Said {
  const silent = { forStopping: false, harm: false } as const
  if (blockedBy) return { status: 'unknown', ...silent, because: blockedBy }
  if (!plan.reached) {
    const harm = isHarm(contrast, direction)
    const { have, need } = plan.together ?? { have: Math.min(...plan.arms.map((arm) => arm.have)), need: plan.unitsPerArm }
    return { status: 'not yet', forStopping: harm, harm, have, need }
  }
  const { difference, test } = contrast
  if (difference.kind === 'unknown') return { status: 'unknown', ...silent, because: difference.because }
  const { interval } = difference
  if ('kind' in interval) return { status: 'unknown', ...silent, because: interval.because }
  const adjustedPValue = test.kind === 'test' ? test.adjustedPValue : null
  return { ...correctedStatus({ interval, adjustedPValue, level: plan.level, direction }), forStopping: true, harm: false }
}

/** All of the always-valid interval lies on the bad side. */
function isHarm({ alwaysValid }: Contrast, direction: Metric['direction']): boolean {
  const bounds = alwaysValid.kind === 'always-valid' ? boundsOf(alwaysValid.difference) : null
  return bounds !== null && (direction === 'increase' ? bounds.high < 0 : bounds.low > 0)
}
