/**
 * Test baskets: of every basket of the test period some items are taken out, one at a time; the rest is the cart.
 *
 * Leave-one-out within baskets: up to TAKEN_OUT_MAX items of each, evenly spread from a place that the seed draws, so that a basket of a
 * reseller counts as much as any other. Baskets of anybody count, known or not; items that could not have been recommended are left out
 * first, and so is a basket of one.
 */
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import type { TrainingData } from '../policies/policy.ts'
import { visitsOf } from '../policies/visits.ts'
import type { Random } from '../stats/random.ts'

export interface TestCart {
  /** Number of the basket, from 0. */
  readonly basket: number
  /** What is left, in the order it was put in. */
  readonly cart: readonly number[]
  readonly takenOut: number
}

const GAP_SECONDS = 3_600
const TAKEN_OUT_MAX = 4

/** The carts of one basket stand next to each other. */
export function testCartsOf(test: TrainingData, sellable: Uint8Array, random: Random): readonly TestCart[] {
  const counts = (weight: number) => weight === PURCHASE_WEIGHT
  const { starts, items } = visitsOf(test, { counts, gapSeconds: GAP_SECONDS, itemsMax: Number.POSITIVE_INFINITY, byBasket: true })
  const carts: TestCart[] = []
  for (let basket = 0; basket + 1 < starts.length; basket++) {
    const sold = Array.from(items.subarray(starts[basket], starts[basket + 1])).filter((item) => sellable[item] === 1)
    if (sold.length < 2) continue
    const times = Math.min(sold.length, TAKEN_OUT_MAX)
    const first = Math.floor(random.uniform() * sold.length)
    for (let time = 0; time < times; time++) {
      const place = (first + Math.floor((time * sold.length) / times)) % sold.length
      carts.push({ basket, cart: sold.toSpliced(place, 1), takenOut: sold[place]! })
    }
  }
  return carts
}
