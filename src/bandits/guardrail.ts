/**
 * A guardrail inside the choice: an arm is eligible until it is shown worse than its margin.
 *
 *     P(uplift < −δ) = Φ( (−δ − (mₐ − m₀)) / √(sₐ² + s₀²) )
 *
 * This posterior gate routes traffic. It is no guarantee after adaptive collection: stopping and money use the always-valid test.
 */
import { assert } from '../stats/assert.ts'
import { normalCdf } from '../stats/normal.ts'

/** A posterior of a mean: where it is and how wide. */
export interface Belief {
  readonly mean: number
  readonly deviation: number
}

/** The probability that the arm lies more than `margin` (≥ 0, absolute) below the control. Higher is better. */
export function chanceWorse(arm: Belief, control: Belief, margin: number): number {
  assert(margin >= 0, `a margin is not negative, got ${margin}`)
  const spread = Math.hypot(arm.deviation, control.deviation)
  const gap = -margin - (arm.mean - control.mean)
  if (spread === 0) return gap > 0 ? 1 : 0
  return normalCdf(gap / spread)
}

/** Which arms may be drawn: those whose chance of being worse stays within `chanceMax`. The control always may. */
export function eligibleArms(
  arms: readonly Belief[],
  { control, margin, chanceMax }: { readonly control: number; readonly margin: number; readonly chanceMax: number },
): readonly boolean[] {
  return arms.map((arm, at) => at === control || chanceWorse(arm, arms[control]!, margin) <= chanceMax)
}
