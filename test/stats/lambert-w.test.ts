import { describe, expect, it } from 'vitest'
import { lambertWMinusOne } from '../../src/stats/lambert-w.ts'
import { distributions, expectClose, golden } from './golden.ts'

describe("the lower branch of Lambert's function", () => {
  it('has the values of 40-digit arithmetic', () => {
    for (const [x, w] of distributions.lambertWMinusOne!) {
      expect(Math.abs(lambertWMinusOne(x!) / w! - 1)).toBeLessThan(1e-11)
    }
  })

  it('tunes the mixture of the published confidence sequence', () => {
    const { inputs, expected, tol } = golden<{ lambertWm1_x: number[] }, { lambertWm1: number[] }>('P008')
    expectClose(inputs.lambertWm1_x.map(lambertWMinusOne), expected.lambertWm1, tol)
  })

  it('is −1 at the branch point and refuses numbers outside its domain', () => {
    expect(lambertWMinusOne(-1 / Math.E)).toBeCloseTo(-1, 7)
    expect(() => lambertWMinusOne(0)).toThrow(/lower branch/)
    expect(() => lambertWMinusOne(-0.4)).toThrow(/lower branch/)
  })
})
