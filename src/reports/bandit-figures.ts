/** Contrasts of scores as a report has them: estimates in major units, at the planned look and at any, per draw and in all. */
import { contrastAtAnyLook, headlineOf, type ScoreContrast } from '../bandits/score-contrast.ts'
import { testEffect } from '../stats/effect-test.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { toMajor } from './measure.ts'
import type { Estimate, PlanProgress } from './report-shape.ts'

interface Told {
  readonly plan: PlanProgress
  /** Of the currency. */
  readonly exponent: number
}

/** At the planned look. */
export function plannedFigure(contrast: ScoreContrast | Unknown, { plan, exponent }: Told): Estimate | Unknown {
  if (isUnknown(contrast)) return contrast
  const effect = headlineOf(contrast)
  return isUnknown(effect) ? effect : estimateOf(testEffect(effect, { level: plan.level }), exponent)
}

/** At any look. */
export function anyFigure(contrast: ScoreContrast | Unknown, { plan, exponent }: Told): Estimate | Unknown {
  if (isUnknown(contrast)) return contrast
  const { level, unitsPerArm, arms } = plan
  return estimateOf(contrastAtAnyLook(contrast, { level, plannedDraws: unitsPerArm * arms.length }), exponent)
}

/** So many draws of it. */
export function timesDraws(estimate: Estimate | Unknown, draws: number): Estimate | Unknown {
  if (estimate.kind === 'unknown' || 'kind' in estimate.interval) return estimate
  const { value, interval } = estimate
  return { ...estimate, value: value * draws, interval: { low: interval.low * draws, high: interval.high * draws } }
}

export function estimateOf(
  found: { readonly kind: string; readonly estimate: number; readonly interval: { readonly low: number; readonly high: number } } | Unknown,
  exponent: number,
): Estimate | Unknown {
  if (isUnknown(found)) return found
  const { low, high } = found.interval
  return {
    kind: 'estimate',
    value: toMajor(found.estimate, exponent),
    interval: { low: toMajor(low, exponent), high: toMajor(high, exponent) },
  }
}
