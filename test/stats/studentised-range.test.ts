import { describe, expect, it } from 'vitest'
import { studentTSurvival } from '../../src/stats/student-t.ts'
import { studentisedRangeCdf, studentisedRangeQuantile } from '../../src/stats/studentised-range.ts'
import { expectClose, golden } from './golden.ts'

describe('the studentised range', () => {
  it('gives the value of ptukey', () => {
    const { inputs, expected, tol } = golden<{ ptukey: [number, number, number][] }, { ptukey: number[] }>('P008')
    expectClose(
      inputs.ptukey.map(([q, means, degreesOfFreedom]) => studentisedRangeCdf(q, { means, degreesOfFreedom })),
      expected.ptukey,
      tol,
    )
  })

  it('is a t-test times √2 for two means', () => {
    const q = 3.1
    expect(studentisedRangeCdf(q, { means: 2, degreesOfFreedom: 17 })).toBeCloseTo(1 - 2 * studentTSurvival(q / Math.SQRT2, 17), 9)
  })

  it('has the tabulated critical value 3.578 for three means and 20 degrees of freedom', () => {
    expect(studentisedRangeQuantile(0.95, { means: 3, degreesOfFreedom: 20 })).toBeCloseTo(3.578, 3)
    expect(studentisedRangeCdf(0, { means: 3, degreesOfFreedom: 20 })).toBe(0)
    expect(() => studentisedRangeCdf(1, { means: 1, degreesOfFreedom: 20 })).toThrow(/two means/)
  })
})
