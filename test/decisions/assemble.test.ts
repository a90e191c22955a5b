import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Assembled, assemble } from '../../src/decisions/assemble.ts'
import { type Assembly, CAPPED, isPlain } from '../../src/policies/assembly.ts'
import { type Calibration, chanceOf } from '../../src/policies/calibration.ts'
import type { Catalogue } from '../../src/policies/catalogue.ts'
import type { Pressure } from '../../src/policies/exposure-control.ts'
import type { Ranked, RankRequest } from '../../src/policies/policy.ts'
import { anyGoods, anySettings, asking, goods, NOW, rankedOf, settingsOf } from '../policies/assembled-pool.ts'
import { learned } from '../policies/learned.ts'

function slateOf(
  catalogue: Catalogue,
  given: object,
  {
    ranked = rankedOf(catalogue.size - 1),
    request = asking(catalogue),
    demand = null as Float64Array | null,
    pressures = [] as readonly Pressure[],
    calibration = null as Calibration | null,
  } = {},
): Assembled {
  return assemble(ranked, { request, settings: settingsOf(given), catalogue, demand, pressures, calibration })
}
const lawful = fc.record({ catalogue: anyGoods, settings: anySettings, size: fc.integer({ min: 1, max: 15 }) })
/** What a policy hands over: allowed items only. */
const rankedIn = ({ shown }: Catalogue): Ranked => {
  const items = shown.slice(0, 50)
  return { items, scores: items.map((_, i) => 1 / (i + 1)), why: items.map(() => ({ kind: 'popular' as const })) }
}
const about = (catalogue: Catalogue, size: number) => ({
  ...{ request: asking(catalogue, { size, history: [1, 5] }), catalogue },
  pressures: [{ field: 'brand', value: 'brand 1', pressure: 0.3 }] as const,
  demand: Float64Array.from({ length: catalogue.size }, (_, item) => 1 / (1 + item)),
  calibration: null,
})
const column = (catalogue: Catalogue, field: (typeof CAPPED)[number]) =>
  ({ brand: catalogue.brands, category: catalogue.categories, seller: catalogue.sellers })[field]

describe('assembly', () => {
  it('changes nothing by default', () => {
    expect(isPlain(settingsOf({}))).toBe(true)
    const catalogue = goods(20)
    expect(slateOf(catalogue, {}).items).toEqual(rankedOf(10).items)
    expect(slateOf(catalogue, {}).rules).toBeNull()
  })

  it('shows each item once, only what may be shown, as many as asked for unless caps forbid it', () => {
    fc.assert(
      fc.property(lawful, ({ catalogue, settings, size }) => {
        const { items, scores, why, terms } = assemble(rankedIn(catalogue), { ...about(catalogue, size), settings })
        expect(new Set(items).size).toBe(items.length)
        expect([scores.length, why.length, terms.length]).toEqual([items.length, items.length, items.length])
        for (const item of items) expect(catalogue.allowed[item]).toBe(1)
        const isCapped = CAPPED.some((field) => settings.caps[field] !== null)
        if (!isCapped && settings.pins.length === 0) expect(items.length).toBe(Math.min(size, catalogue.shown.length))
        expect(items.length).toBeLessThanOrEqual(size)
      }),
    )
  })

  it('explains every score by terms that add up to it', () => {
    fc.assert(
      fc.property(lawful, ({ catalogue, settings, size }) => {
        const { scores, terms } = assemble(rankedIn(catalogue), { ...about(catalogue, size), settings })
        terms.forEach((parts, i) => {
          const sum = Object.values(parts).reduce((total: number, part) => total + part!, 0)
          expect(sum).toBeCloseTo(scores[i]!, 12)
          expect(Number.isFinite(sum)).toBe(true)
        })
      }),
    )
  })

  it('never breaks a cap but by a pin', () => {
    fc.assert(
      fc.property(lawful, ({ catalogue, settings, size }) => {
        const { items, rules } = assemble(rankedIn(catalogue), { ...about(catalogue, size), settings })
        const pinned = new Set(rules?.pins.map(({ item }) => item))
        for (const field of CAPPED) {
          const counts = new Map<string, number>()
          for (const item of items) {
            const value = column(catalogue, field)[item]
            if (!value) continue
            counts.set(value, (counts.get(value) ?? 0) + 1)
            if (!pinned.has(item) && pinned.size === 0 && settings.caps[field] !== null)
              expect(counts.get(value)).toBeLessThanOrEqual(settings.caps[field])
          }
        }
      }),
    )
  })

  it('gives places with scores that never rise, unless something is pinned', () => {
    fc.assert(
      fc.property(lawful, ({ catalogue, settings, size }) => {
        const unpinned: Assembly = { ...settings, pins: [] }
        const { scores } = assemble(rankedIn(catalogue), { ...about(catalogue, size), settings: unpinned })
        for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeLessThanOrEqual(scores[i - 1]! + 1e-12)
      }),
    )
  })

  it('is the same for the same request', () => {
    fc.assert(
      fc.property(lawful, ({ catalogue, settings, size }) => {
        const again = () => assemble(rankedIn(catalogue), { ...about(catalogue, size), settings })
        expect(again()).toEqual(again())
      }),
    )
  })
})

