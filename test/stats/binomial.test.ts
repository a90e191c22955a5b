import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialCdf, binomialLogProbability, binomialQuantile, binomialSurvival } from '../../src/stats/binomial.ts'

const binomials = fc.record({ trials: fc.integer({ min: 1, max: 60 }), probability: fc.double({ min: 0.01, max: 0.99, noNaN: true }) })

describe('the binomial distribution', () => {
  it('is the sum of its probabilities', () => {
    fc.assert(
      fc.property(binomials, fc.double({ min: 0, max: 1, noNaN: true }), (binomial, share) => {
        const k = Math.floor(share * binomial.trials)
        let sum = 0
        for (let i = 0; i <= k; i++) sum += Math.exp(binomialLogProbability(i, binomial))
        expect(binomialCdf(k, binomial)).toBeCloseTo(sum, 11)
        expect(binomialCdf(k, binomial) + binomialSurvival(k, binomial)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('has quantiles that are the first to reach a probability', () => {
    fc.assert(
      fc.property(binomials, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (binomial, p) => {
        const k = binomialQuantile(p, binomial)
        expect(binomialCdf(k, binomial)).toBeGreaterThanOrEqual(p - 1e-12)
        expect(binomialCdf(k - 1, binomial)).toBeLessThan(p + 1e-12)
      }),
    )
  })

  it('knows its ends', () => {
    const three = { trials: 3, probability: 0.2 }
    expect([binomialCdf(-1, three), binomialCdf(3, three), binomialSurvival(-1, three), binomialSurvival(3, three)]).toEqual([0, 1, 1, 0])
    expect(Math.exp(binomialLogProbability(0, three))).toBeCloseTo(0.512, 14)
    expect(Math.exp(binomialLogProbability(3, three))).toBeCloseTo(0.008, 14)
    expect(binomialLogProbability(4, three)).toBe(Number.NEGATIVE_INFINITY)
    expect(() => binomialQuantile(0.5, { trials: 3, probability: 1 })).toThrow(/between 0 and 1/)
  })
})
