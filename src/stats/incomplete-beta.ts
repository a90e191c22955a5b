/**
 * The regularised incomplete beta function, both tails, in logarithms.
 *
 *     Iₓ(a, b) = xᵃyᵇ/B(a, b) / (b₀ + a₁/(b₁ + a₂/(b₂ + …)))        y = 1 − x
 *
 * The smaller tail is computed and the larger follows from it, so that neither underflows to 0 nor cancels. The fraction needs about
 * √max(a, b) steps near the mean; a fixed limit of 100 steps, as in many libraries, is 12 % wrong at the median of Beta(10⁶, 10⁶).
 * @see DLMF 8.17(v); Didonato & Morris (1992), doi:10.1145/131766.131776; Lentz (1976), doi:10.1364/AO.15.000668
 */
import { assert } from './assert.ts'
import { log1mExp, logBinomialKernel } from './special.ts'

const TINY = 1e-300
const EPSILON = 1e-16

/** ln Iₓ(a, b) and ln I_y(b, a). */
export interface LogTails {
  readonly logLower: number
  readonly logUpper: number
}

/** Both log tails at x, with y = 1 − x given apart so that points next to 1 keep their digits. a, b > 0. */
export function logBetaTails(x: number, y: number, a: number, b: number): LogTails {
  assert(a > 0 && b > 0, `a beta distribution needs positive shapes, got ${a} and ${b}`)
  if (x <= 0) return { logLower: Number.NEGATIVE_INFINITY, logUpper: 0 }
  if (y <= 0) return { logLower: 0, logUpper: Number.NEGATIVE_INFINITY }
  const n = a + b
  const density = logBetaDensityInLogit(x, y, a, b)
  if (x * (n + 2) <= a + 1) {
    const logLower = Math.min(0, density - Math.log(continuedFraction(x, y, { a, b })))
    return { logLower, logUpper: log1mExp(logLower) }
  }
  const logUpper = Math.min(0, density - Math.log(continuedFraction(y, x, { a: b, b: a })))
  return { logLower: log1mExp(logUpper), logUpper }
}

/** ln of the density in logit x: xᵃyᵇ/B(a, b). */
export function logBetaDensityInLogit(x: number, y: number, a: number, b: number): number {
  return logBinomialKernel(x, y, a, b) + Math.log((a / (a + b)) * b)
}

/** The even part of the fraction: its terms are positive while m < b, so nothing cancels next to the mean. */
function continuedFraction(x: number, y: number, { a, b }: { readonly a: number; readonly b: number }): number {
  const limit = 200 + 20 * Math.sqrt(Math.max(a, b))
  const excess = a * y - b * x + 1
  let value = away((a * excess) / (a + 1))
  let c = value
  let d = 0
  for (let m = 1; m <= limit; m++) {
    const left = a + 2 * m - 1
    const share = (m * (b - m) * x) / left
    const above = ((a + m - 1) * (a + b + m - 1) * x * share) / left
    const below = m + share + ((a + m) * (excess + m * (1 + y))) / (a + 2 * m + 1)
    d = 1 / away(below + above * d)
    c = away(below + above / c)
    const change = c * d
    value *= change
    if (Math.abs(change - 1) <= EPSILON) return value
  }
  return value
}

function away(x: number): number {
  return Math.abs(x) < TINY ? TINY : x
}
