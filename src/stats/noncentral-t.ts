/**
 * The noncentral t distribution, for exact power of t-tests.
 *
 *     P(T ≤ t) = ∫ Φ(t·s − δ)·f(s) ds      s = √(χ²_ν/ν)
 *
 * The integrand is positive, so both tails keep their relative accuracy; it is integrated over its bulk in panels, where
 * series in beta functions lose everything at large δ (a known library gives 4e-27 for 0.862 at δ = 28).
 * @see Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, ch. 31
 */
import { assert } from './assert.ts'
import { bulkOf } from './bulk.ts'
import { normalLogCdf, normalLogSurvival } from './normal.ts'
import { integrate } from './quadrature.ts'
import { HALF_LOG_2PI, stirlingError } from './special.ts'

const PANELS = 20

export interface Noncentrality {
  readonly degreesOfFreedom: number
  /** δ: effect over its standard error. */
  readonly noncentrality: number
}

/** P(T ≤ t). */
export function noncentralTCdf(t: number, parameters: Noncentrality): number {
  return mixture(parameters, t, (s) => normalLogCdf(t * s - parameters.noncentrality))
}

/** P(T > t). */
export function noncentralTSurvival(t: number, parameters: Noncentrality): number {
  return mixture(parameters, t, (s) => normalLogSurvival(t * s - parameters.noncentrality))
}

function mixture({ degreesOfFreedom, noncentrality }: Noncentrality, t: number, logTail: (s: number) => number): number {
  assert(
    degreesOfFreedom > 0 && Number.isFinite(noncentrality),
    'a noncentral t needs positive degrees of freedom and a finite noncentrality',
  )
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return Math.exp(logTail(1))
  // in u = ln s the density of s has no end at 0: f(u) = exp( c + ν·(u − (s² − 1)/2) )
  const half = degreesOfFreedom / 2
  const constant = Math.LN2 - HALF_LOG_2PI + 0.5 * Math.log(half) - stirlingError(half)
  const logIntegrand = (u: number) => constant + degreesOfFreedom * (u - Math.expm1(2 * u) / 2) + logTail(Math.exp(u))
  const { low, peak, high } = bulkOf(logIntegrand, { start: 0, scale: 1 / Math.sqrt(2 * degreesOfFreedom) })
  const top = logIntegrand(peak)
  const breaks = [low, ...transition(t, noncentrality), high].filter((u) => u >= low && u <= high)
  let area = 0
  for (let i = 1; i < breaks.length; i++)
    area += integrate((u) => Math.exp(logIntegrand(u) - top), { low: breaks[i - 1]!, high: breaks[i]!, panels: PANELS })
  return Math.min(1, Math.exp(top) * area)
}

/** Where Φ(t·s − δ) turns from 0 to 1, in u = ln s: a narrow place when t is large. */
function transition(t: number, noncentrality: number): readonly number[] {
  return [-8, -3, 3, 8]
    .map((z) => (noncentrality + z) / t)
    .filter((s) => s > 0)
    .map(Math.log)
    .sort((a, b) => a - b)
}
