import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testAlwaysValid } from '../../src/stats/always-valid.ts'
import { mixtureBound, rhoFor, testMartingale } from '../../src/stats/always-valid-martingale.ts'
import { tunedRatio } from '../../src/stats/always-valid-mixture.ts'
import { type Effect, effectOf } from '../../src/stats/estimate.ts'
import { expectClose, golden } from './golden.ts'

interface Inputs {
  readonly v: number
  readonly s: number
  readonly v_opt: number
}

describe('the mixture in martingale form', () => {
  it('has the published bound, two-sided', () => {
    const { inputs, expected, tol } = golden<Inputs, Record<'rho' | 'log_mixture' | 'bound', number>>('P041')
    const rho = rhoFor({ plannedVariance: inputs.v_opt, level: 0.95 })
    const test = testMartingale({ sum: inputs.s, variance: inputs.v }, { level: 0.95, rho })
    expectClose(rho, expected.rho, tol)
    expectClose(test.log10EValue * Math.LN10, expected.log_mixture, tol)
    expectClose(mixtureBound(inputs.v, { level: 0.95, rho }), expected.bound, tol)
    expect(test.interval.high - inputs.s).toBeCloseTo(expected.bound, 8)
  })

  it('has the published bound, one-sided', () => {
    const { inputs, expected, tol } = golden<Inputs, Record<'log_mixture' | 'bound', number>>('P042')
    const rho = rhoFor({ plannedVariance: inputs.v_opt, level: 0.95, alternative: 'greater' })
    const test = testMartingale({ sum: inputs.s, variance: inputs.v }, { level: 0.95, rho, alternative: 'greater' })
    expectClose(test.log10EValue * Math.LN10, expected.log_mixture, tol)
    expectClose(mixtureBound(inputs.v, { level: 0.95, rho, alternative: 'greater' }), expected.bound, tol)
    expect(test.interval.unbounded).toBe('high')
  })

  it('is the (estimate, variance) form when every score has the same variance', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (z, n, variance) => {
          const planned = 5000
          const sums = { sum: z * Math.sqrt(n * variance), variance: n * variance }
          const martingale = testMartingale(sums, { level: 0.95, rho: (planned * variance) / tunedRatio(0.95) })
          const effect = effectOf(sums.sum / n, variance / n) as Effect
          const direct = testAlwaysValid(effect, { level: 0.95, fraction: n / planned })
          expect(martingale.log10EValue).toBeCloseTo(direct.log10EValue, 9)
          expect(martingale.interval.low / n).toBeCloseTo(direct.interval.low, 9)
          expect(martingale.significant).toBe(direct.significant)
        },
      ),
    )
  })

  it('refuses a ρ or a variance of 0', () => {
    expect(() => testMartingale({ sum: 1, variance: 0 }, { level: 0.95, rho: 1 })).toThrow()
    expect(() => rhoFor({ plannedVariance: 0, level: 0.95 })).toThrow()
  })
})
