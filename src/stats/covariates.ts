/**
 * Covariates of a unit from before its first exposure, with units that have no history kept in.
 *
 * A new shopper has no history, and that is information of its own: x is 0 and a second covariate says so. Dropping new shoppers would
 * compare other people than were randomised.
 */
import { assert } from './assert.ts'

/** (x, has history) of each quantity: two numbers per quantity, the value or 0, and 1 or 0. */
export function withHistory(values: readonly (number | null)[]): readonly number[] {
  return values.flatMap((value) => {
    assert(value === null || Number.isFinite(value), `a covariate is a finite number or missing, got ${value}`)
    return value === null ? [0, 0] : [value, 1]
  })
}
