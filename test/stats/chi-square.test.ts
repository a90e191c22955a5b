import { describe, expect, it } from 'vitest'
import {
  chiSquareCdf,
  chiSquareLogSurvival,
  chiSquareQuantile,
  chiSquareSurvival,
  chiSquareUpperQuantile,
  chiSquareUpperQuantileOfLog,
} from '../../src/stats/chi-square.ts'
import { normalSurvival } from '../../src/stats/normal.ts'
import { expectClose, golden } from './golden.ts'

describe('the χ² distribution', () => {
  it('gives the published upper tails, down to 1e-26', () => {
    const { inputs, expected, tol } = golden<{ chi2_sf_cases: [number, number][] }, { chi2_sf: number[] }>('P007')
    expectClose(
      inputs.chi2_sf_cases.map(([x, df]) => chiSquareSurvival(x, df)),
      expected.chi2_sf,
      tol,
    )
  })

  it('is the square of a normal at one degree of freedom', () => {
    for (const z of [0.3, 1.96, 5, 20]) expect(chiSquareSurvival(z * z, 1) / (2 * normalSurvival(z))).toBeCloseTo(1, 12)
  })

  it('has quantiles that undo it, from probabilities and from logarithms', () => {
    expect(chiSquareCdf(chiSquareQuantile(0.2, 7), 7)).toBeCloseTo(0.2, 13)
    expect(chiSquareUpperQuantile(0.05, 1)).toBeCloseTo(3.841458820694124, 12)
    expect(chiSquareUpperQuantileOfLog(chiSquareLogSurvival(5000, 9), 9)).toBeCloseTo(5000, 8)
  })
})