describe('the value of an item', () => {
  const earning = goods(6, (item) => ({ marginMinor: item === 3 ? 9000 : 1000, returnRate: item === 5 ? 0.9 : 0 }))

  it('weighs what an item earns: chance × margin × (1 − return rate)', () => {
    const { items, terms } = slateOf(earning, { weights: { relevance: 0, profit: 1 } }, { request: asking(earning, { size: 6 }) })
    // Scores 1, 1/2, 1/3, 1/4, 1/5, 1/6 times 1000, 1000, 9000, 1000, 100, 1000.
    expect(items).toEqual([3, 1, 2, 4, 6, 5])
    expect(terms[0]).toEqual({ profit: 1 })
    expect(terms[1]!.profit).toBeCloseTo(1000 / 3000, 12)
    expect(terms[5]!.profit).toBeCloseTo((0.2 * 1000 * 0.1) / 3000, 12)
  })

  it('moves with its weights', () => {
    const firstWith = (profit: number) => slateOf(earning, { weights: { relevance: 1, profit } }).items[0]
    expect(firstWith(0)).toBe(1)
    expect(firstWith(100)).toBe(3)
  })

  it('takes an unknown margin for the mean of the pool, and no margins at all for nothing to go by', () => {
    const half = goods(4, (item) => ({ marginMinor: item === 4 ? null : 1000 }))
    expect(
      slateOf(half, { weights: { relevance: 0, profit: 1 } }, { ranked: rankedOf(4, () => 1) }).terms.map(({ profit }) => profit),
    ).toEqual([1, 1, 1, 1])
    expect(slateOf(goods(4), { weights: { relevance: 0.5, profit: 1 } }).items).toEqual([1, 2, 3, 4])
  })

  it('can lean towards what is new and what lies in stock', () => {
    const shelf = goods(4, (item) => ({ addedSeconds: NOW - (item === 4 ? 0 : 90) * 86_400, stock: item === 2 ? 900 : 1 }))
    expect(slateOf(shelf, { weights: { relevance: 0.1, freshness: 5 } }).items[0]).toBe(4)
    expect(slateOf(shelf, { weights: { relevance: 0.1, overstock: 5 } }).items[0]).toBe(2)
  })

  it('can lean towards what few buy, by how few', () => {
    const shelf = goods(3)
    const demand = Float64Array.of(0, 0.6, 0.3, 0)
    const { items, terms } = slateOf(shelf, { weights: { relevance: 0, novelty: 1 } }, { request: asking(shelf, { size: 3 }), demand })
    expect(items).toEqual([3, 2, 1])
    // The mean of the pool is .3.
    terms.forEach(({ novelty }, place) => {
      expect(novelty).toBeCloseTo([1, 0.5, 1 / 3][place]!, 12)
    })
    expect(slateOf(shelf, { weights: { relevance: 0.1, novelty: 5 } }).terms[0]).not.toHaveProperty('novelty')
  })

  it('can lean towards categories and brands that the shopper has never dealt with', () => {
    // Categories come in threes, brands in fours: of item 1 the shopper knows category 0 and brand 0.
    const shelf = goods(5, (item) => (item === 4 ? { brand: null } : {}))
    const request = asking(shelf, { size: 5, history: [1] })
    const { items, terms } = slateOf(shelf, { weights: { relevance: 0, discovery: 1 } }, { request })
    expect(Object.fromEntries(items.map((item, place) => [item, terms[place]!.discovery]))).toEqual({ 1: 0, 2: 1, 3: 1, 4: 0, 5: 0.5 })
    const stranger = slateOf(shelf, { weights: { relevance: 0.1, discovery: 5 } })
    expect(stranger.items[0]).toBe(1)
    expect(stranger.terms[0]).not.toHaveProperty('discovery')
  })
})

