import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  effectiveSampleSize,
  hajekMean,
  inversePropensityMean,
  mergeWeighted,
  NO_WEIGHT,
  squaredSpreadAround,
  weightedOf,
} from '../../src/stats/importance.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { expectClose, golden, known } from './golden.ts'

interface Row {
  readonly arm: number
  readonly y: number
  readonly e: number
}
interface ArmFigures {
  readonly ipw: number
  readonly se_ipw: number
  readonly hajek: number
  readonly se_hajek: number
  readonly ess: number
  readonly mean_w: number
}
const weigh = (rows: readonly Row[]) => rows.map((row) => weightedOf(momentsOf([row.y]), row.e)).reduce(mergeWeighted, NO_WEIGHT)
const rows = fc.array(
  fc.record({ arm: fc.constant(0), y: fc.double({ min: -100, max: 100, noNaN: true }), e: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
  { minLength: 2, maxLength: 40 },
)

describe('weighted outcomes of an arm', () => {
  it.each([0, 1])('have the published means, errors and effective size (arm %i)', (arm) => {
    const { inputs, expected, tol } = golden<{ log: Row[] }, Record<'arm0' | 'arm1', ArmFigures>>('P060')
    const wanted = arm === 0 ? expected.arm0 : expected.arm1
    const weighted = weigh(inputs.log.filter((row) => row.arm === arm))
    const ipw = known(inversePropensityMean(weighted, inputs.log.length))
    const hajek = known(hajekMean(weighted))
    expectClose([ipw.estimate, Math.sqrt(ipw.variance)], [wanted.ipw, wanted.se_ipw], tol)
    expectClose([hajek.estimate, Math.sqrt(hajek.variance)], [wanted.hajek, wanted.se_hajek], tol)
    expectClose(effectiveSampleSize(weighted), wanted.ess, tol)
    expectClose(weighted.weight / inputs.log.length, wanted.mean_w, tol)
  })

  it('merge in any order, and equal direct sums', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 40 }), (all, cut) => {
        const whole = weigh(all)
        const parts = mergeWeighted(weigh(all.slice(cut)), weigh(all.slice(0, cut)))
        for (const key of ['rows', 'weight', 'mean', 'squaredWeight', 'squaredMean', 'squaredSpread'] as const)
          expect(Math.abs(parts[key] - whole[key])).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(whole[key])))
        const direct = all.reduce((sum, { y, e }) => sum + ((y - 3) / e) ** 2, 0)
        expect(Math.abs(squaredSpreadAround(whole, 3) / direct - 1)).toBeLessThan(1e-7)
      }),
    )
  })

  it('move with a constant under Hájek, not under inverse propensities', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 1, max: 50, noNaN: true }), (all, shift) => {
        const shifted = weigh(all.map((row) => ({ ...row, y: row.y + shift })))
        const before = weigh(all)
        expect(shifted.mean).toBeCloseTo(before.mean + shift, 7)
        expect(squaredSpreadAround(shifted, shifted.mean)).toBeCloseTo(squaredSpreadAround(before, before.mean), 2)
        const plain = (weighted: typeof before) => (weighted.weight * weighted.mean) / all.length
        expect(plain(shifted) - plain(before)).toBeCloseTo((shift * before.weight) / all.length, 5)
      }),
    )
  })

  it('count as many rows as there are when weights are equal', () => {
    expect(effectiveSampleSize(weightedOf(momentsOf([1, 2, 3, 4]), 0.2))).toBeCloseTo(4, 12)
    expect(effectiveSampleSize(NO_WEIGHT)).toBe(0)
  })

  it('are unknown with less than two rows, and refuse impossible propensities', () => {
    expect(hajekMean(weightedOf(momentsOf([1]), 0.5))).toMatchObject({ because: 'too-few-units' })
    expect(inversePropensityMean(NO_WEIGHT, 1)).toMatchObject({ because: 'too-few-units' })
    expect(() => weightedOf(momentsOf([1]), 0)).toThrow()
    expect(() => weightedOf(momentsOf([1]), 1.5)).toThrow()
  })
})
