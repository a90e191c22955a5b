/**
 * The trend: whether an item goes better or worse now than it ever did.
 *
 *     tᵢ = (rᵢ + 1)/(Tᵢ + 10)      r demand that decays with a half-life, T demand of all time, both in purchases
 *
 * The pseudo-counts of 1 and 10 put what is new between what rises and what is over.
 */
import type { Demand } from './demand.ts'
import { PURCHASE_WEIGHT } from './interaction-weight.ts'

/** Of one item, from its two sums of weights. */
export function trendOf(now: number, ever: number): number {
  return (now / PURCHASE_WEIGHT + 1) / (ever / PURCHASE_WEIGHT + 10)
}

/** By item number. */
export function trendsOf({ now, ever }: Demand): Float64Array {
  return now.map((demand, item) => trendOf(demand, ever[item]!))
}
