/**
 * Power of a non-inferiority test: the distance to the margin is the effect.
 *
 *     distance  (true effect) + margin      V = v_c·(1 − m)²/n_c + v_t/n_t  for a relative margin m, (1 − m) = 1 for an absolute one
 *
 * G guardrails that all have to pass each need the power 1 − β/(G + 1) for the whole decision to have 1 − β.
 * @see Schultzberg, Ankargren & Frånberg (2024), arXiv:2402.11609
 */
import { assert } from './assert.ts'
import type { Margin } from './non-inferiority.ts'
import { powerOfEffect, type Sample, type UnitVariance, unitsForVariance, varianceForPower, varianceOfSample } from './power.ts'

export interface NonInferiorityPlan {
  readonly margin: Margin
  /** Mean of the control; a relative margin is a share of it. */
  readonly baseline: number
  /** What the treatment is supposed to do, in units of the metric with more being better; usually 0. */
  readonly effect?: number
  readonly unit: UnitVariance
  /** One-sided critical z. */
  readonly critical: number
}

/** Control units (not rounded) with which a harmless treatment passes with this power. */
export function unitsForNonInferiority(
  plan: NonInferiorityPlan,
  { power, ratio }: { readonly power: number; readonly ratio: number },
): number {
  const distance = distanceOf(plan)
  assert(distance > 0, `the treatment is supposed to be worse than the margin allows (${distance} beyond it)`)
  return unitsForVariance(contrastVariance(plan), {
    variance: varianceForPower({ effect: distance, power, critical: plan.critical }),
    ratio,
  })
}

/** Probability that the treatment passes. */
export function powerOfNonInferiority(plan: NonInferiorityPlan, sample: Sample): number {
  const distance = distanceOf(plan)
  assert(distance >= 0, `the treatment is supposed to be worse than the margin allows (${distance} beyond it)`)
  return powerOfEffect({ effect: distance, variance: varianceOfSample(contrastVariance(plan), sample), critical: plan.critical })
}

/** The power each guardrail needs so that the decision has `power`. */
export function powerOfEachGuardrail({ power, guardrails }: { readonly power: number; readonly guardrails: number }): number {
  assert(Number.isInteger(guardrails) && guardrails >= 0, `a count of guardrails, got ${guardrails}`)
  return 1 - (1 - power) / (guardrails + 1)
}

function distanceOf({ margin, baseline, effect = 0 }: NonInferiorityPlan): number {
  return effect + (margin.kind === 'relative' ? margin.size * Math.abs(baseline) : margin.size)
}

function contrastVariance({ margin, baseline, unit }: NonInferiorityPlan): UnitVariance {
  const factor = margin.kind === 'relative' ? 1 - Math.sign(baseline) * margin.size : 1
  return { control: factor * factor * unit.control, treatment: unit.treatment }
}
