/** A log written by hand: rows of [shopper, item, day, type], as the tests of the evaluation need it. */
import { type Catalogue, catalogueOf } from '../../src/policies/catalogue.ts'
import { INTERACTION_WEIGHTS } from '../../src/policies/interaction-weight.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { itemOf } from '../policies/planted-shop.ts'

export type LogRow = readonly [shopper: number, item: number, day: number, type?: string]

export const DAY = 86_400

export function logOf(rows: readonly LogRow[], itemCount = 10): TrainingData {
  const ordered = rows.toSorted((a, b) => a[2] - b[2])
  return {
    units: Int32Array.from(ordered, ([shopper]) => shopper),
    items: Int32Array.from(ordered, ([, item]) => item),
    weights: Float32Array.from(ordered, ([, , , type = 'purchase']) => INTERACTION_WEIGHTS[type]!),
    seconds: Float64Array.from(ordered, ([, , day]) => day * DAY),
    unitCount: rows.reduce((most, [shopper]) => Math.max(most, shopper + 1), 0),
    itemCount,
    texts: new Array(itemCount).fill(''),
    categories: new Array(itemCount).fill(null),
    now: (ordered.at(-1)?.[2] ?? 0) * DAY,
  }
}

/** Items 1 … itemCount − 1, each with a price of 100 times its number. */
export function catalogueFor({ itemCount }: Pick<TrainingData, 'itemCount'>): Catalogue {
  return catalogueOf(Array.from({ length: itemCount - 1 }, (_, i) => itemOf(i + 1, { priceMinor: 100 * (i + 1), category: null })))
}
