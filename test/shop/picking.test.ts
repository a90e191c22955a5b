import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oneOf, pickBySums, seedOf, weightedIndex } from '../../src/shop/picking.ts'
import { randomOf } from '../../src/stats/random.ts'

const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }).filter((all) => all.some((weight) => weight > 0))

function sumsOf(all: readonly number[]): number[] {
  return all.map((_, i) => all.slice(0, i + 1).reduce((sum, weight) => sum + weight, 0))
}

describe('picking', () => {
  it('never picks what weighs nothing', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (all, seed) => {
        const random = randomOf(seed)
        for (let i = 0; i < 20; i++) {
          expect(all[weightedIndex(random, all)]).toBeGreaterThan(0)
          expect(all[pickBySums(random, sumsOf(all))]).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('picks the same by weights as by their running sums', () => {
    fc.assert(fc.property(weights, fc.nat(), (all, seed) => weightedIndex(randomOf(seed), all) === pickBySums(randomOf(seed), sumsOf(all))))
  })

  it('picks each as often as its weight says', () => {
    const random = randomOf(4)
    const counts = [0, 0, 0]
    for (let i = 0; i < 10_000; i++) counts[weightedIndex(random, [1, 3, 6])]!++
    // Binomial(10,000, p) lies within ±5 standard deviations but for 6e-7.
    for (const [i, share] of [0.1, 0.3, 0.6].entries())
      expect(Math.abs(counts[i]! - 10_000 * share)).toBeLessThan(5 * Math.sqrt(10_000 * share * (1 - share)))
  })

  it('takes every value of a list', () => {
    const random = randomOf(1)
    expect(new Set(Array.from({ length: 200 }, () => oneOf(random, ['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  })

  it('gives neighbouring numbers seeds that have nothing in common', () => {
    const firsts = Array.from({ length: 20_000 }, (_, i) => randomOf(seedOf(7, 2, i)).uniform())
    expect(new Set(firsts).size).toBe(firsts.length)
    const mean = firsts.reduce((sum, first) => sum + first, 0) / firsts.length
    const neighbours = firsts.slice(1).reduce((sum, first, i) => sum + (first - 0.5) * (firsts[i]! - 0.5), 0) / firsts.length
    // Five standard errors each: 1/√(12n) of the mean, 1/(12√n) of the covariance.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * firsts.length))
    expect(Math.abs(neighbours)).toBeLessThan(5 / (12 * Math.sqrt(firsts.length)))
  })
})
