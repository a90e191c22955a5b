/**
 * Baskets as rows of a matrix, each with a weight; and beside them what each shopper bought over time.
 *
 *     G = Σ_b v_b·1_b·1_bᵀ + τ·Σ_s n_s^(−β)·1_s·1_sᵀ
 *
 * b a basket of n_b items, v what it counts (baskets.ts), s the latest n_s ≤ 200 items of a shopper: what somebody buys one day and another says
 * something, too.
 */
import { type BasketDamping, basketWeights } from './baskets.ts'
import { PURCHASE_WEIGHT } from './interaction-weight.ts'
import type { TrainingData } from './policy.ts'
import { rowsByUnit } from './rows-by-unit.ts'
import type { Rows } from './sparse.ts'
import type { Visits } from './visits.ts'

export interface RowWeights extends BasketDamping {
  /** τ. */
  readonly shoppers: number
}

const SHOPPER_MAX = 200
/** Σ n_s² over shoppers; bounds time and memory, as it does for collaborative. */
const PAIR_VISITS_MAX = 200e6

/** Rows with ascending items, √weight in every place. */
export function basketRows(data: TrainingData, baskets: Visits, { shoppers, ...damping }: RowWeights): Rows {
  const weights = basketWeights(baskets, { now: data.now, ...damping })
  const rows = Array.from(weights, (weight, basket) => ({
    items: baskets.items.slice(baskets.starts[basket], baskets.starts[basket + 1]),
    weight,
  }))
  for (const items of shoppers > 0 ? shopperItems(data) : []) rows.push({ items, weight: shoppers * items.length ** -damping.damping })
  return packed(rows)
}

/** What each shopper bought, the latest first; shortened until the pairs can be counted within the bound. */
function shopperItems(data: TrainingData): readonly Int32Array<ArrayBuffer>[] {
  const { starts, rows } = rowsByUnit(data)
  const all: Int32Array<ArrayBuffer>[] = []
  for (let unit = 0; unit < data.unitCount; unit++) {
    const bought = new Set<number>()
    for (let k = starts[unit + 1]! - 1; k >= starts[unit]! && bought.size < SHOPPER_MAX; k--)
      if (data.weights[rows[k]!] === PURCHASE_WEIGHT) bought.add(data.items[rows[k]!]!)
    if (bought.size > 1) all.push(Int32Array.from(bought))
  }
  let most = SHOPPER_MAX
  while (most > 2 && all.reduce((visits, { length }) => visits + Math.min(length, most) ** 2, 0) > PAIR_VISITS_MAX)
    most = Math.ceil(most / 2)
  return all.map((items) => items.slice(0, most))
}

function packed(rows: readonly { readonly items: Int32Array; readonly weight: number }[]): Rows {
  const starts = new Int32Array(rows.length + 1)
  rows.forEach(({ items }, row) => {
    starts[row + 1] = starts[row]! + items.length
  })
  const columns = new Int32Array(starts[rows.length]!)
  const values = new Float32Array(columns.length)
  rows.forEach(({ items, weight }, row) => {
    columns.set(items.sort(), starts[row])
    values.fill(Math.sqrt(weight), starts[row], starts[row + 1])
  })
  return { starts, columns, values }
}
