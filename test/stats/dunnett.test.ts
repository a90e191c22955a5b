import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dunnettCritical, dunnettPValues, loadingsOf } from '../../src/stats/dunnett.ts'
import { normalLogSurvival, normalUpperQuantile } from '../../src/stats/normal.ts'
import { studentTUpperQuantile } from '../../src/stats/student-t.ts'
import { expectClose, golden } from './golden.ts'

const equal = (k: number) => new Array<number>(k).fill(Math.SQRT1_2)

describe("Dunnett's test", () => {
  it('has the tabulated critical values for equal arms', () => {
    const { inputs, expected, tol } = golden<{ k: number[] }, { c: number[] }>('P034')
    expectClose(
      inputs.k.map((k) => dunnettCritical({ loadings: equal(k) }, { level: 0.95 })),
      expected.c,
      tol,
    )
  })

  it('has the tabulated critical values at few degrees of freedom', () => {
    // Dunnett (1964): two-sided, 20 degrees of freedom, three treatments: 2.54
    expect(dunnettCritical({ loadings: equal(3), degreesOfFreedom: 20 }, { level: 0.95 })).toBeCloseTo(2.54, 2)
    expect(dunnettCritical({ loadings: equal(1), degreesOfFreedom: 7 }, { level: 0.95 })).toBeCloseTo(studentTUpperQuantile(0.025, 7), 9)
  })

  it('lies between one comparison and Bonferroni, and rises with each treatment', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 2, maxLength: 4 }), (treatments) => {
        const loadings = loadingsOf({ control: 1, treatments })
        const c = dunnettCritical({ loadings }, { level: 0.95 })
        expect(c).toBeGreaterThan(dunnettCritical({ loadings: loadings.slice(1) }, { level: 0.95 }))
        expect(c).toBeLessThan(normalUpperQuantile(0.025 / treatments.length) + 1e-9)
      }),
      { numRuns: 20 },
    )
  })

  it('has p-values that reach the level at the critical value, keep their tail and are one at no effect', () => {
    const contrasts = { loadings: equal(3) }
    const c = dunnettCritical(contrasts, { level: 0.95 })
    const [at, far, none] = dunnettPValues([c, -30, 0], contrasts)
    expect(at!.pValue).toBeCloseTo(0.05, 11)
    // three nearly exclusive tails
    expect(far!.log10PValue * Math.LN10).toBeCloseTo(Math.log(3) + Math.LN2 + normalLogSurvival(30), 8)
    expect(none).toEqual({ pValue: 1, log10PValue: 0 })
  })

  it('refuses arms without variance and statistics without treatments', () => {
    expect(() => loadingsOf({ control: 0, treatments: [1] })).toThrow(/variance in every arm/)
    expect(() => dunnettPValues([1, 2], { loadings: equal(3) })).toThrow(/as many statistics/)
    expect(() => dunnettCritical({ loadings: [] }, { level: 0.95 })).toThrow(/needs a treatment/)
  })
})
