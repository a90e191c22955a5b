import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { probabilitiesOfBest } from '../../src/stats/bayesian-best.ts'
import { betaVariable, normalVariable } from '../../src/stats/bayesian-variable.ts'
import { normalCdf, normalLogSurvival } from '../../src/stats/normal.ts'
import { expectClose, golden } from './golden.ts'

const normals = fc.array(
  fc.record({ mean: fc.double({ min: -5, max: 5, noNaN: true }), deviation: fc.double({ min: 0.01, max: 50, noNaN: true }) }),
  {
    minLength: 2,
    maxLength: 6,
  },
)

describe('the probability of being the best arm', () => {
  it('is the published one for four beta posteriors', () => {
    const { inputs, expected, tol } = golden<{ posteriors: [number, number][] }, { p_best: number[] }>('P049')
    expectClose(probabilitiesOfBest(inputs.posteriors.map(([a, b]) => betaVariable({ a, b }))), expected.p_best, tol)
  })

  it('adds up to 1 and does not mind the order of the arms', () => {
    fc.assert(
      fc.property(normals, (arms) => {
        const chances = probabilitiesOfBest(arms.map(normalVariable))
        expect(chances.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        const turned = probabilitiesOfBest([...arms].reverse().map(normalVariable)).toReversed()
        chances.forEach((p, i) => {
          expect(turned[i]).toBeCloseTo(p, 9)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('is Φ of the standardised difference for two normal arms, far into the tail', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0.05, max: 20, noNaN: true }), (gap, deviation) => {
        const [first] = probabilitiesOfBest([normalVariable({ mean: gap, deviation }), normalVariable({ mean: 0, deviation: 1 })])
        expect(first).toBeCloseTo(normalCdf(gap / Math.hypot(deviation, 1)), 10)
      }),
    )
    const [hopeless] = probabilitiesOfBest([normalVariable({ mean: -40, deviation: 1 }), normalVariable({ mean: 0, deviation: 1 })])
    expect(Math.log(hopeless!)).toBeCloseTo(normalLogSurvival(40 / Math.SQRT2), 6)
  })

  it('is equal for equal arms and certain for a single one', () => {
    expectClose(probabilitiesOfBest(Array.from({ length: 7 }, () => betaVariable({ a: 30, b: 970 }))), new Array(7).fill(1 / 7), {
      rel: 1e-9,
      abs: 0,
    })
    expect(probabilitiesOfBest([betaVariable({ a: 1, b: 1 })])).toEqual([1])
  })

  it('handles a sure arm beside unsure ones', () => {
    // uniform arms beat a sure ½ with chance ½ each: P(sure best) = ¼
    const chances = probabilitiesOfBest([betaVariable({ a: 1, b: 1 }), betaVariable({ a: 1, b: 1 }), betaVariable({ a: 1e9, b: 1e9 })])
    expect(chances[2]).toBeCloseTo(0.25, 4)
    expect(chances[0]).toBeCloseTo(0.375, 4)
  })
})
