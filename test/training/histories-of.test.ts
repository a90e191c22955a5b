import { describe, expect, it } from 'vitest'
import { openHistories } from '../../src/serving/histories.ts'
import { historiesOf } from '../../src/training/histories-of.ts'
import { dataOf, itemOf } from '../policies/planted-shop.ts'

const items = Array.from({ length: 80 }, (_, i) => itemOf(i + 1))
/** Pseudonyms in falling order, so that they have to be sorted. */
const keyOf = (unit: number) => new Uint8Array(16).fill(200 - unit)

/** Histories after events [unit, item, weight] in the order of time, a second apart. */
function historiesAfter(events: readonly (readonly [number, number, number?])[], unitCount: number) {
  const data = dataOf(
    events.map(([unit, item, weight = 1], i) => ({ unit, item, weight, seconds: 1000 + i })),
    items,
    unitCount,
  )
  const keys = new Uint8Array(16 * unitCount)
  for (let unit = 0; unit < unitCount; unit++) keys.set(keyOf(unit), 16 * unit)
  const histories = openHistories(historiesOf(data, keys))
  return { of: (unit: Uint8Array) => histories.of(unit).recent.map(({ item }) => item), told: histories.of, until: histories.until }
}

describe('histories of the log', () => {
  it('hold what each shopper dealt with, newest first, each item once', () => {
    const story = [
      [0, 1],
      [1, 5],
      [0, 2],
      [0, 1],
      [-1, 9],
      [0, 3],
    ] as const
    const histories = historiesAfter(story, 3)
    expect(histories.of(keyOf(0))).toEqual([3, 1, 2])
    expect(histories.of(keyOf(1))).toEqual([5])
    expect(histories.of(keyOf(2))).toEqual([])
  })

  it('keep the latest fifty items', () => {
    const histories = historiesAfter(
      items.map(({ itemNo }) => [0, itemNo] as const),
      1,
    )
    expect(histories.of(keyOf(0))).toEqual(Array.from({ length: 50 }, (_, i) => 80 - i))
  })

  it('tell what still stands of what was done, and when the item was last touched', () => {
    const story = [
      [0, 1, 3],
      [0, 2, 5],
      [0, 3, 1],
      [0, 4, 5],
      [0, 4, -5],
      [0, 1, 1],
      [0, 2, 3],
    ] as const
    expect(historiesAfter(story, 1).told(keyOf(0)).recent).toEqual([
      { item: 2, deed: 'carted', seconds: 1006 },
      { item: 1, deed: 'carted', seconds: 1005 },
      { item: 4, deed: 'returned', seconds: 1004 },
      { item: 3, deed: 'viewed', seconds: 1002 },
    ])
  })

  it('know when after the year 2038, too', () => {
    const rows = dataOf([{ unit: 0, item: 1, weight: 1, seconds: 2 ** 31 + 5 }], [], 1)
    const body = historiesOf({ ...rows, itemCount: 2 }, new Uint8Array(16))
    expect(openHistories(body).of(new Uint8Array(16)).recent).toEqual([{ item: 1, deed: 'viewed', seconds: 2 ** 31 + 5 }])
  })

  it('tell every purchase that was not sent back, to the minute, and up to when', () => {
    const story = [
      [0, 1, 5],
      [0, 2, 5],
      [1, 3, 5],
      [0, 1, 5],
      [0, 2, -5],
      [0, 4, 3],
    ] as const
    const histories = historiesAfter(story, 2)
    const { items: bought, seconds } = histories.told(keyOf(0)).purchases
    expect([Array.from(bought), Array.from(seconds)]).toEqual([
      [1, 1],
      [960, 960],
    ])
    expect(Array.from(histories.told(keyOf(1)).purchases.items)).toEqual([3])
    expect(histories.until).toBe(1005)
  })

  it('are empty without a log', () => {
    expect(historiesAfter([], 0).of(keyOf(0))).toEqual([])
  })
})
