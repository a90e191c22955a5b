/**
 * A comparison of two arms: the absolute difference and the relative lift, from one test.
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { testEffect } from './effect-test.ts'
import { isUnknown, type TestResult, type Unknown } from './estimate.ts'
import { type RelativeLift, relativeLift } from './relative-lift.ts'

export interface Comparison {
  readonly kind: 'comparison'
  /** What made the p-value and both intervals. */
  readonly method: 'welch' | 'delta' | 'score' | 'cuped' | 'stratified' | 'quantile' | 'scores'
  /** Treatment minus control. */
  readonly difference: TestResult
  readonly lift: RelativeLift | Unknown
}

/** Compares two arm estimates by Welch's test and Fieller's interval. */
export function compareArms(
  arms: ArmPair<ArmEstimate>,
  { method, level }: { readonly method: Comparison['method']; readonly level: number },
): Comparison | Unknown {
  const effect = differenceOfArms(arms)
  if (isUnknown(effect)) return effect
  return { kind: 'comparison', method, difference: testEffect(effect, { level }), lift: relativeLift(arms, { level }) }
}
