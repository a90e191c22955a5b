import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  normalCdf,
  normalDensity,
  normalLogCdf,
  normalLogSurvival,
  normalQuantile,
  normalSurvival,
  normalUpperQuantile,
  normalUpperQuantileOfLog,
} from '../../src/stats/normal.ts'
import { expectQuantile, expectTail } from './distribution-checks.ts'
import { distributions, expectClose, golden } from './golden.ts'

describe('the normal distribution', () => {
  it('has both tails, to 1e-8 at 1e-300, and quantiles that lead back to z', () => {
    for (const [z, logCdf, logSurvival] of distributions.normal!) {
      expectTail(normalLogCdf(z!), logCdf!, 'lower')
      expectTail(normalLogSurvival(z!), logSurvival!, 'upper')
      expectQuantile(normalUpperQuantileOfLog(Math.min(logCdf!, logSurvival!)), Math.abs(z!), 'quantile')
    }
  })

  it('gives the published cdf and quantiles', () => {
    const cdf = golden<{ z: number[] }, { cdf: number[] }>('P001')
    expectClose(cdf.inputs.z.map(normalCdf), cdf.expected.cdf, cdf.tol)
    const quantile = golden<{ p: number[] }, { q: number[] }>('P002')
    expectClose(quantile.inputs.p.map(normalQuantile), quantile.expected.q, quantile.tol)
  })

  it('has quantiles that undo the cdf, from either end', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true, minExcluded: true }), (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-11)
        expect(Math.abs(normalSurvival(normalUpperQuantile(p)) / p - 1)).toBeLessThan(1e-11)
      }),
    )
  })

  it('has a quantile for logarithms far below the smallest double', () => {
    for (const z of [50, 1e3, 1e6]) expectQuantile(normalUpperQuantileOfLog(normalLogSurvival(z)), z, `z = ${z}`)
  })

  it('has tails that add to one and a density that is their slope', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) => {
        expect(normalCdf(z) + normalSurvival(z)).toBeCloseTo(1, 14)
        expect((normalCdf(z + 1e-5) - normalCdf(z - 1e-5)) / 2e-5).toBeCloseTo(normalDensity(z), 8)
      }),
    )
  })

  it('refuses what is no probability', () => {
    for (const p of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/between 0 and 1/)
    expect(() => normalUpperQuantileOfLog(0)).toThrow(/negative/)
  })
})
