/**
 * The normal distribution: both tails, their logarithms, and quantiles from probabilities or from their logarithms.
 *
 * 1 − Φ(z) is never formed by subtraction: beyond 5.66 the tail is φ(z) times Mills' ratio as a continued fraction, so that z = 40
 * still has a logarithm with sixteen digits where a double of the tail itself has none.
 * @see Cody (1969), doi:10.1090/S0025-5718-1969-0247736-4; Wichura (1988), AS 241, doi:10.2307/2347330
 */
import { assert } from './assert.ts'
import { CENTRE, MIDDLE, QUANTILE_CENTRE, QUANTILE_FAR, QUANTILE_TAIL, type Rational } from './normal-coefficients.ts'
import { HALF_LOG_2PI } from './special.ts'

const CENTRE_UNTIL = 0.67448975
const FRACTION_FROM = Math.sqrt(32)
const FRACTION_DEPTH = 24
const SQRT_2PI = Math.sqrt(2 * Math.PI)
/** AS 241 is good to sixteen digits until √(−ln p) = 27, p ≈ 1e-316. */
const WICHURA_UNTIL = 27

/** φ(z). */
export function normalDensity(z: number): number {
  return gaussian(z) / SQRT_2PI
}

/** Φ(z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z)
}

/** 1 − Φ(z), with full relative accuracy down to the smallest double. */
export function normalSurvival(z: number): number {
  assert(!Number.isNaN(z), 'a normal tail needs a number')
  if (Math.abs(z) <= CENTRE_UNTIL) return 0.5 - z * rational(CENTRE, z * z)
  return z > 0 ? upperTail(z) : 1 - upperTail(-z)
}

/** ln(1 − Φ(z)), finite for every finite z. */
export function normalLogSurvival(z: number): number {
  if (z >= FRACTION_FROM) return -0.5 * z * z - HALF_LOG_2PI + Math.log(millsRatio(z))
  return z > -1 ? Math.log(normalSurvival(z)) : Math.log1p(-normalSurvival(-z))
}

/** ln Φ(z). */
export function normalLogCdf(z: number): number {
  return normalLogSurvival(-z)
}

/** The z with Φ(z) = p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  assert(p > 0 && p < 1, `a probability lies between 0 and 1, got ${p}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * rational(QUANTILE_CENTRE, 0.180625 - q * q)
  return q < 0 ? -normalUpperQuantileOfLog(Math.log(p)) : normalUpperQuantileOfLog(Math.log1p(-p))
}

/** The z with 1 − Φ(z) = p: keeps its digits where 1 − p has none. */
export function normalUpperQuantile(p: number): number {
  return -normalQuantile(p)
}

/** The z with ln(1 − Φ(z)) = logP, for any logP < 0, however far below the smallest double. */
export function normalUpperQuantileOfLog(logP: number): number {
  assert(logP < 0, `the logarithm of a probability is negative, got ${logP}`)
  if (logP > Math.log(0.075)) return normalUpperQuantile(Math.exp(logP))
  const r = Math.sqrt(-logP)
  if (r <= 5) return rational(QUANTILE_TAIL, r - 1.6)
  if (r <= WICHURA_UNTIL) return rational(QUANTILE_FAR, r - 5)
  let z = Math.SQRT2 * r
  for (let step = 0; step < 6; step++) z += (normalLogSurvival(z) - logP) * millsRatio(z)
  return z
}

/** (1 − Φ(z))/φ(z) for z ≥ √32. */
function millsRatio(z: number): number {
  let fraction = z
  for (let k = FRACTION_DEPTH; k >= 1; k--) fraction = z + k / fraction
  return 1 / fraction
}

function upperTail(z: number): number {
  if (z < FRACTION_FROM) return gaussian(z) * rational(MIDDLE, z)
  return (gaussian(z) * millsRatio(z)) / SQRT_2PI
}

/** exp(−z²/2) with z split into sixteenths and a rest, so that squaring loses nothing at z = 37. */
function gaussian(z: number): number {
  const size = Math.abs(z)
  const head = Math.trunc(size * 16) / 16
  const rest = (size - head) * (size + head)
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * rest)
}

function rational({ above, below }: Rational, x: number): number {
  let numerator = 0
  let denominator = 0
  for (let k = above.length - 1; k >= 0; k--) numerator = numerator * x + above[k]!
  for (let k = below.length - 1; k >= 0; k--) denominator = denominator * x + below[k]!
  return numerator / denominator
}
