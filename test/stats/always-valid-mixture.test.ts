import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  logMixture,
  logMixtureOneSided,
  mixtureCritical,
  mixtureCriticalOneSided,
  mixtureCriticalOneSidedInClosedForm,
  tunedRatio,
  tunedRatioInClosedForm,
} from '../../src/stats/always-valid-mixture.ts'
import { normalDensity, normalUpperQuantile } from '../../src/stats/normal.ts'
import { integrate } from '../../src/stats/quadrature.ts'
import { expectClose, golden } from './golden.ts'

const ratio = fc.double({ min: -12, max: 12, noNaN: true }).map(Math.exp)
const level = fc.double({ min: 0.51, max: 0.999999, noNaN: true })

describe('the normal mixture', () => {
  it('is tuned as published (Waudby-Smith et al., by Lambert W and in closed form)', () => {
    const { inputs, expected, tol } = golden<
      { t_opt: number; n: number[] },
      Record<'rho2_exact' | 'rho2_approx' | 'ratio_to_wald_at_topt', number> & { margin: number[] }
    >('P044')
    expectClose(tunedRatio(0.95) / inputs.t_opt, expected.rho2_exact, tol)
    expectClose(tunedRatioInClosedForm(0.95) / inputs.t_opt, expected.rho2_approx, tol)
    const margins = inputs.n.map((n) => mixtureCritical({ ratio: (tunedRatio(0.95) * n) / inputs.t_opt, level: 0.95 }) / Math.sqrt(n))
    expectClose(margins, expected.margin, tol)
    expectClose((margins[1]! * Math.sqrt(inputs.t_opt)) / normalUpperQuantile(0.025), expected.ratio_to_wald_at_topt, tol)
  })

  it('costs a factor 1.55 at the planned information, as the published multiplier says', () => {
    const { expected, tol } = golden<object, { kappa: number; multiplier: number }>('P055')
    expectClose(tunedRatio(0.95), expected.kappa, tol)
    expectClose(mixtureCritical({ ratio: tunedRatio(0.95), level: 0.95 }), expected.multiplier, tol)
  })

  it('has its smallest critical value at the tuned ratio', () => {
    fc.assert(
      fc.property(level, fc.double({ min: -3, max: 3, noNaN: true }), (confidence, shift) => {
        const tuned = tunedRatio(confidence)
        const best = mixtureCritical({ ratio: tuned, level: confidence })
        expect(mixtureCritical({ ratio: tuned * Math.exp(shift), level: confidence })).toBeGreaterThanOrEqual(best * (1 - 1e-12))
      }),
    )
  })

  it('reaches 1/α exactly at its critical value, on one side and on two', () => {
    fc.assert(
      fc.property(ratio, level, (r, confidence) => {
        const threshold = -Math.log(1 - confidence)
        expect(logMixture(mixtureCritical({ ratio: r, level: confidence }), r)).toBeCloseTo(threshold, 8)
        expect(logMixtureOneSided(mixtureCriticalOneSided({ ratio: r, level: confidence }), r)).toBeCloseTo(threshold, 8)
      }),
    )
  })

  it('asks for more than any single look, and less on one side than on two', () => {
    fc.assert(
      fc.property(ratio, level, (r, confidence) => {
        const two = mixtureCritical({ ratio: r, level: confidence })
        const one = mixtureCriticalOneSided({ ratio: r, level: confidence })
        expect(two).toBeGreaterThan(normalUpperQuantile((1 - confidence) / 2))
        expect(one).toBeGreaterThan(normalUpperQuantile(1 - confidence))
        expect(one).toBeLessThan(two)
        expect(mixtureCriticalOneSidedInClosedForm({ ratio: r, level: confidence })).toBeGreaterThanOrEqual(one * (1 - 1e-9))
      }),
    )
  })

  it('is a fair game: its mean under no effect is 1', () => {
    for (const r of [0.1, 1, 8.2]) {
      const spread = 12 * Math.sqrt(1 + r)
      const fair = (logE: (z: number) => number) =>
        integrate((z) => Math.exp(logE(z)) * normalDensity(z), { low: -spread, high: spread, panels: 60 })
      expect(fair((z) => logMixture(z, r))).toBeCloseTo(1, 9)
      expect(fair((z) => logMixtureOneSided(z, r))).toBeCloseTo(1, 9)
    }
  })

  it('refuses ratios that are none', () => {
    expect(() => logMixture(1, 0)).toThrow()
    expect(() => mixtureCritical({ ratio: Number.POSITIVE_INFINITY, level: 0.95 })).toThrow()
    expect(() => tunedRatio(0.5)).toThrow()
  })
})
