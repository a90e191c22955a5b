/**
 * The plan: how many units, how much power, the smallest effect, and how long it takes.
 *
 * Covariates, clusters and looks on the way all act on the number of units: n units are worth n/(factor · inflation) of a plain fixed
 * test. Inflation comes from crossing probabilities at the wanted power.
 */
import type { Unknown } from '../stats/estimate.ts'
import type { SequentialCost } from '../stats/group-sequential-planning.ts'
import { criticalZ, effectForPower, powerOfEffect, unitsForVariance, varianceForPower, varianceOfSample } from '../stats/power.ts'
import { criticalZOfArms } from '../stats/power-arms.ts'
import { daysUntil } from '../stats/power-duration.ts'
import { powerOfEachGuardrail, powerOfNonInferiority, unitsForNonInferiority } from '../stats/power-non-inferiority.ts'
import { powerOfRates, smallestRate, unitsForRates } from '../stats/power-proportion.ts'
import { type SequentialDesign, sequentialPower, sequentialSize } from '../stats/power-sequential.ts'
import { studentEffect, studentPower, studentUnits } from '../stats/power-t.ts'
import { quantileVariance } from '../stats/power-variance.ts'
import type { PowerQuestion } from './power-question.ts'

/** Below so many units an arm the t-test's own formula is used for means. */
const STUDENT_BELOW = 10_000

export interface PowerPlan {
  readonly controlUnits: number
  readonly treatmentUnits: number
  readonly totalUnits: number
  readonly power: number
  /** Smallest effect with the wanted power, in units of the metric; null when no rate is far enough, absent for non-inferiority. */
  readonly smallestEffect?: number | null
  /** Planned units over those of a fixed test, and average units with the effect, when there are looks. */
  readonly inflation?: number
  readonly expectedUnits?: number
  readonly days?: number | Unknown
}

/** The sample for an effect; or power and smallest effect of a sample. One of both must be asked. */
export function planOf(question: PowerQuestion): PowerPlan {
  const { controlUnits, ratio, treatments, margin } = question
  const looks = looksOf(question)
  const worth = question.varianceFactor * (looks?.inflation ?? 1)
  const units = controlUnits ?? Math.ceil(unitsNeeded(question) * worth)
  const treatmentUnits = Math.ceil(units * ratio)
  const totalUnits = units + treatments * treatmentUnits
  const effective = { controlUnits: units / worth, ratio }
  const smallestEffect = margin ? undefined : smallest(question, effective)
  const days = question.arrivals && daysUntil(totalUnits, question.arrivals)
  return {
    controlUnits: units,
    treatmentUnits,
    totalUnits,
    power: question.effect === undefined && !margin ? question.power : powerOf(question, units),
    ...(smallestEffect === undefined ? {} : { smallestEffect }),
    ...(looks ? { inflation: looks.inflation, expectedUnits: Math.ceil((totalUnits / looks.inflation) * looks.expectedWithEffect) } : {}),
    ...(days === undefined ? {} : { days }),
  }
}

/** Smallest effects after 1, 2, … weeks of arrivals. Weeks in which nothing can be shown are left out. */
export function effectsByWeek(
  question: PowerQuestion,
  unitsAfterDays: (days: number) => number,
  weeks: number,
): readonly { readonly week: number; readonly totalUnits: number; readonly effect: number }[] {
  const { treatments, ratio } = question
  return Array.from({ length: weeks }, (_, i) => i + 1).flatMap((week) => {
    const totalUnits = Math.floor(unitsAfterDays(7 * week))
    const controlUnits = Math.floor(totalUnits / (1 + treatments * ratio))
    if (controlUnits < 2 || controlUnits * ratio < 2) return []
    const { smallestEffect } = planOf({ ...question, controlUnits })
    return typeof smallestEffect === 'number' ? [{ week, totalUnits, effect: smallestEffect }] : []
  })
}

/** Control units of a plain fixed test. */
function unitsNeeded(question: PowerQuestion): number {
  const { metric, effect = 0, ratio, margin } = question
  const power = wantedPower(question)
  const critical = criticalOf(question)
  if (margin)
    return unitsForNonInferiority({ margin, baseline: metric.baseline, effect, unit: unitVariance(question), critical }, { power, ratio })
  if (metric.kind === 'proportion')
    return unitsForRates({ control: metric.baseline, treatment: metric.baseline + effect }, { power, critical, ratio })
  const unit = unitVariance(question)
  const normal = unitsForVariance(unit, { variance: varianceForPower({ effect, power, critical }), ratio })
  return normal < STUDENT_BELOW && usesStudent(question) ? studentUnits({ effect, unit, ratio, power }, studentDesign(question)) : normal
}

