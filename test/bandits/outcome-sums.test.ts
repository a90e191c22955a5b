import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OutcomeSums, rewardMomentsOf } from '../../src/bandits/outcome-sums.ts'

const rows = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 9 })), {
  maxLength: 40,
})
const weights = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))

function sumsOf(all: readonly (readonly number[])[]): OutcomeSums {
  const y = [0, 1, 2].map((j) => all.reduce((sum, row) => sum + row[j]!, 0))
  const yy = [0, 1, 2].flatMap((i) => [0, 1, 2].filter((j) => j >= i).map((j) => all.reduce((sum, row) => sum + row[i]! * row[j]!, 0)))
  return { armId: 1, stratum: 'bandit', day: 0, n: BigInt(all.length), y: y.map(BigInt), yy: yy.map(BigInt) }
}

describe('the moments of a reward', () => {
  it('are those of the weighed rows, whatever the weights', () => {
    fc.assert(
      fc.property(rows, weights, (all, w) => {
        const rewards = all.map((row) => row.reduce((sum, y, k) => sum + w[k]! * y, 0))
        const { n, mean, m2 } = rewardMomentsOf(sumsOf(all), w)
        const expected = rewards.length === 0 ? 0 : rewards.reduce((sum, r) => sum + r, 0) / rewards.length
        expect(n).toBe(rewards.length)
        expect(mean).toBeCloseTo(expected, 9)
        expect(m2).toBeCloseTo(
          rewards.reduce((sum, r) => sum + (r - expected) ** 2, 0),
          6,
        )
      }),
    )
  })
})
