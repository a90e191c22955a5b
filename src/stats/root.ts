/**
 * Roots of monotone functions: Newton's steps inside a bracket that only shrinks, bisection whenever a step would leave it.
 */
import { assert } from './assert.ts'

const STEPS_MAX = 200

/** A function with its slope at one point. */
export type Sloped = (x: number) => { readonly value: number; readonly slope: number }

export interface NewtonRange {
  readonly low: number
  readonly high: number
  readonly start: number
  /** Whether f rises through its root; seen from the ends when left out, which fails where f is 0 there as well. */
  readonly rising?: boolean
}

/**
 * The x in [low, high] where an increasing or decreasing function crosses zero; an end when it does not.
 * Stops when a step is below four units in the last place.
 */
export function rootByNewton(f: Sloped, range: NewtonRange): number {
  let { low, high } = range
  const rising = range.rising ?? f(low).value < f(high).value
  let x = Math.min(Math.max(range.start, low), high)
  let stride = high - low
  for (let step = 0; step < STEPS_MAX; step++) {
    const { value, slope } = f(x)
    if (value === 0) return x
    if (value < 0 === rising) low = x
    else high = x
    const newton = x - value / slope
    // a step must stay inside and be at most half of the one before, else the bracket is halved
    const trusted = newton >= low && newton <= high && Math.abs(newton - x) <= stride / 2
    const next = trusted ? newton : low + (high - low) / 2
    stride = Math.abs(next - x)
    // a bracket that cannot be halved is a root; a Newton step to an end has yet to be looked at
    if (stride <= 4 * Number.EPSILON * Math.abs(x) || (!trusted && (next === low || next === high))) return next
    x = next
  }
  return x
}

/**
 * The x in [low, high] where a continuous function changes sign (Chandrupatla's method: bisection with inverse quadratic steps).
 * @see Chandrupatla (1997), doi:10.1016/S0965-9978(96)00051-8
 */
export function rootByBracket(f: (x: number) => number, range: { readonly low: number; readonly high: number }): number {
  let a = range.high
  let b = range.low
  let fa = f(a)
  let fb = f(b)
  if (fa === 0) return a
  if (fb === 0) return b
  assert(fa > 0 !== fb > 0, `a root needs a change of sign between ${range.low} and ${range.high}`)
  let share = 0.5
  for (let step = 0; step < STEPS_MAX; step++) {
    const x = a + share * (b - a)
    const fx = f(x)
    let c: number
    let fc: number
    if (fx > 0 === fa > 0) {
      c = a
      fc = fa
    } else {
      c = b
      fc = fb
      b = a
      fb = fa
    }
    a = x
    fa = fx
    const best = Math.abs(fa) < Math.abs(fb) ? a : b
    const smallest = (2 * Number.EPSILON * Math.abs(best) + Number.MIN_VALUE) / Math.abs(b - a)
    if (fx === 0 || smallest > 0.5) return best
    const xi = (a - b) / (c - b)
    const phi = (fa - fb) / (fc - fb)
    const quadratic = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
    share = quadratic ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb)) : 0.5
    share = Math.min(1 - smallest, Math.max(smallest, share))
  }
  return a
}
