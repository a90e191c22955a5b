/**
 * How long it takes: days until enough different units have come.
 *
 * Visitors return, so new units get fewer: traffic times days promises samples that never arrive. The curve of distinct units is read
 * off as measured, and goes on beyond its last day as U(d) = U(D)·(d/D)^g with the growth g of its second half, at most 1.
 */
import { assert } from './assert.ts'
import { type Unknown, unknown } from './estimate.ts'

/** Distinct units by the end of day 1, 2, …; or so many new ones every day. */
export type Arrivals =
  | { readonly kind: 'curve'; readonly distinctUnits: readonly number[] }
  | { readonly kind: 'steady'; readonly unitsPerDay: number }

const DAYS_MAX = 3650

/** Distinct units after a number of days. */
export function unitsAfter(days: number, arrivals: Arrivals): number {
  assert(days >= 0, `days are not negative, got ${days}`)
  if (arrivals.kind === 'steady') return arrivals.unitsPerDay * days
  const { distinctUnits } = arrivals
  const last = distinctUnits.length
  assert(
    last > 0 && distinctUnits.every((units, i) => units > 0 && units >= (distinctUnits[i - 1] ?? 0)),
    'a curve of distinct units grows',
  )
  if (days > last) return distinctUnits[last - 1]! * (days / last) ** growthOf(distinctUnits)
  const whole = Math.floor(days)
  const before = whole === 0 ? 0 : distinctUnits[whole - 1]!
  return whole === last ? before : before + (days - whole) * (distinctUnits[whole]! - before)
}

/** Whole days until so many distinct units have come; unknown when that takes more than ten years. */
export function daysUntil(units: number, arrivals: Arrivals): number | Unknown {
  assert(units >= 0 && Number.isFinite(units), `a number of units, got ${units}`)
  const most = unitsAfter(DAYS_MAX, arrivals)
  if (most < units) return unknown('horizon-not-reached', { have: Math.floor(most), need: Math.ceil(units) })
  let low = 0
  let high = DAYS_MAX
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (unitsAfter(middle, arrivals) >= units) high = middle
    else low = middle + 1
  }
  return low
}

/** Slope of ln U over ln d in the second half of the curve, between 0 and 1; a single day says nothing and counts as steady. */
function growthOf(distinctUnits: readonly number[]): number {
  const last = distinctUnits.length
  if (last < 2) return 1
  const middle = Math.ceil(last / 2)
  const slope = Math.log(distinctUnits[last - 1]! / distinctUnits[middle - 1]!) / Math.log(last / middle)
  return Math.min(1, Math.max(0, slope))
}
