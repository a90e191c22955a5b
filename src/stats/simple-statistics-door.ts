/**
 * The one door to simple-statistics: the compensated sum and the sample quantile of type 7.
 *
 * Its normal, probit and χ² functions are short tables and stay outside.
 */
import { quantileSorted, sum } from 'simple-statistics'
import { assert } from './assert.ts'

/** Σ values by Kahan and Babuška: 10¹⁶ + 1 − 10¹⁶ + 1 is 2. */
export function compensatedSum(values: readonly number[]): number {
  return sum(values as number[])
}

/** The type-7 sample quantile (linear between order statistics) of values in ascending order. */
export function sortedQuantile(ascending: readonly number[], p: number): number {
  assert(ascending.length > 0 && p >= 0 && p <= 1, 'a quantile needs values and a share between 0 and 1')
  return quantileSorted(ascending as number[], p)
}
