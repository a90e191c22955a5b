import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keepsTheContract } from './contract.ts'
import { openAll, openOne, requestFor } from './opened.ts'
import { clusterOf, dataOf, itemOf, plantedShop } from './planted-shop.ts'

keepsTheContract('collaborative', 'collaborative')
keepsTheContract('collaborative', 'collaborative', { algorithm: 'ials', factors: 8, iterations: 3 })

const items = [1, 2, 3, 4, 5, 6].map((item) => itemOf(item, { discontinued: false }))
const catalogue = catalogueOf(items)

/** A ranker after baskets, each a shopper's. */
function rankerAfter(baskets: readonly (readonly number[])[], parameters: object = {}) {
  const events = baskets.flatMap((basket, unit) => basket.map((item) => ({ unit, item, weight: 5, seconds: unit })))
  const policy = { key: 'collaborative', kind: 'collaborative', parameters: { ridge: 1, ...parameters } }
  return openOne(policy, { data: dataOf(events, items, baskets.length), catalogue, rankers: new Map() })
}

const BASKETS = [
  [1, 2],
  [1, 2],
  [1, 2, 3],
  [4, 5],
  [4, 5],
  [5, 6],
] as const

describe('collaborative', () => {
  it('recommends what goes together with the history, the page or the cart', () => {
    const ranker = rankerAfter(BASKETS)
    expect(ranker.rank(requestFor(catalogue, { history: [1] })).items).toEqual([2, 3])
    expect(ranker.rank(requestFor(catalogue, { item: 4 })).items).toEqual([5])
    expect(ranker.rank(requestFor(catalogue, { cart: [5] })).items).toEqual([4, 6])
  })

  it('has nothing for a stranger', () => {
    expect(rankerAfter(BASKETS).rank(requestFor(catalogue)).items).toEqual([])
  })

  it('leaves out what the shopper had, unless it may repeat', () => {
    expect(rankerAfter(BASKETS).rank(requestFor(catalogue, { history: [1, 2] })).items).toEqual([3])
    expect(rankerAfter(BASKETS, { repeat: true }).rank(requestFor(catalogue, { history: [1, 2] })).items).toEqual([1, 2, 3])
  })

  it('explains a score by the seed with the largest part of it', () => {
    const ranker = rankerAfter(BASKETS)
    const alone = (seed: number) => ranker.rank(requestFor(catalogue, { history: [seed], candidates: [3] })).scores[0]!
    const both = ranker.rank(requestFor(catalogue, { history: [2, 1], candidates: [3] }))
    expect(both.scores[0]).toBeCloseTo(alone(1) + alone(2), 6)
    expect(both.why[0]).toEqual({ kind: 'because-of', item: 1, share: expect.closeTo(alone(1) / (alone(1) + alone(2)), 6) })
  })

  it('lets the item of the page count more than one of the past', () => {
    const ranker = rankerAfter(BASKETS)
    expect(ranker.rank(requestFor(catalogue, { item: 5, history: [1] })).items[0]).toBe(4)
    expect(ranker.rank(requestFor(catalogue, { item: 1, history: [5] })).items[0]).toBe(2)
  })

  it('finds the planted clusters: most of what it puts on a page is of the page’s own, by chance it would be an eighth', () => {
    const shop = plantedShop(11)
    const ranker = openAll(shop.data, shop.catalogue).get('collaborative')!
    const hits = shop.catalogue.shown.map((item) => {
      const { items: slate } = ranker.rank(requestFor(shop.catalogue, { item }))
      return slate.filter((each) => clusterOf(each) === clusterOf(item)).length / Math.max(1, slate.length)
    })
    expect(hits.reduce((sum, hit) => sum + hit, 0) / hits.length).toBeGreaterThan(0.6)
  })
})
