import { describe, expect, it } from 'vitest'
import { type IalsOptions, itemPoints } from '../../src/policies/ials.ts'
import { preferencesOf } from '../../src/policies/preferences.ts'
import type { Rows } from '../../src/policies/sparse.ts'
import { openOne, requestFor } from './opened.ts'
import { clusterOf, plantedShop } from './planted-shop.ts'

const shop = plantedShop(2)
const preferences = preferencesOf(shop.data, 2000)
const options: IalsOptions = { itemCount: shop.data.itemCount, factors: 6, iterations: 5, unseen: 0.2, regularisation: 0.01 }
const noProgress = () => undefined

/** The exact minimum over one shopper's place given the items, by Gauss–Jordan: written apart from the code under test. */
function exactPlace(
  points: Float64Array,
  liked: ReadonlyMap<number, number>,
  { factors: d, itemCount, unseen, regularisation }: IalsOptions,
) {
  const at = (item: number) => Array.from(points.subarray(item * d, (item + 1) * d))
  const rows = Array.from({ length: d }, (_, r) =>
    Array.from({ length: d + 1 }, (_, c) => (r === c ? regularisation * (liked.size + unseen * itemCount) : 0)),
  )
  for (let item = 0; item < itemCount; item++) {
    const v = at(item)
    const x = liked.get(item)
    for (let r = 0; r < d; r++) {
      for (let c = 0; c < d; c++) rows[r]![c]! += (unseen + (x === undefined ? 0 : 1)) * v[r]! * v[c]!
      rows[r]![d]! += (x ?? 0) * v[r]!
    }
  }
  for (let p = 0; p < d; p++) {
    for (let r = 0; r < d; r++) {
      if (r === p) continue
      const factor = rows[r]![p]! / rows[p]![p]!
      for (let c = p; c <= d; c++) rows[r]![c]! -= factor * rows[p]![c]!
    }
  }
  return rows.map((row, p) => row[d]! / row[p]!)
}

function likedBy({ starts, columns, values }: Rows, shopper: number): Map<number, number> {
  const entries = Array.from(
    columns.subarray(starts[shopper], starts[shopper + 1]),
    (item, k) => [item, values[starts[shopper]! + k]!] as const,
  )
  return new Map(entries)
}

/** The sum that is minimised, shoppers standing at their best places. */
function objective(points: Float64Array): number {
  const { factors: d, itemCount, unseen, regularisation } = options
  const shopperCount = preferences.starts.length - 1
  let sum = 0
  const wanted = new Int32Array(itemCount)
  for (let shopper = 0; shopper < shopperCount; shopper++) {
    const liked = likedBy(preferences, shopper)
    if (liked.size === 0) continue
    const w = exactPlace(points, liked, options)
    for (let item = 0; item < itemCount; item++) {
      const score = w.reduce((total, value, f) => total + value * points[item * d + f]!, 0)
      const x = liked.get(item)
      sum += unseen * score * score + (x === undefined ? 0 : (x - score) ** 2)
      if (x !== undefined) wanted[item]!++
    }
    sum += regularisation * (liked.size + unseen * itemCount) * w.reduce((total, value) => total + value * value, 0)
  }
  for (let item = 0; item < itemCount; item++) {
    const lambda = regularisation * (wanted[item]! + unseen * shopperCount)
    for (let f = 0; f < d; f++) sum += lambda * points[item * d + f]! ** 2
  }
  return sum
}

describe('iALS', () => {
  it('lowers what it minimises with every turn', () => {
    const after = [1, 3, 10].map((iterations) => objective(itemPoints(preferences, { ...options, iterations }, noProgress)))
    expect(after[1]).toBeLessThan(0.98 * after[0]!)
    expect(after[2]).toBeLessThan(after[1]!)
  }, 60_000)

  it('places a shopper at serving exactly where the sum is least', () => {
    const parameters = { algorithm: 'ials', factors: 6, iterations: 5, unseen: 0.2, regularisation: 0.01 }
    const ranker = openOne(
      { key: 'c', kind: 'collaborative', parameters },
      { data: shop.data, catalogue: shop.catalogue, rankers: new Map() },
    )
    const points = itemPoints(preferences, options, noProgress)
    const history = [3, 17, 44]
    const w = exactPlace(points, new Map(history.map((item) => [item, 1])), options)
    const { items, scores, why } = ranker.rank(requestFor(shop.catalogue, { history }))
    items.forEach((item, rank) => {
      expect(scores[rank]).toBeCloseTo(
        w.reduce((sum, value, f) => sum + value * points[item * 6 + f]!, 0),
        5,
      )
    })
    for (const reason of why) expect(history).toContain(reason.kind === 'because-of' ? reason.item : -1)
  })

  it('finds the planted clusters', () => {
    const parameters = { algorithm: 'ials', factors: 16 }
    const ranker = openOne(
      { key: 'c', kind: 'collaborative', parameters },
      { data: shop.data, catalogue: shop.catalogue, rankers: new Map() },
    )
    const loyal = shop.shoppers.filter(({ history }) => new Set(history.slice(0, 8).map(clusterOf)).size === 1).slice(0, 20)
    expect(loyal.length).toBeGreaterThan(3)
    for (const { history } of loyal) {
      const { items } = ranker.rank(requestFor(shop.catalogue, { history: history.slice(0, 8) }))
      expect(items.filter((item) => clusterOf(item) === clusterOf(history[0]!)).length).toBeGreaterThanOrEqual(7)
    }
  })
})
