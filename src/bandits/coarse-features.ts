/**
 * Coarse features: what a logistic model groups decisions by, x in eighths instead of 1/1024.
 *
 *     intercept and flags stay what they are        points on a circle (hour, season) move by 1/16 at most
 *
 * With the hour to the minute nearly every decision would have a vector of its own. In eighths an arm has at most 640 different ones in an hour
 * and 10,560 in a day, however many decisions (the first version's features; a test counts them), and the coefficient of a circle comes out a
 * quarter of a percent too small: 1/8²/12 of the variance ½. Decisions are always drawn at the exact x.
 */
import { FEATURE_SCALE } from './features.ts'

/** Steps in one unit of x. */
export const COARSE_STEPS = 8
const STEP = FEATURE_SCALE / COARSE_STEPS
/** What a byte holds: sixteen units either way, twice as far as features reach. */
const LEAST = -128
const MOST = 127

/** x, in units of 1/1024, in eighths: rounded to the nearest, halves upwards. */
export function coarseOf(x: ArrayLike<number>): Int8Array {
  return Int8Array.from(x, (value) => Math.min(MOST, Math.max(LEAST, Math.floor(value / STEP + 0.5))))
}
