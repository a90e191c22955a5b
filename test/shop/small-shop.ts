import { catalogueOf, type Product } from '../../src/shop/catalogue.ts'
import { historyOf, type Past, type PastEvent } from '../../src/shop/history.ts'
import { type Shopper, shopperOf } from '../../src/shop/shoppers.ts'

/** A shop of a size for tests: eight weeks that end on Sunday, 2026-11-15. */

const WEEKS = 8
export const LAST_DAY = Date.UTC(2026, 10, 15) / 86_400_000
export const SPAN = { firstDay: LAST_DAY - 7 * WEEKS + 1, lastDay: LAST_DAY }

export interface SmallShop {
  readonly products: readonly Product[]
  readonly shoppers: readonly Shopper[]
  readonly past: Past
  readonly events: readonly PastEvent[]
}

export function smallShop(seed: number, size = { products: 160, shoppers: 800 }): SmallShop {
  const products = catalogueOf(seed, { ...SPAN, products: size.products })
  const shoppers = Array.from({ length: size.shoppers }, (_, number) => shopperOf(seed, number))
  const past = { seed, products, shoppers, ...SPAN }
  return { products, shoppers, past, events: [...historyOf(past)] }
}
