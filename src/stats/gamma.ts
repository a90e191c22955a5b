/**
 * The gamma distribution with unit scale: both tails, their logarithms, and quantiles. Divide x by the scale before, multiply after.
 * @see DLMF 8.2
 */
import { assert } from './assert.ts'
import type { LogTails } from './incomplete-beta.ts'
import { logGammaTails } from './incomplete-gamma.ts'
import { rootByNewton } from './root.ts'
import { logPoissonKernel } from './special.ts'

const LOG_MAX = 700

/** ln of the density at x > 0. */
export function gammaLogDensity(x: number, shape: number): number {
  return x <= 0 ? Number.NEGATIVE_INFINITY : logPoissonKernel(x, shape) + Math.log(shape / x)
}

/** P(X ≤ x). */
export function gammaCdf(x: number, shape: number): number {
  return Math.exp(logGammaTails(x, shape).logLower)
}

/** P(X > x). */
export function gammaSurvival(x: number, shape: number): number {
  return Math.exp(logGammaTails(x, shape).logUpper)
}

/** ln P(X ≤ x). */
export function gammaLogCdf(x: number, shape: number): number {
  return logGammaTails(x, shape).logLower
}

/** ln P(X > x). */
export function gammaLogSurvival(x: number, shape: number): number {
  return logGammaTails(x, shape).logUpper
}

/** The x with P(X ≤ x) = p, for p in (0, 1). */
export function gammaQuantile(p: number, shape: number): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  return p <= 0.5 ? gammaQuantileOfLog(Math.log(p), shape) : gammaUpperQuantileOfLog(Math.log1p(-p), shape)
}

/** The x with P(X > x) = p, for p in (0, 1). */
export function gammaUpperQuantile(p: number, shape: number): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  return p <= 0.5 ? gammaUpperQuantileOfLog(Math.log(p), shape) : gammaQuantileOfLog(Math.log1p(-p), shape)
}

/** The x with ln P(X ≤ x) = logP, for any logP < 0. */
export function gammaQuantileOfLog(logP: number, shape: number): number {
  return quantile(logP, shape, (tails) => ({ log: tails.logLower, sign: 1 }))
}

/** The x with ln P(X > x) = logP, for any logP < 0. */
export function gammaUpperQuantileOfLog(logP: number, shape: number): number {
  return quantile(logP, shape, (tails) => ({ log: tails.logUpper, sign: -1 }))
}

/** Newton in ln x on the logarithm of a tail. */
function quantile(logP: number, shape: number, tail: (tails: LogTails) => { readonly log: number; readonly sign: number }): number {
  assert(logP < 0, `the logarithm of a probability is negative, got ${logP}`)
  const u = rootByNewton(
    (at) => {
      const x = Math.exp(at)
      const { log, sign } = tail(logGammaTails(x, shape))
      return { value: log - logP, slope: sign * Math.exp(logPoissonKernel(x, shape) + Math.log(shape) - log) }
    },
    { low: -LOG_MAX, high: LOG_MAX, start: Math.log(shape) },
  )
  return Math.exp(u)
}