describe('the chance of an item', () => {
  const shop = goods(60, () => ({ marginMinor: 1000 }))
  const calibration = learned('own')
  const money = { weights: { relevance: 0, profit: 1 } }
  const ask = (size = 4) => ({ request: asking(shop, { size }) })

  it('is what was learned of the policy, else what people set, and says so', () => {
    const by = (known: Calibration | null, given: object = money) => slateOf(shop, given, { ...ask(), calibration: known }).chances
    expect(by(calibration)).toMatchObject({ by: 'learned', calibration: 'own' })
    expect(by(calibration).items).toEqual([1, 2, 3, 4].map((rank) => chanceOf(calibration, { rank, score: 1 / rank, best: 1 })))
    expect(by(null)).toMatchObject({ by: 'settings', calibration: null })
    expect(by(null).items.map((one) => one / 0.02)).toEqual([1, 1 / 2, 1 / 3, 1 / 4].map((one) => expect.closeTo(one, 12)))
    expect(by(calibration, { ...money, chances: 'settings' })).toMatchObject({ by: 'settings', calibration: null })
  })

  it('makes the money of a slate: what it is worth moves with what was learned', () => {
    const uneven = goods(60, (item) => ({ marginMinor: item === 2 ? 1100 : 1000 }))
    const first = (known: Calibration) => slateOf(uneven, money, { request: asking(uneven, { size: 4 }), calibration: known }).items[0]
    const at = [-Math.log(50), -Math.log(2), 0]
    expect(first(learned('steep', { at, chances: [0.001, 0.002, 0.05] }))).toBe(1)
    expect(first(learned('flat', { at, chances: [0.001, 0.0499, 0.05] }))).toBe(2)
  })

  it('by rank does not mind how far apart the scores are', () => {
    const slates = [(rank: number) => 1 / rank, (rank: number) => 1000 - rank, (rank: number) => 2 ** -rank].map((scoreOf) =>
      slateOf(shop, money, { ...ask(), calibration, ranked: rankedOf(50, scoreOf) }),
    )
    for (const slate of slates) expect(slate.chances).toEqual(slates[0]!.chances)
  })

  it('is 0 where the policy gives no score, as to a pin from outside the pool', () => {
    const { items, chances } = slateOf(shop, { pins: [{ itemId: 'sku-55', rank: 1 }] }, { ...ask(), ranked: rankedOf(20), calibration })
    expect([items[0], chances.items[0]]).toEqual([55, 0])
  })

  it('of a surface from before chances were learned is the learned one', () => {
    const { chances: _, ...stored } = settingsOf(money)
    const { by } = assemble(rankedOf(20), { ...about(shop, 4), settings: stored as Assembly, calibration }).chances
    expect(by).toBe('learned')
  })
})

describe('diversity', () => {
  const twins = goods(6, (item) => ({ title: item <= 3 ? 'red trail shoe' : `blue sandal ${item}`, brand: null, category: null }))

  it('passes over what resembles the items above', () => {
    expect(slateOf(twins, {}, { ranked: rankedOf(6, (rank) => 1 - rank / 100) }).items.slice(0, 2)).toEqual([1, 2])
    const { items, terms } = slateOf(twins, { diversity: 0.3 }, { ranked: rankedOf(6, (rank) => 1 - rank / 100) })
    expect(items.slice(0, 2)).toEqual([1, 4])
    expect(terms[0]!.diversity).toBeCloseTo(0, 12)
    expect(terms.at(-1)!.diversity).toBeLessThan(-0.1)
  })
})

