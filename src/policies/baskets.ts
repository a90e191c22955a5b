/**
 * Baskets of the log, and what each of them counts.
 *
 *     v_b ∝ n_b^(−β)·2^(−age_b/H)
 *
 * A large basket says less of each of its pairs, an old one less of what goes together now. The mean of v over all that lay in baskets is 1,
 * so that a ridge means the same whatever β and H are.
 */
import { PURCHASE_WEIGHT } from './interaction-weight.ts'
import type { TrainingData } from './policy.ts'
import { type Visits, visitsOf } from './visits.ts'

export interface BasketDamping {
  /** β. */
  readonly damping: number
  /** H. */
  readonly halfLifeDays: number
}

/** Of a larger basket a sample: resellers would otherwise make most of the pairs. */
const BASKET_MAX = 100
const GAP_SECONDS = 3_600
const DAY_SECONDS = 86_400

/** What was bought together, by basket or within an hour; the latest last. */
export function basketsOf(data: TrainingData): Visits {
  const counts = (weight: number) => weight === PURCHASE_WEIGHT
  return visitsOf(data, { counts, gapSeconds: GAP_SECONDS, itemsMax: BASKET_MAX, byBasket: true })
}

/** v by basket; `now` in seconds since 1970. */
export function basketWeights(
  { starts, items, lastSeconds }: Visits,
  { now, damping, halfLifeDays }: BasketDamping & { readonly now: number },
): Float64Array {
  const sizes = lastSeconds.map((_, basket) => starts[basket + 1]! - starts[basket]!)
  const raw = sizes.map((size, basket) => size ** -damping * 2 ** ((lastSeconds[basket]! - now) / (halfLifeDays * DAY_SECONDS)))
  const total = raw.reduce((sum, weight, basket) => sum + weight * sizes[basket]!, 0)
  return raw.map((weight) => (weight * items.length) / total)
}
