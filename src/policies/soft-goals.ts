/**
 * Soft goals: what a shop wants of a slate besides relevance and profit, each in [0, 1] within its pool.
 *
 *     freshness   2^(−ageᵢ/30 d)             came into the catalogue lately
 *     overstock   qᵢ/(qᵢ + q̄)                many pieces lie in stock
 *     novelty     p̄/(pᵢ + p̄)                 few buy it: p its part of all demand
 *     discovery   new kinds / known kinds     the shopper has never dealt with its category, its brand
 *
 * Bars are means over the pool. Goals are terms of a weighted sum (item-value.ts), not constraints: their weights say how much relevance
 * a shop gives for them, and each slate lists what each of them added. What nobody knows about an item counts like the mean of its pool; a goal
 * of which nothing is known at all (no stock kept, a shopper without history) adds nothing.
 * @see Castells, Hurley & Vargas (2015), Novelty and diversity in recommender systems, doi:10.1007/978-1-4899-7637-6_26
 */
import type { Catalogue } from './catalogue.ts'
import { filledWithMean, withMeanForUnknown } from './pool-column.ts'

export const SOFT_GOALS = ['freshness', 'overstock', 'novelty', 'discovery'] as const
export type SoftGoal = (typeof SOFT_GOALS)[number]

export interface GoalPool {
  readonly items: readonly number[]
  readonly catalogue: Catalogue
  /** Seconds since 1970; freshness needs it. */
  readonly now: number
  /** By item number, what part of all demand it has; null where no policy knows. */
  readonly demand: Float64Array | null
  /** Items that the shopper has dealt with, as far as they may be used. */
  readonly touched: readonly number[]
}

const DAY_SECONDS = 86_400
const FRESH_DAYS = 30

/** The goal for every item of the pool; null when nothing is known of it. */
export function softGoal(goal: SoftGoal, pool: GoalPool): Float64Array | null {
  switch (goal) {
    case 'freshness':
      return freshnessOf(pool)
    case 'overstock':
      return overstockOf(pool)
    case 'novelty':
      return noveltyOf(pool)
    case 'discovery':
      return discoveryOf(pool)
  }
}

function freshnessOf({ items, catalogue, now }: GoalPool): Float64Array | null {
  const added = withMeanForUnknown(items, catalogue.addedSeconds)
  return added === null ? null : added.map((seconds) => 2 ** (-Math.max(0, now - seconds) / (FRESH_DAYS * DAY_SECONDS)))
}

function overstockOf({ items, catalogue }: GoalPool): Float64Array | null {
  const pieces = withMeanForUnknown(items, catalogue.stocks)
  if (pieces === null) return null
  const mean = meanOf(pieces)
  return pieces.map((one) => (one > 0 ? one / (one + mean) : 0))
}

/** What came after the last training has no demand: it is as new as can be. */
function noveltyOf({ items, demand }: GoalPool): Float64Array | null {
  if (demand === null) return null
  const shares = Float64Array.from(items, (item) => demand[item] ?? 0)
  const mean = meanOf(shares)
  return mean > 0 ? shares.map((share) => mean / (share + mean)) : null
}

function discoveryOf({ items, catalogue, touched }: GoalPool): Float64Array | null {
  if (touched.length === 0) return null
  const kinds = [catalogue.categories, catalogue.brands].map((column) => ({ column, known: new Set(touched.map((item) => column[item])) }))
  return filledWithMean(
    Float64Array.from(items, (item) => {
      const told = kinds.filter(({ column }) => column[item])
      return told.length === 0 ? Number.NaN : told.filter(({ column, known }) => !known.has(column[item]!)).length / told.length
    }),
  )
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
