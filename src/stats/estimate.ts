/**
 * The shared words of inference: effect, interval, test result, and unknown.
 *
 * Everything inferential is a function of an effect (estimate, variance, degrees of freedom); every method returns one of these shapes.
 * Unknown is a value with a reason: never NaN, never 0, and never "0, (0, 0), p = 1", which reads as "no effect". A p-value is never
 * exactly 0: it is floored at the smallest double, and its decimal logarithm is carried beside it, exact as far as the tail goes.
 */
import { assert } from './assert.ts'

/** Why there is no number. `have` and `need`, where they make sense, count what the reason names. */
export type Reason =
  | 'too-few-units'
  | 'too-few-events'
  | 'too-few-arms'
  | 'too-few-experiments'
  | 'too-few-segments'
  | 'no-events'
  | 'no-variance'
  | 'no-information'
  | 'no-overlap'
  | 'control-mean-zero'
  | 'baseline-not-established'
  | 'denominator-not-established'
  | 'mean-not-positive'
  | 'zero-weights'
  | 'singular'
  | 'not-converged'
  | 'propensity-too-small'
  | 'horizon-not-reached'
  | 'outside-range'

export interface Unknown {
  readonly kind: 'unknown'
  readonly because: Reason
  readonly have?: number
  readonly need?: number
}

/** An estimate with its variance. `degreesOfFreedom` is Infinity when the variance counts as known (normal reference). */
export interface Effect {
  readonly kind: 'effect'
  readonly estimate: number
  readonly variance: number
  readonly degreesOfFreedom: number
}

/** low ≤ high. An end is ±Infinity only when `unbounded` names it. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly unbounded?: 'low' | 'high' | 'both'
}

export type Alternative = 'two-sided' | 'greater' | 'less'

/** One test: p-value, flag and interval come by inversion of the same statistic, so that they never contradict one another. */
export interface TestResult {
  readonly kind: 'test'
  readonly estimate: number
  readonly standardError: number
  readonly statistic: number
  readonly degreesOfFreedom: number
  /** In (0, 1]; the smallest double when it would underflow. */
  readonly pValue: number
  readonly log10PValue: number
  readonly interval: Interval
  /** Confidence level of the interval, in (½, 1). */
  readonly level: number
  /** pValue ≤ 1 − level, equivalently: the interval excludes the null value. */
  readonly significant: boolean
}

export function unknown(because: Reason, counts: { readonly have?: number; readonly need?: number } = {}): Unknown {
  return { kind: 'unknown', because, ...counts }
}

export function isUnknown(value: object): value is Unknown {
  return 'kind' in value && value.kind === 'unknown'
}

/** An effect from a positive variance; zero variance is unknown, a negative one is our mistake. */
export function effectOf(estimate: number, variance: number, degreesOfFreedom = Number.POSITIVE_INFINITY): Effect | Unknown {
  assert(Number.isFinite(estimate) && Number.isFinite(variance), `an effect needs finite numbers, got ${estimate} and ${variance}`)
  assert(variance >= 0, `a variance is never negative, got ${variance}`)
  assert(degreesOfFreedom > 0, `degrees of freedom must be positive, got ${degreesOfFreedom}`)
  return variance === 0 ? unknown('no-variance') : { kind: 'effect', estimate, variance, degreesOfFreedom }
}

/** The interval between two ends, with the flag set for ends at infinity. */
export function intervalOf(low: number, high: number): Interval {
  assert(low <= high, `an interval needs low ≤ high, got ${low} and ${high}`)
  if (low === Number.NEGATIVE_INFINITY) return { low, high, unbounded: high === Number.POSITIVE_INFINITY ? 'both' : 'low' }
  return high === Number.POSITIVE_INFINITY ? { low, high, unbounded: 'high' } : { low, high }
}

/** The p-value whose natural logarithm is `logP`: floored at the smallest double, capped at 1, with log₁₀ beside it. */
export function pValueOfLog(logP: number): { readonly pValue: number; readonly log10PValue: number } {
  assert(!Number.isNaN(logP), 'a p-value needs a logarithm')
  const capped = Math.min(logP, 0)
  return { pValue: Math.max(Math.exp(capped), Number.MIN_VALUE), log10PValue: capped / Math.LN10 }
}

/** Refuses confidence levels outside (½, 1): α = 1 − level must lie in (0, ½). */
export function assertLevel(level: number): void {
  assert(level > 0.5 && level < 1, `a confidence level lies between 0.5 and 1, got ${level}`)
}
