import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRatio } from '../../src/stats/sample-ratio.ts'
import { expectClose, golden, known } from './golden.ts'

describe('the sample ratio', () => {
  it.each(['P029', 'P030'])('has the published χ² of case %s', (id) => {
    const { inputs, expected, tol } = golden<{ counts: number[]; ratios: number[] }, { chi2: number; p: number }>(id)
    const result = known(sampleRatio({ counts: inputs.counts, weights: inputs.ratios }))
    expectClose(result.statistic, expected.chi2, tol)
    expectClose(result.pValue, expected.p, tol)
    expect(result.mismatch).toBe(expected.p < 0.001)
  })

  it('does not let arms of weight zero hide a mismatch', () => {
    const result = known(sampleRatio({ counts: [5300, 5000, 0, 0], weights: [1, 1, 0, 0] }))
    expect(result.degreesOfFreedom).toBe(1)
    expect(result.pValue).toBeCloseTo(0.0031, 4)
    expect(result.expected).toEqual([5150, 5150, 0, 0])
  })

  it('reports units in arms of weight zero as strays', () => {
    expect(known(sampleRatio({ counts: [500, 500, 3], weights: [1, 1, 0] }))).toMatchObject({ strays: 3, mismatch: true, statistic: 0 })
  })

  it('does not depend on the scale of the weights nor on the order of the arms', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 200, max: 900 }), fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 6 }),
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        (arms, scale) => {
          const plain = known(sampleRatio({ counts: arms.map(([n]) => n), weights: arms.map(([, w]) => w) }))
          const turned = known(sampleRatio({ counts: arms.map(([n]) => n).reverse(), weights: arms.map(([, w]) => w * scale).reverse() }))
          expect(turned.statistic).toBeCloseTo(plain.statistic, 7)
          expect(turned.pValue).toBeCloseTo(plain.pValue, 9)
          expect(plain.pValue).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('never prints zero for a split that is beyond doubt wrong', () => {
    const result = known(sampleRatio({ counts: [1_000_000, 100_000], weights: [1, 1] }))
    expect(result.pValue).toBe(Number.MIN_VALUE)
    expect(result.log10PValue).toBeLessThan(-100_000)
  })

  it('is unknown with few units, one arm or no weights', () => {
    expect(sampleRatio({ counts: [3, 4], weights: [1, 1] })).toEqual({ kind: 'unknown', because: 'too-few-units', have: 7, need: 10 })
    expect(sampleRatio({ counts: [30], weights: [1] })).toMatchObject({ because: 'too-few-arms' })
    expect(sampleRatio({ counts: [30, 4], weights: [0, 0] })).toMatchObject({ because: 'zero-weights' })
    expect(() => sampleRatio({ counts: [30, 4], weights: [1] })).toThrow(/as many weights/)
    expect(() => sampleRatio({ counts: [30, 4], weights: [1, -1] })).toThrow(/not negative/)
  })
})
