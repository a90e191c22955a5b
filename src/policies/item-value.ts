/**
 * What each item of a pool is worth to a slate: weighted terms that add up.
 *
 *     pᵢ                                     chance of a purchase (pool-chances.ts): learned, or set by people
 *     eᵢ = pᵢ·mᵢ·(1 − ρᵢ)                    expected earnings: margin m in minor units, return rate ρ
 *     vᵢ = Σ w·t / Σ w                       relevance pᵢ/max p · profit eᵢ/max e · soft goals (soft-goals.ts)
 *     vᵢ·f + e                               f the product of the boosts that apply, e what exposure targets give (exposure-control.ts)
 *
 * Every term lies in [0, 1] within its pool (profit below 0 when the margin is), so that weights mean the same on every surface. A margin,
 * return rate or stock that nobody knows counts like the mean of the pool: what is unknown is neither rewarded nor punished.
 */
import type { Assembly, Boost, Weights } from './assembly.ts'
import type { Calibration } from './calibration.ts'
import type { Catalogue } from './catalogue.ts'
import { type Pressure, pressureOn } from './exposure-control.ts'
import { type PoolChances, poolChances } from './pool-chances.ts'
import { withMeanForUnknown } from './pool-column.ts'
import { type GoalPool, SOFT_GOALS, softGoal } from './soft-goals.ts'

/** What an item's value is made of; the parts add up to its score. Parts that play no role are left out. */
export interface Terms {
  readonly relevance?: number
  readonly profit?: number
  readonly freshness?: number
  readonly overstock?: number
  readonly novelty?: number
  readonly discovery?: number
  readonly boost?: number
  /** What exposure targets gave it. */
  readonly exposure?: number
  /** ≤ 0: what resembling the items above cost. */
  readonly diversity?: number
}

/** The pool with its values, position by position; position 0 is the policy's best. */
export interface Valued {
  readonly items: readonly number[]
  readonly chances: PoolChances
  /** pᵢ/max p, in [0, 1]. */
  readonly relevance: Float64Array
  /** Expected earnings in minor units; null when no margin in the pool is known. */
  readonly profit: Float64Array | null
  /** vᵢ without boosts and exposure targets, and with them. */
  readonly plain: Float64Array
  /** The product of the boosts that apply; null without boosts. */
  readonly factors: Float64Array | null
  /** What exposure targets add; null without them. */
  readonly lift: Float64Array | null
  readonly boosted: Float64Array
  /** The weighted parts of `plain` by name. */
  readonly parts: Readonly<Partial<Record<keyof Weights, Float64Array>>>
}

export interface Pool extends GoalPool {
  readonly scores: readonly number[]
  readonly pressures: readonly Pressure[]
  /** Of the policy whose pool it is; null where nothing was learned. */
  readonly calibration: Calibration | null
}

/** Values a pool. O(items × boosts). */
export function valuesOf(pool: Pool, settings: Assembly): Valued {
  const { weights, boosts } = settings
  const { items, scores, catalogue, pressures } = pool
  const chances = poolChances(scores, pool.calibration, settings)
  const relevance = toLargest(chances.chances)
  const profit = profitOf(items, chances.chances, catalogue)
  const parts: Partial<Record<keyof Weights, Float64Array>> = {}
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  const add = (name: keyof Weights, term: () => Float64Array | null): void => {
    const found = weights[name] > 0 ? term() : null
    if (found) parts[name] = found.map((one) => (one * weights[name]) / total)
  }
  add('relevance', () => relevance)
  add('profit', () => profit && scaled(profit))
  for (const goal of SOFT_GOALS) add(goal, () => softGoal(goal, pool))
  const plain = new Float64Array(items.length)
  for (const part of Object.values(parts)) for (let k = 0; k < plain.length; k++) plain[k]! += part[k]!
  const lift = pressures.length === 0 ? null : Float64Array.from(items, (item) => pressureOn(item, pressures, catalogue))
  const factors = boosts.length === 0 ? null : Float64Array.from(items, (item) => factorOf(item, boosts, catalogue))
  const boosted = factors || lift ? plain.map((value, k) => value * (factors ? factors[k]! : 1) + (lift ? lift[k]! : 0)) : plain
  return { items, chances, relevance, profit, plain, factors, lift, boosted, parts }
}

/** Beside the largest chance; all 0 where nothing has a chance. */
function toLargest(chances: Float64Array): Float64Array {
  const most = chances.reduce((largest, chance) => Math.max(largest, chance), 0)
  return chances.map((chance) => (most > 0 ? chance / most : 0))
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

/** The product of all boosts that apply to an item; 1 when none does. */
export function factorOf(item: number, boosts: readonly Boost[], { ids, brands, categories, sellers }: Catalogue): number {
  let factor = 1
  const columns = { itemId: ids, brand: brands, category: categories, seller: sellers }
  for (const boost of boosts) if (columns[boost.field][item] === boost.value) factor *= boost.factor
  return factor
}
