/**
 * Are there enough units for the mean of a skewed metric to be normal? As far as the moments can tell: they have no Σy³, so the skewness
 * is bounded (`stats/skewness-bounds.ts`), and unknown where values may be negative.
 *
 *     at least g       fewer than 355·g² units in the smallest arm: too few for certain
 *     at most g        (with a cap) more than that: enough for certain
 */
import type { Metric } from '../experiments/metric.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { unitsForSkewness } from '../stats/skewness.ts'
import { skewnessBounds, widestBounds } from '../stats/skewness-bounds.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { MoneyMoments } from './epoch-moments.ts'
import { sumsOfSlot } from './metric-moments.ts'
import type { Skew } from './report-shape.ts'

/** The smallest arm's share of an even split below which arms no longer cancel each other's skew. */
const BALANCED_FROM = 0.8

export interface SkewSource {
  readonly metric: Extract<Metric, { kind: 'mean' }>
  readonly slot: number
  readonly arms: readonly EpochArm[]
  readonly money: readonly MoneyMoments[]
}

export function skewOf({ metric, slot, arms, money }: SkewSource): Skew | Unknown {
  if (mayBeNegative(metric, money)) return unknown('no-information')
  const cap = metric.capMinor === undefined ? {} : { cap: BigInt(metric.capMinor) }
  const bounds = widestBounds(arms.map(({ moments }) => skewnessBounds(sumsOfSlot(moments, slot), cap)))
  if (isUnknown(bounds)) return bounds
  const { atLeast, atMost } = bounds
  const units = arms.map(({ moments }) => Number(moments.units))
  const have = Math.min(...units)
  const even = units.reduce((sum, n) => sum + n, 0) / units.length
  const needAtLeast = Math.ceil(unitsForSkewness(Math.max(atLeast, 0)))
  const needAtMost = atMost === undefined ? undefined : Math.ceil(unitsForSkewness(Math.max(Math.abs(atLeast), Math.abs(atMost))))
  return {
    ...{ kind: 'skew', atLeast, have, needAtLeast, balanced: have >= BALANCED_FROM * even },
    ...(atMost === undefined || needAtMost === undefined ? {} : { atMost, needAtMost }),
    enough: have < needAtLeast ? 'no' : needAtMost !== undefined && have >= needAtMost ? 'yes' : 'unknown',
  }
}

/** What the money tables know the signs of: purchases are taken to be positive, returns are negative. */
const SIGNED = ['purchase', 'return']

/** Counts are never negative, and money is not as long as nothing was sent back; of other values nobody knows. */
function mayBeNegative({ of, currency }: SkewSource['metric'], money: readonly MoneyMoments[]): boolean {
  if (of.aggregate === 'any' || of.aggregate === 'count') return false
  if (of.aggregate === 'quantity' || !of.types.every((type) => SIGNED.includes(type))) return true
  return money.some((row) => row.currency === currency && row.returned !== 0n)
}
