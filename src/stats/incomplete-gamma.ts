/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) in logarithms: a series below the mean, a continued fraction above.
 *
 * The tail that is computed directly is the smaller one or close to it, so that Q does not become 0 where 1 − P would.
 * @see DLMF 8.7.1 and 8.9.2; Loader (2000) for the factor in front
 */
import { assert } from './assert.ts'
import type { LogTails } from './incomplete-beta.ts'
import { log1mExp, logPoissonKernel } from './special.ts'

const EPSILON = 1e-17
const TINY = 1e-300

/** ln P(a, x) and ln Q(a, x) for a > 0, x ≥ 0. */
export function logGammaTails(x: number, a: number): LogTails {
  assert(a > 0, `a gamma distribution needs a positive shape, got ${a}`)
  if (x <= 0) return { logLower: Number.NEGATIVE_INFINITY, logUpper: 0 }
  if (x === Number.POSITIVE_INFINITY) return { logLower: 0, logUpper: Number.NEGATIVE_INFINITY }
  const kernel = logPoissonKernel(x, a)
  if (x < a + 1) {
    const logLower = Math.min(0, kernel + Math.log(series(x, a)))
    return { logLower, logUpper: log1mExp(logLower) }
  }
  const logUpper = Math.min(0, kernel + Math.log(a * continuedFraction(x, a)))
  return { logLower: log1mExp(logUpper), logUpper }
}

/** Σ xᵏ/((a+1)…(a+k)): all terms positive, about 9√a of them near the mean. */
function series(x: number, a: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; term > EPSILON * sum; k++) {
    term *= x / (a + k)
    sum += term
  }
  return sum
}

function continuedFraction(x: number, a: number): number {
  const limit = 200 + 20 * Math.sqrt(a)
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let value = d
  for (let k = 1; k <= limit; k++) {
    const numerator = -k * (k - a)
    b += 2
    const below = numerator * d + b
    d = 1 / (Math.abs(below) < TINY ? TINY : below)
    const above = b + numerator / c
    c = Math.abs(above) < TINY ? TINY : above
    const change = c * d
    value *= change
    if (Math.abs(change - 1) <= 1e-16) return value
  }
  return value
}
