import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noncentralTCdf, noncentralTSurvival } from '../../src/stats/noncentral-t.ts'
import { normalCdf } from '../../src/stats/normal.ts'
import { studentTSurvival } from '../../src/stats/student-t.ts'
import { distributions, expectClose, golden } from './golden.ts'

describe('the noncentral t distribution', () => {
  it('has the values of 40-digit quadrature in both tails', () => {
    for (const [t, degreesOfFreedom, noncentrality, cdf] of distributions.noncentralT!) {
      const parameters = { degreesOfFreedom: degreesOfFreedom!, noncentrality: noncentrality! }
      expect(Math.abs(noncentralTCdf(t!, parameters) / cdf! - 1)).toBeLessThan(1e-10)
      expect(noncentralTCdf(t!, parameters) + noncentralTSurvival(t!, parameters)).toBeCloseTo(1, 10)
    }
  })

  it('gives the published values of R', () => {
    const { inputs, expected, tol } = golden<{ nct: [number, number, number][] }, { nct_cdf: number[] }>('P008')
    expectClose(
      inputs.nct.map(([t, degreesOfFreedom, noncentrality]) => noncentralTCdf(t, { degreesOfFreedom, noncentrality })),
      expected.nct_cdf,
      tol,
    )
  })

  it('is Student’s t without noncentrality, in the tail as well', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), fc.double({ min: 1, max: 1e6, noNaN: true }), (t, degreesOfFreedom) => {
        const central = studentTSurvival(t, degreesOfFreedom)
        expect(Math.abs(noncentralTSurvival(t, { degreesOfFreedom, noncentrality: 0 }) / central - 1)).toBeLessThan(1e-9)
      }),
      { numRuns: 50 },
    )
  })

  it('is a shifted normal at infinite degrees of freedom', () => {
    expect(noncentralTCdf(1, { degreesOfFreedom: Number.POSITIVE_INFINITY, noncentrality: 3 })).toBeCloseTo(normalCdf(-2), 15)
  })
})