describe('rules', () => {
  const shop = goods(12, () => ({ marginMinor: 1000 }))
  const ask = (given: Partial<RankRequest> = {}) => ({ request: asking(shop, { size: 4, ...given }) })

  it('pin an item to its place, say so, and tell what it cost', () => {
    const { items, why, rules } = slateOf(shop, { pins: [{ itemId: 'sku-11', rank: 1 }] }, ask())
    expect(items).toEqual([11, 1, 2, 3])
    expect(why[0]).toEqual({ kind: 'rule', rule: 'pin' })
    expect(rules!.pins).toEqual([{ item: 11, rank: 1 }])
    const discount = (rank: number) => 1 / Math.log2(1 + rank)
    const free = discount(1) + discount(2) / 2 + discount(3) / 3 + discount(4) / 4
    const pinned = discount(1) / 11 + discount(2) + discount(3) / 2 + discount(4) / 3
    expect(rules!.price.quality).toBeCloseTo(1 - pinned / free, 12)
    // 2 % of the first are bought, 1000 are earned with each.
    expect(rules!.price.moneyMinor).toBeCloseTo(20 * (free - pinned), 9)
  })

  it('lift and hold down by a factor', () => {
    const { items, rules, terms } = slateOf(shop, { boosts: [{ field: 'itemId', value: 'sku-4', factor: 100 }] }, ask())
    expect(items).toEqual([4, 1, 2, 3])
    expect(rules).toMatchObject({ pins: [], boosts: [{ item: 4, factor: 100 }] })
    expect(terms[0]!.boost).toBeCloseTo(0.25 * 99, 12)
    expect(slateOf(shop, { boosts: [{ field: 'brand', value: 'brand 0', factor: 0.01 }] }, ask()).items).toEqual([2, 3, 4, 6])
  })

  it('cost nothing where they change nothing, and are not known where no margin is', () => {
    expect(slateOf(shop, { pins: [{ itemId: 'sku-1', rank: 1 }] }, ask()).rules!.price).toEqual({ quality: 0, moneyMinor: 0 })
    const poor = goods(12)
    const { rules } = slateOf(poor, { pins: [{ itemId: 'sku-9', rank: 1 }] }, { request: asking(poor, { size: 4 }) })
    expect(rules!.price.moneyMinor).toBeNull()
  })

  it('never show what is not allowed, not a candidate, on the page or in the cart', () => {
    const pin = { pins: [{ itemId: 'sku-9', rank: 1 }] }
    const allowed = Uint8Array.from(shop.allowed, (one, item) => (item === 9 ? 0 : one))
    const ranked = rankedOf(8)
    for (const given of [{ allowed }, { candidates: [1, 2, 3] }, { item: 9 }, { cart: [9] }])
      expect(slateOf(shop, pin, { ...ask(given), ranked }).items).not.toContain(9)
    expect(slateOf(shop, pin, { ...ask({ candidates: [1, 9] }), ranked }).items[0]).toBe(9)
  })

  it('give what exposure targets give, say so beside the score, and tell what it cost', () => {
    const pressures = [{ field: 'seller', value: 'seller 1', pressure: 0.6 }] as const
    const { items, terms, rules } = slateOf(shop, {}, { ...ask(), pressures })
    // Even items are of seller 1: .5 + .6, .25 + .6, … beside 1 and 1/3.
    expect(items).toEqual([2, 1, 4, 6])
    expect(terms[0]).toEqual({ relevance: 0.5, exposure: 0.6 })
    expect(rules).toMatchObject({ pins: [], boosts: [], exposure: [2, 4, 6].map((item) => ({ item, pressure: 0.6 })) })
    expect(rules!.price.quality).toBeGreaterThan(0)
    expect(slateOf(shop, {}, ask()).rules).toBeNull()
  })
})
