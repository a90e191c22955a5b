/**
 * What each item of a pool is worth to a slate: weighted terms that add up.
 *
 *     pᵢ = purchaseRate·(sᵢ/s₁)^κ            chance of a purchase, from the policy's score
 *     eᵢ = pᵢ·mᵢ·(1 − ρᵢ)                    expected earnings: margin m in minor units, return rate ρ
 *     vᵢ = Σ w·t / Σ w                       relevance pᵢ/p₁ · profit eᵢ/max e · freshness 2^(−age/30 d) · overstock qᵢ/(qᵢ + q̄)
 *     vᵢ·f                                   f the product of the boosts that apply
 *
 * Every term lies in [0, 1] within its pool (profit below 0 when the margin is), so that weights mean the same on every surface. A margin,
 * return rate or stock that nobody knows counts like the mean of the pool: what is unknown is neither rewarded nor punished.
 */
import type { Assembly, Boost, Weights } from './assembly.ts'
import type { Catalogue } from './catalogue.ts'

/** What an item's value is made of; the parts add up to its score. Parts that play no role are left out. */
export interface Terms {
  readonly relevance?: number
  readonly profit?: number
  readonly freshness?: number
  readonly overstock?: number
  readonly boost?: number
  /** ≤ 0: what resembling the items above cost. */
  readonly diversity?: number
}

/** The pool with its values, position by position; position 0 is the policy's best. */
export interface Valued {
  readonly items: readonly number[]
  /** pᵢ/p₁, in [0, 1]. */
  readonly relevance: Float64Array
  /** Expected earnings in minor units; null when no margin in the pool is known. */
  readonly profit: Float64Array | null
  /** vᵢ without boosts, and with them. */
  readonly plain: Float64Array
  readonly boosted: Float64Array
  /** The weighted parts of `plain` by name. */
  readonly parts: Readonly<Partial<Record<keyof Weights, Float64Array>>>
}

const DAY_SECONDS = 86_400
const FRESH_DAYS = 30

export interface Pool {
  readonly items: readonly number[]
  readonly scores: readonly number[]
  readonly catalogue: Catalogue
  /** Seconds since 1970; freshness needs it. */
  readonly now: number
}

/** Values a pool. O(items × boosts). */
export function valuesOf({ items, scores, catalogue, now }: Pool, { weights, purchaseRate, sharpness, boosts }: Assembly): Valued {
  const relevance = relevanceOf(scores, sharpness)
  const profit = profitOf(
    items,
    relevance.map((one) => one * purchaseRate),
    catalogue,
  )
  const parts: Partial<Record<keyof Weights, Float64Array>> = {}
  const total = weights.relevance + weights.profit + weights.freshness + weights.overstock
  const add = (name: keyof Weights, term: () => Float64Array | null): void => {
    const found = weights[name] > 0 ? term() : null
    if (found) parts[name] = found.map((one) => (one * weights[name]) / total)
  }
  add('relevance', () => relevance)
  add('profit', () => profit && scaled(profit))
  add('freshness', () => freshnessOf(items, catalogue, now))
  add('overstock', () => overstockOf(items, catalogue))
  const plain = new Float64Array(items.length)
  for (const part of Object.values(parts)) for (let k = 0; k < plain.length; k++) plain[k]! += part[k]!
  const boosted = boosts.length === 0 ? plain : plain.map((value, k) => value * factorOf(items[k]!, boosts, catalogue))
  return { items, relevance, profit, plain, boosted, parts }
}

/** Scores are best first; what has no positive score has no chance. */
function relevanceOf(scores: readonly number[], sharpness: number): Float64Array {
  const best = scores.reduce((most, score) => Math.max(most, score), 0)
  return Float64Array.from(scores, (score) => (score > 0 ? (score / best) ** sharpness : 0))
}

function profitOf(items: readonly number[], chances: Float64Array, { marginsMinor, returnRates }: Catalogue): Float64Array | null {
  const margins = withMeanForUnknown(items, marginsMinor)
  if (margins === null) return null
  const returns = withMeanForUnknown(items, returnRates)
  return chances.map((chance, k) => chance * margins[k]! * (1 - (returns ? returns[k]! : 0)))
}

/** Divided by the largest, so that the best is 1; all 0 when nothing earns. */
function scaled(profit: Float64Array): Float64Array {
  const most = profit.reduce((largest, one) => Math.max(largest, one), 0)
  return profit.map((one) => (most > 0 ? Math.max(-1, one / most) : 0))
}

function freshnessOf(items: readonly number[], { addedSeconds }: Catalogue, now: number): Float64Array | null {
  const added = withMeanForUnknown(items, addedSeconds)
  return added === null ? null : added.map((seconds) => 2 ** (-Math.max(0, now - seconds) / (FRESH_DAYS * DAY_SECONDS)))
}

function overstockOf(items: readonly number[], { stocks }: Catalogue): Float64Array | null {
  const pieces = withMeanForUnknown(items, stocks)
  if (pieces === null) return null
  const mean = pieces.reduce((sum, one) => sum + one, 0) / pieces.length
  return pieces.map((one) => (one > 0 ? one / (one + mean) : 0))
}

/** A column's values for the pool, unknown ones replaced by the mean of the known; null when none is known. */
function withMeanForUnknown(items: readonly number[], column: Float64Array): Float64Array | null {
  let sum = 0
  let count = 0
  const values = Float64Array.from(items, (item) => {
    const value = column[item] ?? Number.NaN
    if (!Number.isNaN(value)) {
      sum += value
      count++
    }
    return value
  })
  return count === 0 ? null : values.map((value) => (Number.isNaN(value) ? sum / count : value))
}

/** The product of all boosts that apply to an item; 1 when none does. */
export function factorOf(item: number, boosts: readonly Boost[], { ids, brands, categories, sellers }: Catalogue): number {
  let factor = 1
  const columns = { itemId: ids, brand: brands, category: categories, seller: sellers }
  for (const boost of boosts) if (columns[boost.field][item] === boost.value) factor *= boost.factor
  return factor
}
