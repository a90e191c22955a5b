/**
 * A posterior as the quadratures see it: one variable with a density and two tails, and a rough place and width.
 *
 * Beta posteriors are taken in the logit of the rate, where they are smooth from one event to millions; normal ones as they are.
 */
import { assert } from './assert.ts'
import type { BetaShapes } from './beta.ts'
import { logBetaDensityInLogit, logBetaTails } from './incomplete-beta.ts'
import { normalLogCdf, normalLogSurvival } from './normal.ts'
import { HALF_LOG_2PI } from './special.ts'

export interface Variable {
  readonly centre: number
  readonly width: number
  readonly logDensity: (u: number) => number
  readonly logLower: (u: number) => number
  readonly logUpper: (u: number) => number
}

/** A rate with a beta posterior, in logits. */
export function betaVariable({ a, b }: BetaShapes): Variable {
  assert(a > 0 && b > 0, `a beta posterior needs positive shapes, got ${a} and ${b}`)
  const at =
    <Value>(f: (x: number, y: number) => Value) =>
    (u: number) =>
      f(expit(u), expit(-u))
  return {
    centre: Math.log(a / b),
    width: Math.sqrt(1 / a + 1 / (a * a) + 1 / b + 1 / (b * b)),
    logDensity: at((x, y) => logBetaDensityInLogit(x, y, a, b)),
    logLower: at((x, y) => logBetaTails(x, y, a, b).logLower),
    logUpper: at((x, y) => logBetaTails(x, y, a, b).logUpper),
  }
}

/** A mean with a normal posterior. */
export function normalVariable({ mean, deviation }: { readonly mean: number; readonly deviation: number }): Variable {
  assert(deviation > 0 && Number.isFinite(mean), `a normal posterior needs a mean and a positive deviation, got ${mean}, ${deviation}`)
  const z = (u: number): number => (u - mean) / deviation
  return {
    centre: mean,
    width: deviation,
    logDensity: (u) => -0.5 * z(u) * z(u) - HALF_LOG_2PI - Math.log(deviation),
    logLower: (u) => normalLogCdf(z(u)),
    logUpper: (u) => normalLogSurvival(z(u)),
  }
}

/** 1/(1 + e⁻ᵘ). */
export function expit(u: number): number {
  return 1 / (1 + Math.exp(-u))
}
