import { describe, expect, it } from 'vitest'
import { jamesStein } from '../../src/stats/james-stein.ts'
import { expectClose, golden, known } from './golden.ts'

describe("James and Stein's estimator", () => {
  it('shrinks the batting averages of 1970 as published', () => {
    const { inputs, expected, tol } = golden<
      { hits: number[]; at_bats: number },
      { x: number[]; mean: number; S: number; shrink_factor: number; js: number[] }
    >('P058')
    const arcsine = inputs.hits.map((hits) => Math.sqrt(inputs.at_bats) * Math.asin((2 * hits) / inputs.at_bats - 1))
    expectClose(arcsine, expected.x, tol)
    const result = known(jamesStein(arcsine, { variance: 1 }))
    expectClose(result.mean, expected.mean, tol)
    expectClose(result.scatter, expected.S, tol)
    expectClose(result.factor, expected.shrink_factor, tol)
    expectClose(result.shrunk, expected.js, tol)
  })

  it('never overshoots the mean, and stays there when the means scatter less than chance', () => {
    expect(known(jamesStein([1, 1.1, 0.9, 1], { variance: 1 }))).toMatchObject({ factor: 0 })
    for (const value of known(jamesStein([1, 1.1, 0.9, 1], { variance: 1 })).shrunk) expect(value).toBeCloseTo(1, 12)
    expect(known(jamesStein([2, 2, 2, 2], { variance: 1 })).shrunk).toEqual([2, 2, 2, 2])
  })

  it('needs four means and a variance', () => {
    expect(jamesStein([1, 2, 3], { variance: 1 })).toMatchObject({ because: 'too-few-segments', have: 3, need: 4 })
    expect(jamesStein([1, 2, 3, 4], { variance: 0 })).toMatchObject({ because: 'no-variance' })
  })
})
