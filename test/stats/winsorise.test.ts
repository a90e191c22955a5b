import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeMoments, momentsOf, sampleVariance } from '../../src/stats/moments.ts'
import { capOf, capOfHistogram, winsorise } from '../../src/stats/winsorise.ts'
import { expectClose, golden } from './golden.ts'

const totals = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 40 })

describe('winsorising', () => {
  it('has the moments of the golden case', () => {
    const { inputs, expected, tol } = golden<{ y: number[]; cap: number }, Record<'n' | 'mean' | 'var' | 'share_capped', number>>('P028')
    const { moments, capped } = winsorise(inputs.y, inputs.cap)
    expect(moments.n).toBe(expected.n)
    expectClose(moments.mean, expected.mean, tol)
    expectClose(sampleVariance(moments), expected.var, tol)
    expectClose(capped / moments.n, expected.share_capped, tol)
  })

  it('adds up over parts of the sample, unlike a cap taken from each part', () => {
    fc.assert(
      fc.property(totals, totals, fc.integer({ min: 1, max: 100_000 }), (a, b, cap) => {
        const whole = winsorise([...a, ...b], cap)
        const merged = mergeMoments(winsorise(a, cap).moments, winsorise(b, cap).moments)
        expect(merged.mean).toBeCloseTo(whole.moments.mean, 6)
        expect(Math.abs(merged.m2 - whole.moments.m2)).toBeLessThan(1e-9 * (1 + whole.moments.m2))
        expect(winsorise(a, cap).capped + winsorise(b, cap).capped).toBe(whole.capped)
      }),
    )
  })

  it('lowers mean and spread as the cap falls, and changes nothing above the largest total', () => {
    fc.assert(
      fc.property(totals, fc.integer({ min: 1, max: 50_000 }), (all, cap) => {
        const low = winsorise(all, cap)
        const high = winsorise(all, cap * 2)
        expect(low.moments.mean).toBeLessThanOrEqual(high.moments.mean + 1e-9)
        expect(low.moments.m2).toBeLessThanOrEqual(high.moments.m2 * (1 + 1e-12) + 1e-9)
        expect(winsorise(all, 100_000).moments).toEqual(momentsOf(all))
      }),
    )
    expect(() => winsorise([1], Number.NaN)).toThrow(/cap is a number/)
  })

  it('finds the cap in totals and in a histogram, and is unknown with too few', () => {
    const before = Array.from({ length: 1000 }, (_, i) => i + 1)
    expect(capOf(before, { share: 0.99 })).toBeCloseTo(990.01, 9)
    expect(capOf(before.slice(0, 99), { share: 0.99 })).toMatchObject({ because: 'too-few-units', have: 99, need: 100 })
    const buckets = [
      { upTo: 10, count: 900 },
      { upTo: 100, count: 95 },
      { upTo: 1000, count: 5 },
    ]
    expect(capOfHistogram(buckets, { share: 0.99 })).toBe(100)
    expect(capOfHistogram(buckets, { share: 0.999 })).toBe(1000)
    expect(capOfHistogram(buckets.slice(0, 1), { share: 0.9999 })).toMatchObject({ because: 'too-few-units' })
    expect(() => capOf(before, { share: 0.3 })).toThrow(/high quantile/)
  })
})
