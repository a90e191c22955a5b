import { describe, expect, it } from 'vitest'
import { rankingMetrics } from '../../src/evaluation/ranking-metrics.ts'
import { withColdItems } from '../../src/policies/cold-items.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import type { Rows } from '../../src/policies/sparse.ts'
import { openOne, requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

/** Items 1 and 2 are warm, 3, 4 and 5 cold; 0 does not exist. */
const byItem: Rows = {
  starts: Int32Array.of(0, 0, 1, 3, 3, 3, 3),
  columns: Int32Array.of(2, 1, 2),
  values: Float32Array.of(0.5, 0.25, -0.5),
}
const texts = ['', 'red trail', 'blue trail', 'red thing', 'unheard words', 'trail']
const rowOf = ({ starts, columns, values }: Rows, item: number) =>
  Array.from(columns.subarray(starts[item], starts[item + 1]), (seed, k) => [seed, values[starts[item]! + k]])

describe('items that nobody has touched', () => {
  it('borrow the mean of the weights of what reads like them, over as many as were asked for', () => {
    const filled = withColdItems(byItem, { texts, likeMax: 2, weightsMax: 10 })
    expect(rowOf(filled, 3)).toEqual([[2, 0.25]]) // Only item 1 says red: half of its weight.
    expect(rowOf(filled, 5)).toEqual([
      [1, 0.125],
      [2, 0], // Half of .5 and half of −.5.
    ])
    expect(rowOf(filled, 4)).toEqual([])
  })

  it('leave warm ones as they are, keep the largest weights, and can be left alone', () => {
    const filled = withColdItems(byItem, { texts, likeMax: 1, weightsMax: 1 })
    for (const item of [1, 2]) expect(rowOf(filled, item)).toEqual(rowOf(byItem, item))
    expect(rowOf(filled, 5)).toHaveLength(1)
    expect(withColdItems(byItem, { texts, likeMax: 0, weightsMax: 1 })).toBe(byItem)
  })

  it('are found by shoppers of their cluster, far above chance', () => {
    const { data, catalogue, shoppers } = plantedShop(4)
    const isCold = (item: number) => item % 8 === 2
    const allowed = catalogue.allowed.map((may, item) => (isCold(item) ? may : 0))
    const without = withoutRows(data, isCold)
    const qualityOf = (coldItems: number): number => {
      const ranker = openOne(
        { key: 'c', kind: 'collaborative', parameters: { coldItems } },
        { data: without, catalogue, rankers: new Map() },
      )
      const asked = shoppers.filter(
        ({ history, bought }) => history.some((item) => !isCold(item)) && bought.some((item) => allowed[item] === 1),
      )
      const gains = asked.map(({ history, bought }) => {
        const known = history.filter((item) => !isCold(item))
        const wanted = new Set(bought.filter((item) => allowed[item] === 1))
        return rankingMetrics(ranker.rank(requestFor(catalogue, { history: known, allowed, size: 20 })).items, wanted)[4]!
      })
      return gains.reduce((sum, gain) => sum + gain, 0) / gains.length
    }
    // Recall@10 of 39 cold items; chance .26, clusters alone can give 1.
    expect(qualityOf(5)).toBeGreaterThan(0.6)
    expect(qualityOf(0)).toBe(0)
  })
})

function withoutRows(data: TrainingData, isOut: (item: number) => boolean): TrainingData {
  const rows = [...data.items.keys()].filter((row) => !isOut(data.items[row]!))
  return {
    ...data,
    units: Int32Array.from(rows, (row) => data.units[row]!),
    items: Int32Array.from(rows, (row) => data.items[row]!),
    weights: Float32Array.from(rows, (row) => data.weights[row]!),
    seconds: Float64Array.from(rows, (row) => data.seconds[row]!),
  }
}
