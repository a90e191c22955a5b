/**
 * Two other intervals for the relative lift, shown only as labelled alternates.
 *
 *     log-ratio    exp( ln(t/c) ± k·√(V_t/t² + V_c/c²) ) − 1        both means positive
 *     delta        t/c − 1 ± k·√(V_t/c² + t²V_c/c⁴)
 *
 * The delta interval is symmetric around a skewed ratio: at 5 % conversion and 200 units an arm it covers 92.4 % with all misses on one
 * side, and it may disagree with the absolute test on the same data.
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { criticalValue } from './effect-test.ts'
import { intervalOf, isUnknown, type Unknown, unknown } from './estimate.ts'
import type { RelativeLift } from './relative-lift.ts'

/** The log-ratio interval; needs two positive means. */
export function logRatioLift(arms: ArmPair<ArmEstimate>, { level }: { readonly level: number }): RelativeLift | Unknown {
  const { control, treatment } = arms
  const effect = differenceOfArms(arms)
  if (isUnknown(effect)) return effect
  if (control.estimate <= 0 || treatment.estimate <= 0) return unknown('mean-not-positive')
  const error = Math.sqrt(treatment.variance / treatment.estimate ** 2 + control.variance / control.estimate ** 2)
  const half = criticalValue({ level, degreesOfFreedom: effect.degreesOfFreedom }) * error
  const ratio = treatment.estimate / control.estimate
  const interval = intervalOf(ratio * Math.exp(-half) - 1, ratio * Math.exp(half) - 1)
  return {
    kind: 'relative-lift',
    method: 'log-ratio',
    estimate: effect.estimate / control.estimate,
    interval,
    level,
    negativeBaseline: false,
  }
}

/** The delta-method interval. */
export function deltaLift(arms: ArmPair<ArmEstimate>, { level }: { readonly level: number }): RelativeLift | Unknown {
  const { control, treatment } = arms
  const effect = differenceOfArms(arms)
  if (isUnknown(effect)) return effect
  if (control.estimate === 0) return unknown('control-mean-zero')
  const baseline = Math.abs(control.estimate)
  const estimate = effect.estimate / baseline
  const ratio = treatment.estimate / control.estimate
  const half =
    (criticalValue({ level, degreesOfFreedom: effect.degreesOfFreedom }) / baseline) *
    Math.sqrt(treatment.variance + ratio * ratio * control.variance)
  const interval = intervalOf(estimate - half, estimate + half)
  return { kind: 'relative-lift', method: 'delta', estimate, interval, level, negativeBaseline: control.estimate < 0 }
}
