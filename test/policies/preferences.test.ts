import { describe, expect, it } from 'vitest'
import { preferencesOf } from '../../src/policies/preferences.ts'
import { dataOf, itemOf } from './planted-shop.ts'

const items = [1, 2, 3, 4].map((item) => itemOf(item))

/** Events [unit, item, weight] in the order of time. */
function preferences(events: readonly (readonly [number, number, number])[], itemsMax = 100) {
  const rows = events.map(([unit, item, weight], i) => ({ unit, item, weight, seconds: i }))
  const unitCount = Math.max(0, ...events.map(([unit]) => unit + 1))
  const { starts, columns, values } = preferencesOf(dataOf(rows, items, unitCount), itemsMax)
  return Array.from({ length: unitCount }, (_, unit) => {
    const range = [starts[unit], starts[unit + 1]] as const
    return Object.fromEntries([...columns.subarray(...range)].map((item, k) => [item, Number(values.subarray(...range)[k]!.toFixed(6))]))
  })
}

describe('preferences', () => {
  it('add what a shopper did with an item up, and saturate at one purchase', () => {
    expect(
      preferences([
        [0, 1, 1],
        [0, 1, 1],
        [0, 2, 3],
        [0, 3, 5],
        [0, 3, 5],
      ]),
    ).toEqual([{ 1: 0.4, 2: 0.6, 3: 1 }])
  })

  it('forget what was bought and returned', () => {
    expect(
      preferences([
        [0, 1, 5],
        [0, 2, 5],
        [0, 1, -5],
      ]),
    ).toEqual([{ 2: 1 }])
    expect(
      preferences([
        [0, 1, 5],
        [0, 1, 5],
        [0, 1, -5],
      ]),
    ).toEqual([{ 1: 1 }])
  })

  it('keep shoppers apart and leave events of nobody out', () => {
    expect(
      preferences([
        [1, 2, 5],
        [-1, 3, 5],
        [0, 1, 5],
        [1, 4, 5],
      ]),
    ).toEqual([{ 1: 1 }, { 2: 1, 4: 1 }])
  })

  it('keep the latest items of a shopper who has too many', () => {
    expect(
      preferences(
        [
          [0, 1, 5],
          [0, 2, 5],
          [0, 3, 5],
          [0, 2, 5],
        ],
        2,
      ),
    ).toEqual([{ 2: 1, 3: 1 }])
    // All of what was done with an item that is kept counts, old or new.
    const views = [
      [0, 2, 1],
      [0, 1, 5],
      [0, 3, 5],
      [0, 2, 1],
    ] as const
    expect(preferences(views, 2)).toEqual([{ 2: 0.4, 3: 1 }])
  })
})
