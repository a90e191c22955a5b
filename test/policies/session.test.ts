import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('session', 'session')

const items = Array.from({ length: 9 }, (_, i) => itemOf(i + 1))
const catalogue = catalogueOf(items)
/** Visits, oldest first, each by a shopper of its own. */
const open = (visits: readonly (readonly number[])[], parameters: object = {}) => {
  const events = visits.flatMap((visit, unit) => visit.map((item, k) => ({ unit, item, weight: 1, seconds: 10_000 * unit + k })))
  return openOne({ key: 's', kind: 'session', parameters }, { data: dataOf(events, items, visits.length), catalogue, rankers: new Map() })
}

describe('session', () => {
  const visits = [
    [1, 2, 3],
    [2, 4],
    [1, 5],
    [6, 7],
  ]

  it('scores as by hand', () => {
    // Under way: 1, then 2. Positions 1/2 and 2/2. Visit [1 2 3]: 1.5, newest shared 1 step back; [2 4]: 1, 1 step; [1 5]: ½, 2 steps.
    const { items: slate, scores } = open(visits, { repeat: true }).rank(requestFor(catalogue, { item: 2, history: [1] }))
    const [n, half] = [Math.log(4), Math.log(2)]
    const expected = new Map([
      [3, 1.5 * 0.9 * n],
      [4, 1 * 0.9 * n],
      [5, 0.5 * 0.8 * n],
      [1, (1.5 * 0.9 + 0.5 * 0.8) * half],
    ])
    expect(slate).toEqual([...expected.keys()].sort((a, b) => expected.get(b)! - expected.get(a)!))
    slate.forEach((item, rank) => {
      expect(scores[rank]).toBeCloseTo(expected.get(item)!, 6)
    })
  })

  it('says because of what: the item whose weight in the neighbours that hold it is largest', () => {
    const { items: slate, why } = open(visits).rank(requestFor(catalogue, { item: 2, history: [1] }))
    expect(slate).toEqual([3, 4, 5])
    expect(why).toEqual([
      { kind: 'because-of', item: 2, share: expect.closeTo(2 / 3, 12) },
      { kind: 'because-of', item: 2, share: 1 },
      { kind: 'because-of', item: 1, share: 1 },
    ])
  })

  it('compares the latest visits only, and lets the most similar vote', () => {
    const many = [
      [1, 3],
      [1, 4],
      [1, 5],
    ]
    expect(open(many, { visits: 1 }).rank(requestFor(catalogue, { item: 1 })).items).toEqual([5])
    expect(open(many, { neighbours: 2 }).rank(requestFor(catalogue, { item: 1 })).items).toEqual([4, 5])
    expect(open([[1, 2, 3], ...many], { neighbours: 1 }).rank(requestFor(catalogue, { item: 2, history: [1] })).items).toEqual([3])
  })

  it('knows nothing about what was never visited', () => {
    expect(open(visits).rank(requestFor(catalogue, { item: 9 })).items).toEqual([])
    expect(open(visits).rank(requestFor(catalogue)).items).toEqual([])
  })
})
