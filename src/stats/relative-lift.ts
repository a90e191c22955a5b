/**
 * Relative lift: how many percent the treatment is above the control, by Fieller's theorem with the critical value of Welch's test.
 *
 * The interval contains 0 exactly when the absolute test does not reject; the delta method does not promise that. While the control mean
 * may itself be 0 the lift is unknown. A negative control mean is divided by its size, so that up stays up, and is flagged.
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { criticalValue } from './effect-test.ts'
import { type Interval, isUnknown, type Unknown } from './estimate.ts'
import { fiellerInterval } from './fieller.ts'

export interface RelativeLift {
  readonly kind: 'relative-lift'
  /** `fieller` agrees with the absolute test; the others are alternates and are labelled as such. `score` is for proportions. */
  readonly method: 'fieller' | 'score' | 'log-ratio' | 'delta'
  /** 0.05 means 5 % above control. */
  readonly estimate: number
  readonly interval: Interval
  readonly level: number
  /** The control mean was negative: lifts are relative to its size. */
  readonly negativeBaseline: boolean
}

/** Fieller's interval for treatment/control − 1, with Welch's critical value. */
export function relativeLift(arms: ArmPair<ArmEstimate>, { level }: { readonly level: number }): RelativeLift | Unknown {
  const effect = differenceOfArms(arms)
  if (isUnknown(effect)) return effect
  const interval = fiellerInterval(arms, criticalValue({ level, degreesOfFreedom: effect.degreesOfFreedom }))
  if (isUnknown(interval)) return interval
  const baseline = arms.control.estimate
  return {
    kind: 'relative-lift',
    method: 'fieller',
    estimate: effect.estimate / Math.abs(baseline),
    interval,
    level,
    negativeBaseline: baseline < 0,
  }
}
