/** The shop of a demo: settled at its first opening, remembered in the data folder, the same at every later one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { catalogueOf, type Product } from '../../shop/catalogue.ts'
import type { Past } from '../../shop/history.ts'
import { type Shopper, shopperOf } from '../../shop/shoppers.ts'

const settingsSchema = z.strictObject({
  seed: z.number().int(),
  products: z.number().int().positive(),
  shoppers: z.number().int().positive(),
  currency: z.string().length(3),
  /** The last day of the history, counted from 1970. */
  lastDay: z.number().int(),
  /** Whether catalogue and history are in the database. */
  filled: z.boolean(),
})
export type ShopSettings = Readonly<z.output<typeof settingsSchema>>

export interface DemoShop {
  readonly settings: ShopSettings
  readonly products: readonly Product[]
  /** Those whom the history knows. */
  readonly shoppers: readonly Shopper[]
  readonly past: Past
  product(itemId: string): Product | null
  /** A shopper by number; from `shoppers.length` on it is a newcomer. */
  shopper(number: number): Shopper
}

export const HISTORY_WEEKS = 8
const FILE = 'demo-shop.json'

/** What the folder remembers; null before the first opening. Throws a sentence when somebody has changed it so that it means nothing. */
export function readShop(folder: string): ShopSettings | null {
  const path = join(folder, FILE)
  if (!existsSync(path)) return null
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new Error(`${path} does not describe a demo shop. Give the demo another CROUPIER_DATA_DIR, or remove that folder.`)
  }
}

export function rememberShop(folder: string, settings: ShopSettings): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(settings, null, 2)}\n`)
}

/** Everything follows from the settings. */
export function shopOf(settings: ShopSettings): DemoShop {
  const { seed, lastDay } = settings
  const span = { products: settings.products, firstDay: lastDay - 7 * HISTORY_WEEKS + 1, lastDay }
  const products = catalogueOf(seed, span)
  const shoppers = Array.from({ length: settings.shoppers }, (_, number) => shopperOf(seed, number))
  const byId = new Map(products.map((product) => [product.itemId, product]))
  return {
    settings,
    products,
    shoppers,
    past: { seed, products, shoppers, firstDay: span.firstDay, lastDay },
    product: (itemId) => byId.get(itemId) ?? null,
    shopper: (number) => shoppers[number] ?? shopperOf(seed, number),
  }
}
