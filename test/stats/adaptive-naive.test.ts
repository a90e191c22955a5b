import { describe, expect, it } from 'vitest'
import { naiveComparison } from '../../src/stats/adaptive-naive.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { compareMeans } from '../../src/stats/welch.ts'

describe('the naive figure', () => {
  it('is the plain comparison, and says of itself that it is biased', () => {
    const arms = { control: momentsOf([1, 2, 3, 4]), treatment: momentsOf([2, 3, 4, 6]) }
    expect(naiveComparison(arms, { level: 0.95 })).toEqual({ kind: 'naive', biased: true, comparison: compareMeans(arms, { level: 0.95 }) })
  })
})
