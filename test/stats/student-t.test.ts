import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalSurvival } from '../../src/stats/normal.ts'
import {
  studentTCdf,
  studentTLogDensity,
  studentTLogSurvival,
  studentTQuantile,
  studentTSurvival,
  studentTUpperQuantile,
  studentTUpperQuantileOfLog,
} from '../../src/stats/student-t.ts'
import { expectQuantile, expectTail } from './distribution-checks.ts'
import { distributions, expectClose, golden } from './golden.ts'

describe("Student's t distribution", () => {
  it('has its upper tail to 1e-8 at 1e-300 and its quantile, at up to ten million degrees of freedom', () => {
    for (const [t, df, logSurvival] of distributions.studentT!) {
      expectTail(studentTLogSurvival(t!, df!), logSurvival!, 'tail')
      expectQuantile(studentTUpperQuantileOfLog(logSurvival!, df!), t!, 'quantile')
    }
  })

  it('gives the published cdf and quantiles', () => {
    const cdf = golden<{ cases: [number, number][] }, { cdf: number[] }>('P003')
    expectClose(
      cdf.inputs.cases.map(([t, df]) => studentTCdf(t, df)),
      cdf.expected.cdf,
      cdf.tol,
    )
    const quantile = golden<{ cases: [number, number][] }, { q: number[] }>('P004')
    expectClose(
      quantile.inputs.cases.map(([p, df]) => studentTQuantile(p, df)),
      quantile.expected.q,
      quantile.tol,
    )
  })

  it('is symmetric, and its quantiles undo its tails', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.499, noNaN: true }), fc.double({ min: 0.5, max: 1e7, noNaN: true }), (p, df) => {
        const t = studentTUpperQuantile(p, df)
        expect(Math.abs(studentTSurvival(t, df) / p - 1)).toBeLessThan(1e-9)
        expect(studentTQuantile(p, df)).toBe(-t)
        expect(studentTCdf(t, df) + studentTSurvival(t, df)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('keeps the digits near its centre at many degrees of freedom', () => {
    // P(T > t) ≈ ½ − f(0)·t with f(0) = φ(0)·(1 − 1/4ν): the slope survives at t = 1e-6
    expect((0.5 - studentTSurvival(1e-6, 1e7)) / 1e-6).toBeCloseTo(0.3989422704, 9)
  })

  it('becomes the normal, and has a density that is the slope of its tail', () => {
    expect(studentTSurvival(2.5, Number.POSITIVE_INFINITY)).toBe(normalSurvival(2.5))
    expect(studentTSurvival(2.5, 1e12)).toBeCloseTo(normalSurvival(2.5), 12)
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0.5, max: 1e5, noNaN: true }), (t, df) => {
        const slope = (studentTCdf(t + 1e-5, df) - studentTCdf(t - 1e-5, df)) / 2e-5
        expect(slope).toBeCloseTo(Math.exp(studentTLogDensity(t, df)), 7)
      }),
    )
  })

  it('has a finite logarithm where t squared overflows', () => {
    // Cauchy: P(T > t) → 1/(πt)
    expect(studentTLogSurvival(1e200, 1)).toBeCloseTo(-Math.log(Math.PI) - 200 * Math.LN10, 9)
    expect(studentTLogDensity(1e200, 1)).toBeCloseTo(-Math.log(Math.PI) - 400 * Math.LN10, 9)
  })

  it('refuses degrees of freedom that are not positive', () => {
    expect(() => studentTSurvival(1, 0)).toThrow(/degrees of freedom/)
  })
})
