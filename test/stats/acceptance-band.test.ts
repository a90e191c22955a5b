import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptanceBand } from '../../src/stats/acceptance-band.ts'
import { binomialCdf, binomialSurvival } from '../../src/stats/binomial.ts'
import { golden } from './golden.ts'

describe('the acceptance band of a simulation', () => {
  it('is the published one at 99.9 %', () => {
    const { inputs, expected } = golden<{ n: number[]; p: number; level: number }, { band: number[][] }>('P066')
    const bands = inputs.n.map((trials) => acceptanceBand({ trials, rate: inputs.p, falseAlarm: 1 - inputs.level }))
    expect(bands.map(({ low, high }) => [low, high])).toEqual(expected.band)
  })

  it('is as wide as its false alarm asks for, and no wider', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 1e-9, max: 0.2, noNaN: true }),
        (trials, rate, falseAlarm) => {
          const { low, high } = acceptanceBand({ trials, rate, falseAlarm })
          const binomial = { trials, probability: rate }
          expect(binomialSurvival(high, binomial)).toBeLessThanOrEqual(falseAlarm / 2 + 1e-15)
          expect(binomialSurvival(high - 1, binomial)).toBeGreaterThan(falseAlarm / 2 - 1e-15)
          expect(binomialCdf(low - 1, binomial)).toBeLessThanOrEqual(falseAlarm / 2)
          expect(low).toBeLessThanOrEqual(high)
        },
      ),
    )
  })

  it('has only an upper end for "at most"', () => {
    expect(acceptanceBand({ trials: 4000, rate: 0.05, falseAlarm: 0.001, claim: 'at-most' })).toEqual({ low: 0, high: 244 })
    expect(acceptanceBand({ trials: 4000, rate: 0.05, falseAlarm: 1e-6 })).toEqual({ low: 136, high: 271 })
  })

  it('refuses what is no probability', () => {
    expect(() => acceptanceBand({ trials: 0, rate: 0.05, falseAlarm: 0.01 })).toThrow()
    expect(() => acceptanceBand({ trials: 10, rate: 0.05, falseAlarm: 0 })).toThrow()
  })
})
