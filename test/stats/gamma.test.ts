import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gammaCdf,
  gammaLogCdf,
  gammaLogDensity,
  gammaLogSurvival,
  gammaQuantile,
  gammaQuantileOfLog,
  gammaSurvival,
  gammaUpperQuantile,
  gammaUpperQuantileOfLog,
} from '../../src/stats/gamma.ts'
import { expectQuantile, expectTail } from './distribution-checks.ts'
import { distributions, expectClose, golden } from './golden.ts'

describe('the gamma distribution', () => {
  it('has both tails to 1e-8 at 1e-300 and quantiles, at shapes up to ten million', () => {
    for (const [x, shape, logCdf, logSurvival] of distributions.gamma!) {
      expectTail(gammaLogCdf(x!, shape!), logCdf!, 'lower')
      expectTail(gammaLogSurvival(x!, shape!), logSurvival!, 'upper')
      const back = logCdf! < logSurvival! ? gammaQuantileOfLog(logCdf!, shape!) : gammaUpperQuantileOfLog(logSurvival!, shape!)
      expectQuantile(back, x!, 'quantile')
    }
  })

  it('gives the published incomplete gamma', () => {
    const { inputs, expected, tol } = golden<{ P_cases: [number, number][] }, { P: number[] }>('P007')
    expectClose(
      inputs.P_cases.map(([shape, x]) => gammaCdf(x, shape)),
      expected.P,
      tol,
    )
  })

  it('has tails that add to one and quantiles that undo them', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), fc.double({ min: 0.1, max: 1e6, noNaN: true }), (p, shape) => {
        const x = gammaQuantile(p, shape)
        expect(gammaCdf(x, shape)).toBeCloseTo(p, 9)
        expect(gammaCdf(x, shape) + gammaSurvival(x, shape)).toBeCloseTo(1, 12)
        expect(gammaSurvival(gammaUpperQuantile(p, shape), shape)).toBeCloseTo(p, 9)
      }),
    )
  })

  it('is exponential at shape one, with both ends', () => {
    expect(gammaSurvival(2, 1)).toBeCloseTo(Math.exp(-2), 15)
    expect(gammaLogDensity(2, 1)).toBeCloseTo(-2, 13)
    expect([gammaCdf(0, 2), gammaSurvival(Number.POSITIVE_INFINITY, 2), gammaLogDensity(0, 2)]).toEqual([0, 0, Number.NEGATIVE_INFINITY])
    expect(() => gammaCdf(1, 0)).toThrow(/positive shape/)
  })
})
