/**
 * Top-two Thompson sampling, in closed form from the plain propensities: for experiments that want to learn which arm is best.
 *
 *     qₐ = pₐ·( β + (1 − β)·Σ_{b≠a} p_b/(1 − p_b) )
 *
 * The procedure draws a leader; with probability 1 − β it draws again until somebody else leads. That somebody is a with probability
 * pₐ/(1 − p_b) after leader b, so that nothing has to be drawn to know q.
 * @see Russo (2020), doi:10.1287/opre.2019.1911
 */
import { assert } from '../stats/assert.ts'

/** The share of the leader, in (0, 1]; 1 is plain Thompson sampling, ½ is close to best for identifying the best arm. */
export const LEADER_SHARE = 0.5

/** Probabilities of arms from p (adding up to 1); they add up to 1 again. */
export function topTwo(propensities: readonly number[], leaderShare = LEADER_SHARE): readonly number[] {
  assert(leaderShare > 0 && leaderShare <= 1, `a leader's share lies in (0, 1], got ${leaderShare}`)
  const odds = propensities.map((p, arm) => p / sumOfOthers(propensities, arm))
  if (odds.some((one) => !Number.isFinite(one))) return propensities
  return propensities.map((p, arm) => p * (leaderShare + (1 - leaderShare) * sumOfOthers(odds, arm)))
}

/** Added up, not taken away from the total: 1 − p has no digits left when p is nearly 1. */
function sumOfOthers(values: readonly number[], arm: number): number {
  return values.reduce((sum, value, other) => (other === arm ? sum : sum + value), 0)
}
