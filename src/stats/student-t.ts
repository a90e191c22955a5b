/**
 * Student's t distribution: both tails, their logarithms, and quantiles, for fractional and for very large degrees of freedom.
 *
 *     P(T > t) = ½ · I_x(ν/2, ½)      x = ν/(ν + t²),  1 − x = t²/(ν + t²)      t ≥ 0
 *
 * x and 1 − x are formed apart: at ν = 10⁷ the rounding of either alone would cost nine digits of the tail. ν = Infinity is the normal.
 * @see DLMF 8.17
 */
import { assert } from './assert.ts'
import { logBetaTails } from './incomplete-beta.ts'
import { normalLogSurvival, normalSurvival, normalUpperQuantileOfLog } from './normal.ts'
import { rootByNewton } from './root.ts'
import { logBeta } from './special.ts'

/** Beyond this many √ν, x = ν/t² to the last digit, and t² may overflow. */
const FAR = 1e8
/** asinh(t) of the largest t that a double holds. */
const ASINH_MAX = 710

/** P(T ≤ t). */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  return studentTSurvival(-t, degreesOfFreedom)
}

/** P(T > t). */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  assert(degreesOfFreedom > 0, `degrees of freedom must be positive, got ${degreesOfFreedom}`)
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return normalSurvival(t)
  if (t < 0) return 1 - studentTSurvival(-t, degreesOfFreedom)
  const square = t * t
  if (square < degreesOfFreedom) {
    const centre = logBetaTails(
      square / (degreesOfFreedom + square),
      degreesOfFreedom / (degreesOfFreedom + square),
      0.5,
      degreesOfFreedom / 2,
    )
    if (centre.logLower < -1) return 0.5 - 0.5 * Math.exp(centre.logLower)
  }
  return Math.exp(logUpperTail(t, degreesOfFreedom))
}

/** ln P(T > t), finite for every finite t. */
export function studentTLogSurvival(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return normalLogSurvival(t)
  if (t < 0) return Math.log1p(-studentTSurvival(-t, degreesOfFreedom))
  return t < 1 ? Math.log(studentTSurvival(t, degreesOfFreedom)) : logUpperTail(t, degreesOfFreedom)
}

/** The t with P(T ≤ t) = p, for p in (0, 1). */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  return -studentTUpperQuantile(p, degreesOfFreedom)
}

/** The t with P(T > t) = p, for p in (0, 1). */
export function studentTUpperQuantile(p: number, degreesOfFreedom: number): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  if (p === 0.5) return 0
  return p < 0.5 ? studentTUpperQuantileOfLog(Math.log(p), degreesOfFreedom) : -studentTUpperQuantileOfLog(Math.log1p(-p), degreesOfFreedom)
}

/** The t ≥ 0 with ln P(T > t) = logP, for logP ≤ ln ½. */
export function studentTUpperQuantileOfLog(logP: number, degreesOfFreedom: number): number {
  assert(logP <= -Math.LN2, `a logarithm of an upper tail of at most ½ is needed, got ${logP}`)
  const z = normalUpperQuantileOfLog(logP)
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return z
  // Newton in asinh(t): linear near 0, a straight line for the log of a power-law tail
  const s = rootByNewton(
    (at) => {
      const t = Math.sinh(at)
      const logTail = studentTLogSurvival(t, degreesOfFreedom)
      return { value: logTail - logP, slope: -Math.exp(studentTLogDensity(t, degreesOfFreedom) - logTail) * Math.cosh(at) }
    },
    { low: 0, high: ASINH_MAX, start: Math.asinh(z) },
  )
  return Math.sinh(s)
}

/** ln of the density at t. */
export function studentTLogDensity(t: number, degreesOfFreedom: number): number {
  const ratio = Math.abs(t) / Math.sqrt(degreesOfFreedom)
  const logStretch = ratio > FAR ? 2 * Math.log(ratio) : Math.log1p(ratio * ratio)
  return -logBeta(0.5, degreesOfFreedom / 2) - 0.5 * Math.log(degreesOfFreedom) - ((degreesOfFreedom + 1) / 2) * logStretch
}

function logUpperTail(t: number, degreesOfFreedom: number): number {
  const half = degreesOfFreedom / 2
  const ratio = t / Math.sqrt(degreesOfFreedom)
  if (ratio > FAR) return -Math.LN2 - degreesOfFreedom * Math.log(ratio) - Math.log(half) - logBeta(half, 0.5)
  const total = degreesOfFreedom + t * t
  return -Math.LN2 + logBetaTails(degreesOfFreedom / total, (t * t) / total, half, 0.5).logLower
}
