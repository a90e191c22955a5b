import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaPosterior, chanceToExceed, compareRates, expectedExcess } from '../../src/stats/bayesian-proportion.ts'
import { logBeta } from '../../src/stats/special.ts'
import { expectClose, golden } from './golden.ts'

const shapes = fc.record({ a: fc.double({ min: 0.5, max: 5e5, noNaN: true }), b: fc.double({ min: 0.5, max: 5e5, noNaN: true }) })
const small = fc.record({ a: fc.integer({ min: 1, max: 40 }), b: fc.integer({ min: 1, max: 400 }) })

/** P(X > Y) for whole shapes, as a finite sum (Evan Miller's): the oracle at small counts. */
function exactChance(x: { a: number; b: number }, y: { a: number; b: number }): number {
  let sum = 0
  for (let i = 0; i < x.a; i++) sum += Math.exp(logBeta(y.a + i, x.b + y.b) - Math.log(x.b + i) - logBeta(1 + i, x.b) - logBeta(y.a, y.b))
  return sum
}

describe('two rates with beta posteriors', () => {
  it('have the published chance to win and losses', () => {
    const { inputs, expected, tol } = golden<
      Record<'x_c' | 'n_c' | 'x_t' | 'n_t', number>,
      Record<'prob_t_beats_c' | 'loss_choose_t' | 'loss_choose_c' | 'posterior_mean_c' | 'posterior_mean_t', number> & { ci95_t: number[] }
    >('P048')
    const got = compareRates(
      { control: betaPosterior({ n: inputs.n_c, events: inputs.x_c }), treatment: betaPosterior({ n: inputs.n_t, events: inputs.x_t }) },
      { level: 0.95 },
    )
    expectClose(got.chanceToWin, expected.prob_t_beats_c, tol)
    expectClose(got.lossOfTreatment, expected.loss_choose_t, tol)
    expectClose(got.lossOfControl, expected.loss_choose_c, tol)
    expectClose([got.meanOfControl, got.meanOfTreatment], [expected.posterior_mean_c, expected.posterior_mean_t], tol)
    expectClose([got.intervalOfTreatment.low, got.intervalOfTreatment.high], expected.ci95_t, tol)
  })

  it('agree with the finite sum at small counts', () => {
    fc.assert(
      fc.property(small, small, (x, y) => {
        const exact = exactChance(x, y)
        expect(Math.abs(chanceToExceed(x, y) / exact - 1)).toBeLessThan(1e-9)
      }),
    )
  })

  it('win or lose, and their losses differ by the difference of the means', () => {
    fc.assert(
      fc.property(shapes, shapes, (control, treatment) => {
        const got = compareRates({ control, treatment }, { level: 0.95 })
        expect(got.chanceToWin + got.chanceToLose).toBeCloseTo(1, 8)
        expect(got.lossOfControl - got.lossOfTreatment).toBeCloseTo(got.meanOfTreatment - got.meanOfControl, 9)
        expect(got.lossOfTreatment).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 60 },
    )
  })

  it('keep their digits at a million shoppers, where a difference of means has none', () => {
    const control = betaPosterior({ n: 1_000_000, events: 50_000 })
    const treatment = betaPosterior({ n: 1_000_000, events: 60_000 })
    const got = compareRates({ control, treatment }, { level: 0.95 })
    // mpmath, 40 digits, quadrature of continued fractions
    expect(Math.abs(got.chanceToLose / 8.74906894742734e-212 - 1)).toBeLessThan(1e-10)
    expect(Math.abs(got.lossOfTreatment / 9.07598021623343e-217 - 1)).toBeLessThan(1e-10)
  })

  it('mirror when events and non-events change places', () => {
    fc.assert(
      fc.property(shapes, shapes, (x, y) => {
        const mirrored = chanceToExceed({ a: y.b, b: y.a }, { a: x.b, b: x.a })
        expect(mirrored).toBeCloseTo(chanceToExceed(x, y), 8)
        expect(expectedExcess({ a: y.b, b: y.a }, { a: x.b, b: x.a })).toBeCloseTo(expectedExcess(x, y), 8)
      }),
      { numRuns: 60 },
    )
  })

  it('start from the prior without data, and refuse counts that are none', () => {
    expect(betaPosterior({ n: 0, events: 0 })).toEqual({ a: 1, b: 1 })
    expect(betaPosterior({ n: 10, events: 4 }, { a: 0.5, b: 0.5 })).toEqual({ a: 4.5, b: 6.5 })
    expect(() => betaPosterior({ n: 3, events: 4 })).toThrow()
  })
})