function powerOf(question: PowerQuestion, controlUnits: number): number {
  const { metric, effect = 0, ratio, margin, varianceFactor } = question
  const critical = criticalOf(question)
  const sample = { controlUnits: controlUnits / varianceFactor, ratio }
  const unit = unitVariance(question)
  const design = designOf(question)
  if (design) {
    const distance = margin ? effect + (margin.kind === 'relative' ? margin.size * Math.abs(metric.baseline) : margin.size) : effect
    return sequentialPower(design, distance / Math.sqrt(varianceOfSample(unit, sample)))
  }
  if (margin) return powerOfNonInferiority({ margin, baseline: metric.baseline, effect, unit, critical }, sample)
  if (metric.kind === 'proportion')
    return powerOfRates({ control: metric.baseline, treatment: metric.baseline + effect }, { critical, sample })
  if (sample.controlUnits < STUDENT_BELOW && usesStudent(question)) return studentPower({ effect, unit, sample }, studentDesign(question))
  return powerOfEffect({ effect, variance: varianceOfSample(unit, sample), critical })
}

function smallest(question: PowerQuestion, sample: { readonly controlUnits: number; readonly ratio: number }): number | null {
  const { metric } = question
  const power = wantedPower(question)
  const critical = criticalOf(question)
  if (metric.kind === 'proportion') {
    const rate = smallestRate(metric.baseline, { power, critical, sample })
    return rate === null ? null : rate - metric.baseline
  }
  const unit = unitVariance(question)
  if (sample.controlUnits < STUDENT_BELOW && usesStudent(question) && Math.min(1, sample.ratio) * sample.controlUnits >= 2)
    return studentEffect({ unit, sample, power }, studentDesign(question))
  return effectForPower({ variance: varianceOfSample(unit, sample), power, critical })
}

/** Student's t knows one critical value a comparison; Dunnett's, quantiles and sequential bounds are normal. */
function usesStudent({ metric, treatments, correction, test }: PowerQuestion): boolean {
  return metric.kind !== 'quantile' && test.kind === 'fixed' && (treatments === 1 || correction === 'bonferroni')
}

function studentDesign({ level, sides, treatments }: PowerQuestion) {
  return { level, sides, comparisons: treatments }
}

/** Non-inferiority is one-sided, and its margin is not shared among treatments that would all have to be shown worse. */
function criticalOf({ level, sides, treatments, ratio, correction, margin, test }: PowerQuestion): number {
  if (margin) return criticalZ({ level, sides: 'greater' })
  if (treatments === 1) return criticalZ({ level, sides })
  return sides === 'two-sided' && test.kind === 'fixed'
    ? criticalZOfArms({ level, treatments, ratio, correction })
    : criticalZ({ level, sides, comparisons: treatments })
}

function wantedPower({ power, guardrails }: PowerQuestion): number {
  return guardrails > 0 ? powerOfEachGuardrail({ power, guardrails }) : power
}

function unitVariance({ metric, effect = 0, margin }: PowerQuestion) {
  switch (metric.kind) {
    case 'proportion': {
      const treatment = metric.baseline + (margin ? 0 : effect)
      return { control: metric.baseline * (1 - metric.baseline), treatment: treatment * (1 - treatment) }
    }
    case 'quantile':
      return both(quantileVariance(metric))
    default:
      return both(metric.deviation ** 2)
  }
}

function both(variance: number) {
  return { control: variance, treatment: variance }
}

function looksOf(question: PowerQuestion): SequentialCost | null {
  const design = designOf(question)
  return design && sequentialSize(design, { power: wantedPower(question) })
}

/** The sequential design; null for a fixed test. Several treatments share the error by Bonferroni. */
function designOf({ test, level, sides, treatments, margin }: PowerQuestion): SequentialDesign | null {
  if (test.kind === 'fixed') return null
  return margin ? { ...test, level, sides: 'greater' } : { ...test, level: 1 - (1 - level) / treatments, sides }
}
