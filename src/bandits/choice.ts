/**
 * Choice: an arm drawn from the very vector that is logged, with one uniform number of 53 bits.
 *
 * The arm is the first whose running sum exceeds u. Executed and logged probabilities agree to 2⁻⁵³; an arm with π = 0 is never drawn,
 * also when the sum of the vector falls short of u by rounding.
 */
import { assert } from '../stats/assert.ts'

/** The position of the drawn arm; u in [0, 1). */
export function drawnArm(probabilities: ArrayLike<number>, u: number): number {
  assert(u >= 0 && u < 1, 'a draw needs u in [0, 1)')
  let sum = 0
  let last = -1
  for (let arm = 0; arm < probabilities.length; arm++) {
    if (!(probabilities[arm]! > 0)) continue
    sum += probabilities[arm]!
    last = arm
    if (u < sum) return arm
  }
  assert(last >= 0, 'nobody can be drawn from probabilities of 0')
  return last
}
