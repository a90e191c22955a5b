import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { seededPolicies } from '../../src/policies/definition.ts'
import { INTERACTION_WEIGHTS } from '../../src/policies/interaction-weight.ts'
import type { Ranker } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { textOf } from '../../src/policies/words.ts'
import { reactTo } from '../../src/shop/behaviour.ts'
import { randomOf } from '../../src/stats/random.ts'
import { LAST_DAY, smallShop } from './small-shop.ts'

/** Whether the shop rewards good policies: trained on its history, they are let loose on its shoppers. */

const { products, shoppers, events } = smallShop(5)
const VISITS = 16_000

describe('the worth of a policy in the generated shop', () => {
  it('is greater for those that know the shopper than for popularity, and greater for hybrid than for content', () => {
    const rankers = trained()
    const [popularity, content, hybrid] = ['popularity', 'content', 'hybrid'].map((key) => purchasesOf(rankers.get(key)!))
    // Some 5 % of 16,000 visits buy: one standard deviation of a difference is about 40.
    expect(content).toBeGreaterThan(popularity! + 200)
    expect(hybrid).toBeGreaterThan(content! + 40)
  })
})

function trained(): ReadonlyMap<string, Ranker> {
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
  const rankers = new Map<string, Ranker>()
  for (const { key, kind, parameters } of seededPolicies) {
    const bytes = kinds[kind]!.train!(data, parameters, () => undefined)
    rankers.set(key, kinds[kind]!.open(key, { bytes, version: key }, parameters, { catalogue, ranker: (other) => rankers.get(other) }))
  }
  return rankers
}

function purchasesOf(ranker: Ranker): number {
  const allowed = Uint8Array.from([0, ...products.map(({ discontinued, stock }) => (discontinued || stock === 0 ? 0 : 1))])
  const slates = shoppers.map(({ number }) => {
    const history = [
      ...new Set(events.filter(({ shopper }) => shopper.number === number).map(({ product }) => product.index + 1)),
    ].reverse()
    const { items } = ranker.rank({ size: 10, history, item: null, cart: [], candidates: null, allowed })
    return items.map((item) => products[item - 1]!)
  })
  const random = randomOf(9)
  return Array.from({ length: VISITS }, (_, i) => i % shoppers.length).filter((i) =>
    reactTo(shoppers[i]!, slates[i]!, random, { day: LAST_DAY + 1 }).some(({ type }) => type === 'purchase'),
  ).length
}
