/**
 * The beta distribution: both tails, their logarithms, and quantiles, for shapes from 10⁻³ to 10⁷.
 *
 * Quantiles are found in logit x on the logarithm of the smaller tail, where the function is nearly straight at both ends.
 * @see DLMF 8.17
 */
import { assert } from './assert.ts'
import { logBetaDensityInLogit, logBetaTails } from './incomplete-beta.ts'
import { rootByNewton } from './root.ts'

const LOGIT_MAX = 740

/** The two shapes, both positive. */
export interface BetaShapes {
  readonly a: number
  readonly b: number
}

/** ln of the density at x. */
export function betaLogDensity(x: number, { a, b }: BetaShapes): number {
  return x <= 0 || x >= 1 ? Number.NEGATIVE_INFINITY : logBetaDensityInLogit(x, 1 - x, a, b) - Math.log(x) - Math.log1p(-x)
}

/** P(X ≤ x). */
export function betaCdf(x: number, { a, b }: BetaShapes): number {
  return Math.exp(logBetaTails(x, 1 - x, a, b).logLower)
}

/** P(X > x). */
export function betaSurvival(x: number, { a, b }: BetaShapes): number {
  return Math.exp(logBetaTails(x, 1 - x, a, b).logUpper)
}

/** ln P(X ≤ x). */
export function betaLogCdf(x: number, { a, b }: BetaShapes): number {
  return logBetaTails(x, 1 - x, a, b).logLower
}

/** ln P(X > x). */
export function betaLogSurvival(x: number, { a, b }: BetaShapes): number {
  return logBetaTails(x, 1 - x, a, b).logUpper
}

/** The x with P(X ≤ x) = p, for p in (0, 1). */
export function betaQuantile(p: number, shapes: BetaShapes): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  return p <= 0.5 ? betaQuantileOfLog(Math.log(p), shapes) : betaUpperQuantileOfLog(Math.log1p(-p), shapes)
}

/** The x with P(X > x) = p, for p in (0, 1). */
export function betaUpperQuantile(p: number, shapes: BetaShapes): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  return p <= 0.5 ? betaUpperQuantileOfLog(Math.log(p), shapes) : betaQuantileOfLog(Math.log1p(-p), shapes)
}

/** The x with ln P(X ≤ x) = logP, for any logP < 0. */
export function betaQuantileOfLog(logP: number, { a, b }: BetaShapes): number {
  return unitPair(logitOfLog(logP, { a, b })).x
}

/** The x with ln P(X > x) = logP, for any logP < 0. */
export function betaUpperQuantileOfLog(logP: number, { a, b }: BetaShapes): number {
  return unitPair(logitOfLog(logP, { a: b, b: a })).y
}

/** Newton in logit x on the logarithm of the lower tail. */
function logitOfLog(logP: number, { a, b }: BetaShapes): number {
  assert(logP < 0, `the logarithm of a probability is negative, got ${logP}`)
  return rootByNewton(
    (u) => {
      const { x, y } = unitPair(u)
      const { logLower } = logBetaTails(x, y, a, b)
      return { value: logLower - logP, slope: Math.exp(logBetaDensityInLogit(x, y, a, b) - logLower) }
    },
    { low: -LOGIT_MAX, high: LOGIT_MAX, start: Math.log(a / b) },
  )
}

function unitPair(logit: number): { readonly x: number; readonly y: number } {
  const small = Math.exp(-Math.abs(logit))
  const low = small / (1 + small)
  const high = 1 / (1 + small)
  return logit < 0 ? { x: low, y: high } : { x: high, y: low }
}
