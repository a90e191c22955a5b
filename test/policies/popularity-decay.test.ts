import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('popularity', 'popularity-decay')

const HOUR = 3600
const YEARS = 24 * 365
const items = [1, 2, 3, 4].map((item) => itemOf(item, { category: item <= 2 ? 'shoes' : 'socks', discontinued: false }))
const catalogue = catalogueOf(items)

/** A ranker after purchases and returns like '1@48 -1@2': item 1 bought 48 hours ago, returned 2 hours ago. */
function rankerAfter(story: string, parameters: object = {}) {
  const events = story
    .split(' ')
    .map((part) => part.split('@').map(Number) as [number, number])
    .map(([item, hours]) => ({ unit: -1, item: Math.abs(item), weight: 5 * Math.sign(item), seconds: 1e9 - hours * HOUR }))
    .sort((a, b) => a.seconds - b.seconds)
  const policy = { key: 'popularity', kind: 'popularity-decay', parameters: { backOff: 0.01, ...parameters } }
  return openOne(policy, { data: dataOf(events, items, 0), catalogue, rankers: new Map() })
}

const anybody = requestFor(catalogue)

describe('popularity-decay', () => {
  it('prefers what sells now to what sold more, if its half-life is short', () => {
    const order = (halfLifeHours: number) => rankerAfter('1@48 1@48 2@0', { halfLifeHours }).rank(anybody).items
    expect(order(24)).toEqual([2, 1])
    expect(order(240)).toEqual([1, 2])
  })

  it('scores by shares of demand, halved once a half-life, that add up to one', () => {
    const { items: order, scores } = rankerAfter('1@0 2@24', { halfLifeHours: 24, backOff: 1e-6 }).rank(anybody)
    expect(order).toEqual([1, 2])
    expect(scores[0]).toBeCloseTo(2 / 3, 5)
    expect(scores[1]).toBeCloseTo(1 / 3, 5)
  })

  it('takes returns back', () => {
    expect(rankerAfter('1@3 1@3 2@3').rank(anybody).items).toEqual([1, 2])
    expect(rankerAfter('1@3 1@3 2@3 -1@1').rank(anybody).items).toEqual([2, 1])
    expect(rankerAfter('1@3 2@3 -1@3').rank(anybody).items).toEqual([2])
  })

  it('backs off to all time where no recent demand tells items apart', () => {
    const story = `1@0 3@${20 * YEARS} 3@${20 * YEARS} 4@${20 * YEARS}`
    expect(rankerAfter(story, { halfLifeHours: 3 }).rank(anybody).items).toEqual([1, 3, 4])
    expect(rankerAfter(story, { halfLifeHours: 3, backOff: 1000 }).rank(anybody).items).toEqual([3, 1, 4])
  })

  it('puts the category of the page first, and the rest behind it', () => {
    const story = '1@0 1@0 1@0 2@0 3@0 4@0 4@0'
    const page = requestFor(catalogue, { item: 3 })
    expect(rankerAfter(story).rank(anybody).items).toEqual([1, 4, 2, 3])
    expect(rankerAfter(story).rank(page).items).toEqual([4, 1, 2])
    expect(rankerAfter(story).rank({ ...page, item: 1, size: 1 }).items).toEqual([2])
    expect(rankerAfter(story, { per: 'all' }).rank(page).items).toEqual([1, 4, 2])
  })

  it('puts a category with next to no demand behind what everybody buys', () => {
    const story = `${'1@0 '.repeat(200)}4@200`
    const page = requestFor(catalogue, { item: 3 })
    expect(rankerAfter(story, { halfLifeHours: 24 }).rank(page).items).toEqual([4, 1])
    expect(rankerAfter(story, { halfLifeHours: 24, backOff: 1000 }).rank(page).items).toEqual([1, 4])
  })

  it('scores the page’s list by shares that add up to one as well', () => {
    const { scores } = rankerAfter('1@0 1@0 2@0 4@0', { backOff: 7 }).rank(requestFor(catalogue, { item: 3 }))
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9)
  })

  it('is not misled by a purchase dated in the future', () => {
    const policy = { key: 'popularity', kind: 'popularity-decay', parameters: { backOff: 0.01 } }
    const sale = (item: number, seconds: number) => ({ unit: -1, item, weight: 5, seconds })
    const data = dataOf([sale(1, 1e9), sale(1, 1e9), sale(3, 1e9 + 10 * HOUR), sale(2, 9e9)], items, 0)
    const ranker = openOne(policy, { data: { ...data, now: 1e9 + 10 * HOUR }, catalogue, rankers: new Map() })
    expect(ranker.rank(anybody).items[0]).toBe(1)
    expect(ranker.rank(anybody).scores.at(-1)).toBeGreaterThan(0.2)
  })

  it('is the same for every shopper, known or not, and may repeat what they had', () => {
    const ranker = rankerAfter('1@48 1@48 2@0')
    expect(ranker.rank(requestFor(catalogue, { history: [1, 2, 3] }))).toEqual(ranker.rank(anybody))
    expect(ranker.rank(anybody).why[0]).toEqual({ kind: 'popular' })
  })
})
