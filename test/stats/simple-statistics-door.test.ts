import { describe, expect, it } from 'vitest'
import { compensatedSum, sortedQuantile } from '../../src/stats/simple-statistics-door.ts'

describe('the door to simple-statistics', () => {
  it('sums without losing what is small', () => {
    expect(compensatedSum([1e16, 1, -1e16, 1])).toBe(2)
    expect(compensatedSum([])).toBe(0)
  })

  it('has quantiles of type 7', () => {
    // R: quantile(1:10, c(0, .25, .9, 1))
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    expect([0, 0.25, 0.9, 1].map((p) => sortedQuantile(values, p))).toEqual([1, 3.25, 9.1, 10])
    expect(() => sortedQuantile([], 0.5)).toThrow(/values/)
  })
})
