/**
 * The normal mixture: evidence against "no effect" that may be looked at as often as one likes.
 *
 * Averaging the likelihood ratio over effects δ ~ N(0, τ²) gives a fair game under no effect, and a fair game rarely ever reaches 1/α
 * (Ville's inequality). With z = Δ̂/√V and the ratio r = τ²/V, which grows with the data:
 *
 *     ln E = r·z²/(2(1+r)) − ½·ln(1+r)            p = 1/E
 *     critical z     √( (1 + 1/r)·ln((1+r)/α²) )
 *     tuned          r = κ = −W₋₁(−α²/e) − 1 where the interval is to be tightest:  z = 3.035 in place of 1.960 at 95 %
 *
 * One-sided, over half-normal effects: E is 2Φ(z·√(r/(1+r))) times as large.
 * @see Robbins (1970), doi:10.1214/aoms/1177696786; Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import { assert } from './assert.ts'
import { assertLevel } from './estimate.ts'
import { lambertWMinusOne } from './lambert-w.ts'
import { normalLogCdf } from './normal.ts'
import { rootByBracket } from './root.ts'

/** ln E for a two-sided test of a statistic z, at the ratio τ²/V. */
export function logMixture(z: number, ratio: number): number {
  assertRatio(ratio)
  return (0.5 * ratio * z * z) / (1 + ratio) - 0.5 * Math.log1p(ratio)
}

/** |z| at which the two-sided E reaches 1/α. */
export function mixtureCritical({ ratio, level }: { readonly ratio: number; readonly level: number }): number {
  assertRatio(ratio)
  assertLevel(level)
  return Math.sqrt((1 + 1 / ratio) * (Math.log1p(ratio) - 2 * Math.log(1 - level)))
}

/** κ: the ratio at which intervals of this level are tightest. For one-sided tests it is tuned at 2α. */
export function tunedRatio(level: number, alternative: 'two-sided' | 'greater' = 'two-sided'): number {
  const alpha = alphaToTune(level, alternative)
  return -lambertWMinusOne(-(alpha * alpha) / Math.E) - 1
}

/** κ in the closed form 2·ln(1/α) + ln(1 + 2·ln(1/α)) that other platforms use, 3 % below at 95 %. */
export function tunedRatioInClosedForm(level: number, alternative: 'two-sided' | 'greater' = 'two-sided'): number {
  const bits = -2 * Math.log(alphaToTune(level, alternative))
  return bits + Math.log1p(bits)
}

/** ln E for a one-sided test (greater). */
export function logMixtureOneSided(z: number, ratio: number): number {
  return logMixture(z, ratio) + Math.LN2 + normalLogCdf(z * Math.sqrt(ratio / (1 + ratio)))
}

/** z at which the one-sided E reaches 1/α. */
export function mixtureCriticalOneSided({ ratio, level }: { readonly ratio: number; readonly level: number }): number {
  assertRatio(ratio)
  assertLevel(level)
  const threshold = -Math.log(1 - level)
  // E is at most twice the two-sided one and at least that one for z ≥ 0
  const high = Math.sqrt(2 * (1 + 1 / ratio) * (threshold + 0.5 * Math.log1p(ratio)))
  return rootByBracket((z) => logMixtureOneSided(z, ratio) - threshold, { low: 0, high })
}

/**
 * A closed form that is never below the exact one-sided critical z: √( 2(1 + 1/r)·ln(1 + √(1+r)/(2α)) ).
 * @see Waudby-Smith et al. (2024), doi:10.1214/24-AOS2408
 */
export function mixtureCriticalOneSidedInClosedForm({ ratio, level }: { readonly ratio: number; readonly level: number }): number {
  assertRatio(ratio)
  assertLevel(level)
  return Math.sqrt(2 * (1 + 1 / ratio) * Math.log1p(Math.sqrt(1 + ratio) / (2 * (1 - level))))
}

/** One-sided tests are tuned at 2α; above a level of ¾ only, where 2α is still an error probability to tune for. */
function alphaToTune(level: number, alternative: 'two-sided' | 'greater'): number {
  assertLevel(level)
  return alternative === 'two-sided' ? 1 - level : Math.min(2 * (1 - level), 0.5)
}

function assertRatio(ratio: number): void {
  assert(ratio > 0 && Number.isFinite(ratio), `the ratio of the mixture's variance to the estimate's is positive, got ${ratio}`)
}
