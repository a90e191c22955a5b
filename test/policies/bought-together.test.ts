import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('bought-together', 'bought-together')

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
})
