import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  betaCdf,
  betaLogCdf,
  betaLogDensity,
  betaLogSurvival,
  betaQuantile,
  betaQuantileOfLog,
  betaSurvival,
  betaUpperQuantile,
  betaUpperQuantileOfLog,
} from '../../src/stats/beta.ts'
import { expectQuantile, expectTail } from './distribution-checks.ts'
import { distributions, expectClose, golden } from './golden.ts'

const shape = fc.double({ min: 0.05, max: 1e6, noNaN: true })

describe('the beta distribution', () => {
  it('has both tails to 1e-8 at 1e-300 and quantiles, at shapes up to ten million', () => {
    for (const [x, a, b, logCdf, logSurvival] of distributions.beta!) {
      const shapes = { a: a!, b: b! }
      expectTail(betaLogCdf(x!, shapes), logCdf!, 'lower')
      expectTail(betaLogSurvival(x!, shapes), logSurvival!, 'upper')
      const back = logCdf! < logSurvival! ? betaQuantileOfLog(logCdf!, shapes) : betaUpperQuantileOfLog(logSurvival!, shapes)
      expectQuantile(back, x!, 'quantile')
    }
  })

  it('gives the published cdf at a million each, and credible intervals', () => {
    const cdf = golden<{ cases: [number, number, number][] }, { cdf: number[] }>('P005')
    expectClose(
      cdf.inputs.cases.map(([x, a, b]) => betaCdf(x, { a, b })),
      cdf.expected.cdf,
      cdf.tol,
    )
    const quantile = golden<{ cases: [number, number, number][] }, { q: number[] }>('P006')
    expectClose(
      quantile.inputs.cases.map(([p, a, b]) => betaQuantile(p, { a, b })),
      quantile.expected.q,
      quantile.tol,
    )
  })

  it('mirrors: the upper tail of (a, b) is the lower tail of (b, a)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1023 }), shape, shape, (k, a, b) => {
        const x = k / 1024
        const [upper, lower] = [betaLogSurvival(x, { a, b }), betaLogCdf(1 - x, { a: b, b: a })]
        expect(Math.abs(upper - lower)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(lower)))
        expect(betaCdf(x, { a, b }) + betaSurvival(x, { a, b })).toBeCloseTo(1, 12)
      }),
    )
  })

  it('has quantiles that undo the tails', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        fc.double({ min: 2, max: 1e6, noNaN: true }),
        fc.double({ min: 2, max: 1e6, noNaN: true }),
        (p, a, b) => {
          expect(betaCdf(betaQuantile(p, { a, b }), { a, b })).toBeCloseTo(p, 7)
          expect(betaSurvival(betaUpperQuantile(p, { a, b }), { a, b })).toBeCloseTo(p, 7)
        },
      ),
    )
  })

  it('is uniform at (1, 1), with a density of one', () => {
    expect(betaCdf(0.3, { a: 1, b: 1 })).toBeCloseTo(0.3, 14)
    expect(betaLogDensity(0.3, { a: 1, b: 1 })).toBeCloseTo(0, 13)
    expect(betaLogDensity(0, { a: 2, b: 2 })).toBe(Number.NEGATIVE_INFINITY)
  })

  it('is 0 and 1 outside its range, and refuses empty shapes', () => {
    expect([betaCdf(-1, { a: 2, b: 3 }), betaCdf(2, { a: 2, b: 3 }), betaSurvival(0, { a: 2, b: 3 })]).toEqual([0, 1, 1])
    expect(() => betaCdf(0.5, { a: 0, b: 1 })).toThrow(/positive shapes/)
  })
})
