/** The generated shop as strategies see it: its catalogue and its history as a log, with the numbers of shoppers as pseudonyms. */
import { type Catalogue, catalogueOf } from '../../src/policies/catalogue.ts'
import { INTERACTION_WEIGHTS } from '../../src/policies/interaction-weight.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { textOf } from '../../src/policies/words.ts'
import { LAST_DAY, type SmallShop } from './small-shop.ts'

export interface ShopLog {
  readonly data: TrainingData
  readonly catalogue: Catalogue
  readonly unitKeys: Uint8Array
}

/** Items are numbered from 1, in the order of the products. */
export function shopLogOf({ products, shoppers, events }: SmallShop): ShopLog {
  const catalogue = catalogueOf(
    products.map(({ index, itemId, title, type, brand, priceMinor, marginMinor, stock, discontinued }) => ({
      ...{ itemNo: index + 1, itemId, title, category: type, brand, priceMinor, marginMinor, stock, discontinued },
    })),
  )
  const data = {
    units: Int32Array.from(events, ({ shopper }) => shopper.number),
    items: Int32Array.from(events, ({ product }) => product.index + 1),
    weights: Float32Array.from(events, ({ type }) => INTERACTION_WEIGHTS[type]!),
    seconds: Float64Array.from(events, ({ seconds }) => seconds),
    unitCount: shoppers.length,
    itemCount: products.length + 1,
    texts: ['', ...products.map(({ title, type, brand }) => textOf({ title, category: type, brand }))],
    categories: [null, ...products.map(({ type }) => type)],
    now: (LAST_DAY + 1) * 86_400,
  }
  return { data, catalogue, unitKeys: unitKeysOf(shoppers.length) }
}

export function unitKeysOf(units: number): Uint8Array {
  const keys = new Uint8Array(16 * units)
  for (let unit = 0; unit < units; unit++) new DataView(keys.buffer).setUint32(16 * unit, unit)
  return keys
}
