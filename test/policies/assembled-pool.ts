/** Pools for tests of assembly: items with brands, sellers, margins and stock, and any settings within the schema. */
import fc from 'fast-check'
import { type Assembly, assemblySchema } from '../../src/policies/assembly.ts'
import { type Catalogue, type CatalogueItem, catalogueOf } from '../../src/policies/catalogue.ts'
import type { Ranked, RankRequest } from '../../src/policies/policy.ts'

export const NOW = 1_760_000_000

export function goods(count: number, fields: (item: number) => Partial<CatalogueItem> = () => ({})): Catalogue {
  return catalogueOf(
    Array.from({ length: count }, (_, i) => ({
      ...{ itemNo: i + 1, itemId: `sku-${i + 1}`, title: `Shoe ${i % 5}`, category: `category ${i % 3}`, brand: `brand ${i % 4}` },
      ...{ priceMinor: 1000, marginMinor: null, stock: null, discontinued: false, seller: `seller ${i % 2}` },
      ...fields(i + 1),
    })),
  )
}

/** Items 1 … n, best first, with falling scores. */
export function rankedOf(count: number, scoreOf: (rank: number) => number = (rank) => 1 / rank): Ranked {
  const items = Array.from({ length: count }, (_, i) => i + 1)
  return { items, scores: items.map(scoreOf), why: items.map(() => ({ kind: 'popular' })) }
}

export function asking(catalogue: Catalogue, given: Partial<RankRequest> = {}): RankRequest {
  return { size: 10, history: [], item: null, cart: [], candidates: null, allowed: catalogue.allowed, now: NOW, ...given }
}

export function settingsOf(given: object): Assembly {
  return assemblySchema.parse(given)
}

const COUNT = 60
const cap = fc.option(fc.integer({ min: 1, max: 4 }))
const weight = fc.constantFrom(0, 0.5, 1, 7)
const anyItem = fc.integer({ min: 1, max: COUNT + 5 }).map((item) => `sku-${item}`)

/** Anything a product owner may set. */
export const anySettings: fc.Arbitrary<Assembly> = fc
  .record({
    diversity: fc.constantFrom(0, 0.3, 0.9),
    caps: fc.record({ brand: cap, category: cap, seller: cap }),
    weights: fc.record({
      relevance: fc.constantFrom(0.1, 1),
      profit: weight,
      freshness: weight,
      overstock: weight,
      novelty: weight,
      discovery: weight,
    }),
    sharpness: fc.constantFrom(0, 0.5, 1, 3),
    pins: fc.uniqueArray(fc.record({ itemId: anyItem, rank: fc.integer({ min: 1, max: 12 }) }), {
      maxLength: 4,
      comparator: (a, b) => a.itemId === b.itemId || a.rank === b.rank,
    }),
    boosts: fc.array(
      fc.oneof(
        fc.record({ field: fc.constant('itemId' as const), value: anyItem, factor: fc.constantFrom(0.1, 2, 10) }),
        fc.record({ field: fc.constant('brand' as const), value: fc.constant('brand 1'), factor: fc.constantFrom(0.5, 3) }),
      ),
      { maxLength: 3 },
    ),
  })
  .map(settingsOf)

/** Sixty goods of which much is unknown, some margins are below 0, and some are out of stock. */
export const anyGoods: fc.Arbitrary<Catalogue> = fc
  .array(
    fc.record({
      marginMinor: fc.option(fc.integer({ min: -500, max: 5000 })),
      returnRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      stock: fc.option(fc.nat({ max: 50 })),
      brand: fc.constantFrom('brand 0', 'brand 1', 'brand 2', null),
      addedSeconds: fc.option(fc.integer({ min: NOW - 1e7, max: NOW })),
    }),
    { minLength: COUNT, maxLength: COUNT },
  )
  .map((rows) => goods(COUNT, (item) => rows[item - 1]!))
