/**
 * The lower real branch W₋₁ of Lambert's function: w·eʷ = x with w ≤ −1, for −1/e ≤ x < 0.
 *
 * With y = −w the equation is y − ln y = −ln(−x), convex and increasing for y > 1, so Newton's steps from above never miss.
 * @see Corless et al. (1996), doi:10.1007/BF02124750
 */
import { assert } from './assert.ts'

/** W₋₁(x). */
export function lambertWMinusOne(x: number): number {
  assert(x < 0 && x >= -1 / Math.E, `the lower branch lives on [−1/e, 0), got ${x}`)
  const target = -Math.log(-x)
  const excess = Math.max(0, target - 1)
  if (excess === 0) return -1
  let y = 1 + Math.sqrt(2 * excess) + excess
  for (let step = 0; step < 60; step++) {
    const next = y - (y - Math.log(y) - target) / (1 - 1 / y)
    if (Math.abs(next - y) <= 2 * Number.EPSILON * y) return -next
    y = Math.max(next, 1 + Number.EPSILON)
  }
  return -y
}
