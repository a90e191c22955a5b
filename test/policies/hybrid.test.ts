import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import type { Ranked, Ranker } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { keepsTheContract } from './contract.ts'
import { openAll, openOne, requestFor } from './opened.ts'
import { dataOf, itemOf, plantedShop } from './planted-shop.ts'

keepsTheContract('hybrid', 'hybrid')

const shop = plantedShop(7)
const rankers = openAll(shop.data, shop.catalogue)
const hybrid = rankers.get('hybrid')!
const known = shop.shoppers.find(({ history }) => history.length > 5)!.history

/** A hybrid of some of the policies above. */
function fusionOf(parameters: object): Ranker {
  return openOne({ key: 'mine', kind: 'hybrid', parameters }, { ...shop, rankers })
}

describe('hybrid', () => {
  it('serves a stranger what is popular', () => {
    const stranger = requestFor(shop.catalogue)
    expect(hybrid.rank(stranger).items).toEqual(rankers.get('popularity')!.rank(stranger).items)
    expect(hybrid.rank({ ...stranger, size: 100 }).items).toHaveLength(100)
    expect(hybrid.rank(stranger).why.every(({ kind }) => kind === 'popular')).toBe(true)
  })

  it('gives the reason of the part that voted most', () => {
    const { why } = hybrid.rank(requestFor(shop.catalogue, { history: known }))
    expect(new Set(why.map(({ kind }) => kind))).toContain('because-of')
  })

  it('leaves out what the shopper had, unless it may repeat', () => {
    const request = requestFor(shop.catalogue, { history: known, size: 100 })
    expect(hybrid.rank(request).items.filter((item) => known.includes(item))).toEqual([])
    expect(
      fusionOf({ repeat: true })
        .rank(request)
        .items.filter((item) => known.includes(item)),
    ).not.toEqual([])
  })

  it('adds up the votes of its parts: weight over offset and rank', () => {
    const fused = fusionOf({
      offset: 10,
      trend: 0,
      parts: [
        { policy: 'collaborative', weight: 2 },
        { policy: 'content', weight: 1 },
      ],
    })
    const request = requestFor(shop.catalogue, { history: known })
    const rankIn = (key: string, item: number) =>
      rankers
        .get(key)!
        .rank({ ...request, size: 50 })
        .items.indexOf(item) + 1
    const votes = (item: number) => {
      const [first, second] = [rankIn('collaborative', item), rankIn('content', item)]
      return (first > 0 ? 2 / (10 + first) : 0) + (second > 0 ? 1 / (10 + second) : 0)
    }
    const { items, scores } = fused.rank(request)
    expect(items.length).toBe(10)
    for (const [i, item] of items.entries()) expect(scores[i]).toBeCloseTo(votes(item), 12)
  })

  it('leans towards what is on the rise', () => {
    const DAY = 86_400
    const items = [1, 2, 3].map((item) => itemOf(item, { discontinued: false }))
    const catalogue = catalogueOf(items)
    const pair = (unit: number, item: number, day: number) => [1, item].map((each) => ({ unit, item: each, weight: 5, seconds: day * DAY }))
    // Item 2 went with item 1 more often, and long ago; item 3 less often, and lately.
    const events = [
      ...Array.from({ length: 30 }, (_, i) => pair(i, 2, 1)),
      ...Array.from({ length: 20 }, (_, i) => pair(30 + i, 3, 100)),
    ].flat()
    const data = dataOf(events, items, 50)
    const around = { data, catalogue, rankers: openAll(data, catalogue) }
    const order = (trend: number) =>
      openOne({ key: 'mine', kind: 'hybrid', parameters: { trend, parts: [{ policy: 'collaborative', weight: 1 }] } }, around).rank(
        requestFor(catalogue, { item: 1 }),
      ).items
    expect(order(0)).toEqual([2, 3])
    expect(order(1.25)).toEqual([3, 2])
  })

  it('names the versions of its parts in its own, and does without parts that are not ready', () => {
    expect(hybrid.modelVersion).toBe('hybrid-1+collaborative-1+content-1+popularity-1')
    const { modelVersion, rank } = fusionOf({
      parts: [
        { policy: 'popularity', weight: 1 },
        { policy: 'unheard-of', weight: 1 },
      ],
    })
    expect(modelVersion).toBe('mine-1+popularity-1')
    expect(rank(requestFor(shop.catalogue)).items).toHaveLength(10)
  })

  it('lets what came after training in: who can read a newcomer speaks for those that learned before it came', () => {
    const size = shop.catalogue.size
    const newcomer = itemOf(size, {
      title: shop.catalogue.titles[known[0]!]!,
      category: shop.catalogue.categories[known[0]!]!,
      discontinued: false,
    })
    const catalogue = catalogueOf([...shop.items, newcomer])
    const mine = openOne(
      { key: 'mine', kind: 'hybrid', parameters: { trend: 0 } },
      { ...shop, catalogue, rankers: openAll(shop.data, catalogue) },
    )
    const { items, why } = mine.rank(requestFor(catalogue, { history: known }))
    expect(items).toContain(size)
    expect(why[items.indexOf(size)]!.kind).toBe('similar')
    expect(mine.rank(requestFor(catalogue, { item: size })).why[0]!.kind).toBe('similar')
  })

  it('says which policies it needs', () => {
    const kind = kinds.hybrid!
    expect(kind.needs!(kind.parameters.parse({}))).toEqual(['collaborative', 'content', 'popularity'])
  })

  it('keeps its parts undisturbed: they rank the same before and after', () => {
    const request = requestFor(shop.catalogue, { history: known })
    const alone = (): Ranked[] => ['collaborative', 'content', 'popularity'].map((key) => rankers.get(key)!.rank(request))
    const before = alone()
    hybrid.rank(request)
    expect(alone()).toEqual(before)
  })
})
