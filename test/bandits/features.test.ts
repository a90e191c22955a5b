import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURE_NAMES, FEATURE_SCALE, featuresOf } from '../../src/bandits/features.ts'

const source = fc.record({
  device: fc.option(fc.constantFrom('mobile', 'tablet', 'desktop', 'tv'), { nil: undefined }),
  country: fc.option(fc.string(), { nil: undefined }),
  returning: fc.boolean(),
  hasHistory: fc.boolean(),
  hasItem: fc.boolean(),
  hour: fc.double({ min: 0, max: 24, maxExcluded: true, noNaN: true }),
  dayOfYear: fc.integer({ min: 0, max: 365 }),
  weekday: fc.integer({ min: 0, max: 6 }),
})

describe('the feature vector', () => {
  it('has one entry a name, within one unit, and an intercept', () => {
    fc.assert(
      fc.property(source, (one) => {
        const x = featuresOf(one)
        expect(x).toHaveLength(FEATURE_NAMES.length)
        expect(x[0]).toBe(FEATURE_SCALE)
        for (const value of x) expect(Math.abs(value)).toBeLessThanOrEqual(FEATURE_SCALE)
      }),
    )
  })

  it('has at most one device and one country bucket set', () => {
    fc.assert(
      fc.property(source, (one) => {
        const x = featuresOf(one)
        expect(x.subarray(1, 4).filter((value) => value !== 0).length).toBeLessThanOrEqual(1)
        expect(x.subarray(4, 8).filter((value) => value !== 0).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('puts midnight and noon at opposite points of the circle', () => {
    const at = (hour: number) =>
      featuresOf({
        device: undefined,
        country: undefined,
        returning: false,
        hasHistory: false,
        hasItem: false,
        hour,
        dayOfYear: 0,
        weekday: 1,
      })
    expect(at(0)[9]).toBe(1024)
    expect(at(12)[9]).toBe(-1024)
  })
})
