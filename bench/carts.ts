/** Requests of cart pages: what lay in one basket of the log, at most fifty items of it, as the cart of a stranger; baskets spread over the whole log. */
import type { Catalogue } from '../src/policies/catalogue.ts'
import { PURCHASE_WEIGHT } from '../src/policies/interaction-weight.ts'
import type { RankRequest, TrainingData } from '../src/policies/policy.ts'
import { visitsOf } from '../src/policies/visits.ts'

const CART_MAX = 50
const GAP_SECONDS = 3600

export interface CartOptions {
  readonly requests: number
  readonly size: number
}

export function cartRequests(data: TrainingData, { allowed }: Catalogue, { requests, size }: CartOptions): readonly RankRequest[] {
  const counts = (weight: number) => weight === PURCHASE_WEIGHT
  const { starts, items } = visitsOf(data, { counts, gapSeconds: GAP_SECONDS, itemsMax: CART_MAX, byBasket: true })
  const baskets = starts.length - 1
  return Array.from({ length: requests }, (_, i) => {
    const basket = Math.floor((i * baskets) / requests)
    const cart = Array.from(items.subarray(starts[basket], starts[basket + 1]))
    return { size, history: [], item: null, cart, now: data.now, seed: i, candidates: null, allowed }
  })
}
