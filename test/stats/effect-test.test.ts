import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalValue, testEffect } from '../../src/stats/effect-test.ts'
import type { Effect } from '../../src/stats/estimate.ts'

const effects = fc
  .record({
    estimate: fc.double({ min: -10, max: 10, noNaN: true }),
    variance: fc.double({ min: 0.5, max: 9, noNaN: true }),
    degreesOfFreedom: fc.double({ min: 1, max: 1e4, noNaN: true }),
  })
  .map((parts): Effect => ({ kind: 'effect', ...parts }))

describe('the test of an effect', () => {
  it('has one-sided p-values that add to one, and a two-sided one that is twice the smaller', () => {
    fc.assert(
      fc.property(effects, (effect) => {
        const greater = testEffect(effect, { level: 0.95, alternative: 'greater' })
        const less = testEffect(effect, { level: 0.95, alternative: 'less' })
        const both = testEffect(effect, { level: 0.95 })
        expect(greater.pValue + less.pValue).toBeCloseTo(1, 12)
        expect(both.pValue).toBeCloseTo(2 * Math.min(greater.pValue, less.pValue), 12)
        expect(both.log10PValue).toBeCloseTo(Math.log10(both.pValue), 9)
      }),
    )
  })

  it('has one-sided intervals that are open to the other side and flags that agree', () => {
    fc.assert(
      fc.property(effects, fc.double({ min: -5, max: 5, noNaN: true }), (effect, nullValue) => {
        const greater = testEffect(effect, { level: 0.9, alternative: 'greater', nullValue })
        expect(greater.interval.unbounded).toBe('high')
        if (Math.abs(greater.interval.low - nullValue) > 1e-9) expect(greater.significant).toBe(greater.interval.low > nullValue)
        const less = testEffect(effect, { level: 0.9, alternative: 'less', nullValue })
        expect(less.interval.unbounded).toBe('low')
        if (Math.abs(less.interval.high - nullValue) > 1e-9) expect(less.significant).toBe(less.interval.high < nullValue)
      }),
    )
  })

  it('is the normal test at infinite degrees of freedom', () => {
    const wald = testEffect(
      { kind: 'effect', estimate: 1.959963984540054, variance: 1, degreesOfFreedom: Number.POSITIVE_INFINITY },
      { level: 0.95 },
    )
    expect(wald.pValue).toBeCloseTo(0.05, 14)
    expect(criticalValue({ level: 0.95, degreesOfFreedom: Number.POSITIVE_INFINITY })).toBeCloseTo(1.959963984540054, 13)
    expect(criticalValue({ level: 0.95, degreesOfFreedom: Number.POSITIVE_INFINITY, alternative: 'less' })).toBeCloseTo(
      1.6448536269514722,
      13,
    )
  })
})
