import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { kinds } from '../../src/policies/registry.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('bought-together', 'bought-together')
keepsTheContract('bought-together', 'bought-together', { baskets: 0 })

const items = Array.from({ length: 6 }, (_, i) => itemOf(i + 1))
const catalogue = catalogueOf(items)
/** Forty baskets of 1 with 2, forty of 3 with 4; item 5 lies in every other basket, whatever is in it. */
const events = Array.from({ length: 80 }, (_, basket) => {
  const pair = basket % 2 === 0 ? [1, 2] : [3, 4]
  return [...pair, ...(basket % 4 < 2 ? [5] : [])].map((item) => ({ unit: basket, item, weight: 5, seconds: 10_000 * basket }))
}).flat()
const open = (parameters: object) =>
  openOne({ key: 'with', kind: 'bought-together', parameters }, { data: dataOf(events, items, 80), catalogue, rankers: new Map() })

describe('bought-together', () => {
  it('says what goes with the page’s item or the cart, and why', () => {
    const ranker = open({ ridge: 1 })
    expect(ranker.rank(requestFor(catalogue, { item: 1, size: 1 }))).toMatchObject({ items: [2], why: [{ kind: 'because-of', item: 1 }] })
    expect(ranker.rank(requestFor(catalogue, { cart: [4], size: 1 })).items).toEqual([3])
  })

  it('puts what belongs to it before what is everywhere', () => {
    const [first, second] = open({ ridge: 1 }).rank(requestFor(catalogue, { cart: [3] })).scores
    expect(first).toBeGreaterThan(3 * (second ?? 0))
  })

  it('does not care about the history, and has nothing to say without item and cart', () => {
    const ranker = open({})
    expect(ranker.rank(requestFor(catalogue, { history: [1] })).items).toEqual([])
    const asked = requestFor(catalogue, { item: 1 })
    expect(ranker.rank({ ...asked, history: [3, 4] })).toEqual(ranker.rank(asked))
  })

  it('believes small baskets and late ones rather than large and old ones', () => {
    // A strong ridge leaves little but the counts. 1 goes with 2 in forty small baskets, with 6 in fifty large ones; 3 went with 4 long ago, now with 5.
    const year = 365 * 86_400
    const fillers = (n: number) => Array.from({ length: 10 }, (_, k) => 7 + ((13 * n + 7 * k) % 60))
    const rows = [
      ...Array.from({ length: 40 }, (_, n) => ({ items: [1, 2], at: year + n })),
      ...Array.from({ length: 50 }, (_, n) => ({ items: [1, 6, ...fillers(n)], at: year + n })),
      ...Array.from({ length: 50 }, (_, n) => ({ items: [3, 4], at: n })),
      ...Array.from({ length: 40 }, (_, n) => ({ items: [3, 5], at: year + n })),
    ].toSorted((a, b) => a.at - b.at)
    const shop = Array.from({ length: 66 }, (_, i) => itemOf(i + 1))
    const data = dataOf(
      rows.flatMap(({ items: bought, at }, unit) => bought.map((item) => ({ unit, item, weight: 5, seconds: at }))),
      shop,
      rows.length,
    )
    const shelves = catalogueOf(shop)
    const first = (item: number, parameters: object) =>
      openOne(
        { key: 'with', kind: 'bought-together', parameters: { ridge: 1000, text: 0, trend: 0, baskets: 0, ...parameters } },
        { data, catalogue: shelves, rankers: new Map() },
      ).rank(requestFor(shelves, { item, size: 1 })).items[0]
    const plain = { damping: 0, halfLifeDays: 36_500, shoppers: 0 }
    expect([first(1, plain), first(3, plain)]).toEqual([6, 4])
    expect([first(1, { ...plain, damping: 1 }), first(3, { ...plain, halfLifeDays: 240 })]).toEqual([2, 5])
  })

  it('lets what reads alike go together a little, also what never lay in a basket', () => {
    const shop = [
      ...items,
      itemOf(7, { title: 'regency teacup pink', brand: 'porcelain' }),
      itemOf(8, { title: 'regency teacup green', brand: 'porcelain' }),
      itemOf(9, { title: 'spade', brand: null }),
    ]
    const shelves = catalogueOf(shop)
    const with8 = (parameters: object) =>
      openOne(
        { key: 'with', kind: 'bought-together', parameters },
        { data: dataOf(events, shop, 80), catalogue: shelves, rankers: new Map() },
      ).rank(requestFor(shelves, { item: 8 }))
    expect(with8({})).toMatchObject({ items: [7], why: [{ kind: 'because-of', item: 8, share: 1 }] })
    expect(with8({ text: 0 }).items).toEqual([])
    // What the baskets say of 1 and 2 comes before what the texts say.
    const [first] = open({ ridge: 1 }).rank(requestFor(catalogue, { item: 1 })).items
    expect(first).toBe(2)
  })

  it('prefers what is rising among what goes together as much', () => {
    const day = 86_400
    // 1 lies as often with 2, long ago, as with 3, today.
    const rows = [...Array.from({ length: 30 }, (_, n) => [1, 2, n]), ...Array.from({ length: 30 }, (_, n) => [1, 3, 300 * day + n])]
    const data = dataOf(
      rows.flatMap(([a, b, at], unit) => [a!, b!].map((item) => ({ unit, item, weight: 5, seconds: at! }))),
      items,
      rows.length,
    )
    const scores = (parameters: object) => {
      const ranked = openOne(
        { key: 'with', kind: 'bought-together', parameters: { damping: 0, halfLifeDays: 36_500, text: 0, ...parameters } },
        { data, catalogue, rankers: new Map() },
      ).rank(requestFor(catalogue, { item: 1 }))
      return new Map(ranked.items.map((item, k) => [item, ranked.scores[k]!]))
    }
    const [plain, leaning] = [scores({ trend: 0 }), scores({ trend: 1, trendHalfLifeDays: 30 })]
    expect(plain.get(3)! / plain.get(2)!).toBeCloseTo(1, 1)
    // (30 + 1)/(30 + 10) over (.03 + 1)/(30 + 10): after ten half-lives .03 of the thirty are left.
    expect(leaning.get(3)! / leaning.get(2)! / (plain.get(3)! / plain.get(2)!)).toBeCloseTo(31 / (1 + 30 / 2 ** 10), 1)
  })

  it('hears what lay in whole baskets like the cart, where pairs say something else', () => {
    // 4 often lies with 1 and often with 2, never with both; with both lies 3.
    const baskets = Array.from({ length: 72 }, (_, n) => (n % 6 === 0 ? [1, 2, 3] : [1 + (n % 2), 4]))
    const data = dataOf(
      baskets.flatMap((bought, unit) => bought.map((item) => ({ unit, item, weight: 5, seconds: 10_000 * unit }))),
      items,
      baskets.length,
    )
    const ask = (parameters: object) =>
      openOne({ key: 'with', kind: 'bought-together', parameters }, { data, catalogue, rankers: new Map() })
    const cart = requestFor(catalogue, { cart: [1, 2] })
    expect(ask({ baskets: 0 }).rank(cart).items[0]).toBe(4)
    expect(ask({ baskets: 5, basketsPart: 2 }).rank(cart).items).toEqual([3, 4])
    // Most of all baskets are not like the cart, and outvote the few that are once all are asked.
    expect(ask({ baskets: 72, basketsPart: 2 }).rank(cart).items[0]).toBe(4)
  })

  it('hears the same of a page’s item as of a cart with that item alone', () => {
    const ranker = open({})
    const [page, cart] = [ranker.rank(requestFor(catalogue, { item: 5 })), ranker.rank(requestFor(catalogue, { cart: [5] }))]
    expect(page.items).toEqual(cart.items)
    page.scores.forEach((score, rank) => {
      expect(score / cart.scores[rank]!).toBeCloseTo(4, 9)
    })
  })

  it('opens a model without baskets, as an earlier release trained it, and ranks by the ridge alone', () => {
    const data = dataOf(events, items, 80)
    const { train, open: openKind, parameters } = kinds['bought-together']!
    const openWith = (trained: object, given: object) =>
      openKind('with', { bytes: train!(data, parameters.parse(trained), () => undefined), version: '1' }, parameters.parse(given), {
        catalogue,
        ranker: () => undefined,
      })
    const request = requestFor(catalogue, { cart: [1, 5] })
    const earlier = openWith({ baskets: 0 }, {}).rank(request)
    expect(earlier).toEqual(openWith({ baskets: 0 }, { baskets: 0 }).rank(request))
    expect(earlier).toEqual(openWith({}, { baskets: 0 }).rank(request))
    expect(earlier.scores).not.toEqual(openWith({}, {}).rank(request).scores)
  })
})
