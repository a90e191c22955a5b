import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askerOf, questionsOf } from '../../src/evaluation/protocol.ts'
import { segmentOf } from '../../src/evaluation/segments.ts'
import { splitOf } from '../../src/evaluation/split.ts'
import { randomOf } from '../../src/stats/random.ts'
import { catalogueFor, DAY, type LogRow, logOf } from './small-log.ts'

const AT = 100 * DAY
const options = { at: AT, until: 130 * DAY, leastShoppers: 1 }

const rows: fc.Arbitrary<readonly LogRow[]> = fc.array(
  fc.tuple(
    fc.integer({ min: -1, max: 8 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 140 }),
    fc.constantFrom('view', 'add-to-cart', 'purchase', 'return'),
  ),
  { minLength: 1, maxLength: 120 },
)

describe('the split', () => {
  it('lets nothing of the test period into training, and counts every row before it', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const data = logOf(given)
        const { training } = splitOf(data, catalogueFor(data), options)
        expect(training.seconds.every((second) => second < AT)).toBe(true)
        expect(training.items.length).toBe(given.filter(([, , day]) => day < 100).length)
        expect(training.now).toBe(AT)
      }),
    )
  })

  it('asks for purchases of the period alone: not for views, returns, strangers’ rows or what comes later', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const data = logOf(given)
        const { shoppers, sellable } = splitOf(data, catalogueFor(data), options)
        for (const { unit, bought, seen, history } of shoppers) {
          const wanted = given.filter(
            ([shopper, item, day, type]) => shopper === unit && type === 'purchase' && day >= 100 && day < 130 && sellable[item] === 1,
          )
          expect(new Set(bought)).toEqual(new Set(wanted.map(([, item]) => item)))
          expect(seen).toEqual(new Set(given.filter(([shopper, , day]) => shopper === unit && day < 100).map(([, item]) => item)))
          for (const item of history) expect(seen.has(item)).toBe(true)
        }
      }),
    )
  })

  it('keeps what was done with each item as serving keeps it: the latest first, with the deed that stands', () => {
    const data = logOf([
      [0, 1, 1, 'purchase'],
      [0, 2, 2, 'add-to-cart'],
      [0, 3, 3, 'view'],
      [0, 2, 4, 'view'],
      [0, 1, 5, 'return'],
      [0, 3, 110],
      [1, 3, 1],
    ])
    const [shopper] = splitOf(data, catalogueFor(data), options).shoppers
    expect(shopper!.recent).toEqual([
      { item: 1, deed: 'returned', seconds: 5 * DAY },
      { item: 2, deed: 'carted', seconds: 4 * DAY },
      { item: 3, deed: 'viewed', seconds: 3 * DAY },
    ])
    expect(shopper!.history).toEqual([1, 2, 3])
  })

  it('sells only what enough shoppers bought before and the catalogue lets be shown', () => {
    const data = logOf([
      [0, 1, 1],
      [1, 1, 2],
      [0, 2, 3],
      [0, 2, 4],
      [-1, 2, 5],
      [1, 3, 6, 'view'],
      [0, 3, 7, 'view'],
      [2, 3, 101],
    ])
    const { sellable, shoppers } = splitOf(data, catalogueFor(data), { ...options, leastShoppers: 2 })
    expect([...sellable.keys()].filter((item) => sellable[item] === 1)).toEqual([1])
    expect(shoppers).toEqual([])
  })

  it('takes the newest first, counts orders by moment and takes returned purchases back', () => {
    const data = logOf([
      [0, 1, 1],
      [0, 2, 1],
      [0, 3, 5],
      [0, 1, 7],
      [0, 1, 8, 'return'],
      [0, 2, 101],
    ])
    const [shopper] = splitOf(data, catalogueFor(data), options).shoppers
    expect(shopper).toMatchObject({ orders: 3, history: [1, 3, 2], bought: [2] })
    expect([...(shopper!.purchases.items as Int32Array)]).toEqual([3, 2, 1])
    expect(segmentOf(shopper!)).toBe('1-4')
  })
})

describe('the protocols', () => {
  const data = logOf([
    [0, 1, 1],
    [1, 2, 2],
    [2, 3, 3],
    [0, 1, 101],
    [0, 2, 102],
    [1, 2, 103],
    [5, 3, 104],
  ])
  const split = splitOf(data, catalogueFor(data), options)

  it('mask what was seen and ask for the rest, or mask nothing and ask for everything', () => {
    const newItems = questionsOf('new-items', split, randomOf(1))
    expect(newItems.map(({ shopper, bought }) => [shopper!.unit, [...bought]])).toEqual([
      [0, [2]],
      [5, [3]],
    ])
    const all = questionsOf('all-purchases', split, randomOf(1))
    expect(all.map(({ shopper, bought }) => [shopper!.unit, [...bought]])).toEqual([
      [0, [1, 2]],
      [1, [2]],
      [5, [3]],
    ])
    const ask = askerOf('new-items', split, randomOf(1))
    expect([...ask(newItems[0]!, 10).allowed.slice(1, 4)]).toEqual([0, 1, 1])
    expect([...ask(newItems[1]!, 10).allowed.slice(1, 4)]).toEqual([1, 1, 1])
    expect([...askerOf('all-purchases', split, randomOf(1))(all[0]!, 10).allowed.slice(1, 4)]).toEqual([1, 1, 1])
    expect(segmentOf(newItems[1]!.shopper)).toBe('cold')
  })
})
