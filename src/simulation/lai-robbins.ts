/**
 * The least regret that any good bandit can have in the long run, for rates without context.
 *
 *     lim inf R(T)/ln T ≥ C = Σₐ Δₐ/KL(θₐ, θ*)          KL(p, q) = p·ln(p/q) + (1 − p)·ln((1 − p)/(1 − q))
 *
 * C bounds the slope [R(T₂) − R(T₁)]/ln(T₂/T₁) at large T, not R(T) itself: with rates of 2 % a bandit is far below C·ln T after 200,000
 * requests, because it has not yet had to pay.
 * @see Lai & Robbins (1985), doi:10.1016/0196-8858(85)90002-8
 */
import { assert } from '../stats/assert.ts'

/** C for Bernoulli arms with rates in (0, 1); arms that share the best rate cost nothing. */
export function laiRobbinsConstant(rates: readonly number[]): number {
  assert(
    rates.every((rate) => rate > 0 && rate < 1),
    `rates lie in (0, 1), got ${rates.join(', ')}`,
  )
  const best = Math.max(...rates)
  return rates.reduce((sum, rate) => (rate === best ? sum : sum + (best - rate) / divergence(rate, best)), 0)
}

/** Regret a unit of ln T, between two points of a curve. */
export function logSlope(early: { readonly requests: number; readonly regret: number }, late: typeof early): number {
  return (late.regret - early.regret) / Math.log(late.requests / early.requests)
}

/** Kullback–Leibler divergence of two coins. */
function divergence(p: number, q: number): number {
  return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q))
}
