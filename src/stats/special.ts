/**
 * Special functions: log-gamma, Stirling's error, Loader's deviance, and logarithms that do not cancel.
 *
 * Densities are written with the deviance D(x, m) = x·ln(x/m) + m − x and Stirling's error δ(x) = lnΓ(x+1) − (x+½)·ln x + x − ½·ln 2π,
 * because differences of log-gammas lose nine digits at shapes around 10⁶:
 *
 *     xᵃyᵇ·Γ(n+1)/(Γ(a+1)Γ(b+1)) = √(n/(2πab)) · exp( δ(n) − δ(a) − δ(b) − D(a, nx) − D(b, ny) )      n = a + b,  x + y = 1
 *
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 */
import { assert } from './assert.ts'

export const HALF_LOG_2PI = 0.9189385332046728
const LOG_HALF = -Math.LN2

/** ζ(k) − 1 for k = 2, 3, …: coefficients of lnΓ(2+z) = (1−γ)z + Σ (−1)ᵏ(ζ(k)−1)zᵏ/k, |z| ≤ ½ (mpmath, 40 digits). */
const ZETA_MINUS_ONE = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827,
  0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
  6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6,
  9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8,
  1.4901554828365043e-8, 7.45071178983543e-9,
]
const ONE_MINUS_EULER = 0.42278433509846713

/** Coefficients of Stirling's series, B₂ₖ/(2k(2k−1)); eight terms reach 2e-18 at x = 10. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400]
const STIRLING_FROM = 10

/** δ(x) = lnΓ(x+1) − (x+½)·ln x + x − ½·ln 2π for x > 0, to about 1e-15 absolute. */
export function stirlingError(x: number): number {
  let shifted = x
  let error = 0
  while (shifted < STIRLING_FROM) {
    error += (shifted + 0.5) * Math.log1p(1 / shifted) - 1
    shifted += 1
  }
  const inverse = 1 / shifted
  const square = inverse * inverse
  let series = 0
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series * square + STIRLING[k]!
  return error + series * inverse
}

/** lnΓ(x) for x > 0; relative accuracy holds at the zeros x = 1 and x = 2 as well. */
export function logGamma(x: number): number {
  assert(x > 0, `log-gamma is for positive numbers, got ${x}`)
  if (x > 2.5) return (x - 0.5) * Math.log(x) - x + HALF_LOG_2PI + stirlingError(x)
  if (x >= 1.5) return logGammaNearTwo(x - 2)
  if (x >= 0.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1)
  return logGammaNearTwo(x) - Math.log1p(x) - Math.log(x)
}

function logGammaNearTwo(z: number): number {
  let series = 0
  for (let k = ZETA_MINUS_ONE.length - 1; k >= 0; k--) series = ZETA_MINUS_ONE[k]! / (k + 2) - z * series
  return z * (ONE_MINUS_EULER + z * series)
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large)
  // lnΓ(large) − lnΓ(small+large) without the cancellation of two large numbers
  const ratio = (large - 0.5) * Math.log1p(small / large) + small * Math.log(small + large) - small
  return logGamma(small) + stirlingError(large) - stirlingError(small + large) - ratio
}

/** D(x, m) = x·ln(x/m) + m − x ≥ 0, without cancellation near x = m. */
export function deviance(x: number, m: number): number {
  if (x === 0) return m
  const v = (x - m) / (x + m)
  if (Math.abs(v) > 0.2) return x * Math.log(x / m) + m - x
  let sum = (x - m) * v
  let term = 2 * x * v
  const square = v * v
  for (let k = 1; k < 30; k++) {
    term *= square
    const next = sum + term / (2 * k + 1)
    if (next === sum) break
    sum = next
  }
  return sum
}

/** ln of xᵃyᵇ·Γ(a+b+1)/(Γ(a+1)Γ(b+1)) with y = 1 − x given apart, so that neither end loses digits. */
export function logBinomialKernel(x: number, y: number, a: number, b: number): number {
  const n = a + b
  const stirling = stirlingError(n) - stirlingError(a) - stirlingError(b)
  return stirling - deviance(a, n * x) - deviance(b, n * y) + 0.5 * Math.log(n / a / b) - HALF_LOG_2PI
}

/** ln of xᵃe⁻ˣ/Γ(a+1). */
export function logPoissonKernel(x: number, a: number): number {
  return -stirlingError(a) - deviance(a, x) - HALF_LOG_2PI - 0.5 * Math.log(a)
}

/** ln(1 − eˣ) for x ≤ 0. */
export function log1mExp(x: number): number {
  return x > LOG_HALF ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x))
}

/** ln(eˣ + eʸ). */
export function logAddExp(x: number, y: number): number {
  const high = Math.max(x, y)
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(Math.min(x, y) - high))
}
