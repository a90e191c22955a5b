/**
 * The normal score of a t statistic: the z with the same tail probability, and back.
 *
 * Sequential bounds are normal; a statistic with few degrees of freedom is brought to their scale by its p-value.
 * @see Jennison & Turnbull (2000), Group Sequential Methods, section 3.8
 */
import { normalLogSurvival, normalUpperQuantileOfLog } from './normal.ts'
import { studentTLogSurvival, studentTUpperQuantileOfLog } from './student-t.ts'

/** The z with the same tail probability as t with these degrees of freedom. */
export function normalScore(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY || t === 0) return t
  return Math.sign(t) * normalUpperQuantileOfLog(studentTLogSurvival(Math.abs(t), degreesOfFreedom))
}

/** The t with the same tail probability as z ≥ 0, for these degrees of freedom. */
export function studentScore(z: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY || !Number.isFinite(z) || z === 0) return z
  return studentTUpperQuantileOfLog(normalLogSurvival(z), degreesOfFreedom)
}
