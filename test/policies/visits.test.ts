import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visitsOf } from '../../src/policies/visits.ts'
import { dataOf, itemOf } from './planted-shop.ts'

const items = Array.from({ length: 30 }, (_, i) => itemOf(i + 1))
const options = { counts: () => true, gapSeconds: 100, itemsMax: 10, byBasket: true }

type Row = readonly [unit: number, item: number, seconds: number, basket?: number]

function dataFrom(rows: readonly Row[]) {
  const ordered = rows.toSorted((a, b) => a[2] - b[2])
  const events = ordered.map(([unit, item, seconds]) => ({ unit, item, seconds, weight: 5 }))
  const unitCount = 1 + rows.reduce((most, [unit]) => Math.max(most, unit), 0)
  return { ...dataOf(events, items, unitCount), baskets: Int32Array.from(ordered, ([, , , basket = -1]) => basket) }
}

function visitsFrom(rows: readonly Row[], given: Partial<typeof options> = {}): number[][] {
  const { starts, items: touched } = visitsOf(dataFrom(rows), { ...options, ...given })
  return Array.from({ length: starts.length - 1 }, (_, v) => Array.from(touched.subarray(starts[v], starts[v + 1])))
}

describe('visits', () => {
  it('end with a pause, keep each item once, and leave single items out', () => {
    const rows: Row[] = [
      [0, 1, 0],
      [1, 9, 10],
      [0, 2, 50],
      [0, 1, 60],
      [0, 3, 161],
      [0, 4, 261],
      [1, 8, 500],
    ]
    expect(visitsFrom(rows)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('are baskets whoever bought, at whatever pace; or not, where shoppers are followed', () => {
    const rows: Row[] = [
      [-1, 1, 0, 7],
      [-1, 2, 5000, 7],
      [0, 3, 0, 8],
      [0, 4, 0, 9],
      [0, 5, 1, 8],
    ]
    expect(visitsFrom(rows)).toEqual([
      [3, 5],
      [1, 2],
    ])
    expect(visitsFrom(rows, { byBasket: false })).toEqual([
      [3, 4, 5],
      [1, 2],
    ])
  })

  it('are sampled evenly when they are long', () => {
    const rows = Array.from({ length: 30 }, (_, i): Row => [0, i + 1, i])
    expect(visitsFrom(rows, { itemsMax: 3 })).toEqual([[1, 11, 21]])
  })

  it('hold only what the rows held, and rows of nobody without a basket never', () => {
    const row = fc.tuple(fc.integer({ min: -1, max: 4 }), fc.integer({ min: 1, max: 30 }), fc.nat({ max: 2000 }))
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const known = new Set(rows.filter(([unit]) => unit >= 0).map(([, item]) => item))
        for (const visit of visitsFrom(rows)) {
          expect(visit.length).toBeGreaterThan(1)
          expect(new Set(visit).size).toBe(visit.length)
          for (const item of visit) expect(known.has(item)).toBe(true)
        }
      }),
    )
  })
})
