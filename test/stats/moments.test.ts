import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addSums,
  type ExactSums,
  type Moments,
  mergeMoments,
  momentsOf,
  momentsOfCounts,
  momentsOfSums,
  NO_MOMENTS,
  sampleVariance,
  scaleMoments,
  shiftSums,
} from '../../src/stats/moments.ts'
import { expectClose, golden } from './golden.ts'

const cents = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 40 })

function sumsOf(values: readonly number[]): ExactSums {
  return {
    n: BigInt(values.length),
    sum: values.reduce((sum, value) => sum + BigInt(value), 0n),
    sumOfSquares: values.reduce((sum, value) => sum + BigInt(value) ** 2n, 0n),
  }
}

function expectSame(got: Moments, wanted: Moments): void {
  expect(got.n).toBe(wanted.n)
  expect(Math.abs(got.mean - wanted.mean)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(wanted.mean)) * 1e3)
  expect(Math.abs(got.m2 - wanted.m2)).toBeLessThanOrEqual(1e-11 * (1 + wanted.m2))
}

describe('moments', () => {
  it('are the same from exact sums and from values in memory', () => {
    fc.assert(fc.property(cents, (values) => expectSame(momentsOfSums(sumsOf(values)), momentsOf(values))))
  })

  it('merge to the same, in any grouping and any order', () => {
    fc.assert(
      fc.property(cents, cents, cents, (a, b, c) => {
        const [x, y, z] = [momentsOf(a), momentsOf(b), momentsOf(c)]
        const whole = momentsOf([...a, ...b, ...c])
        expectSame(mergeMoments(mergeMoments(x, y), z), whole)
        expectSame(mergeMoments(x, mergeMoments(y, z)), whole)
        expectSame(mergeMoments(z, mergeMoments(y, x)), whole)
      }),
    )
  })

  it('of exact sums are bit for bit the same, however the log was cut', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(momentsOfSums(addSums(sumsOf(a), sumsOf(b)))).toEqual(momentsOfSums(sumsOf([...b, ...a])))
      }),
    )
  })

  it('keep the variance of values around a billion, where floating sums of squares have none', () => {
    const { inputs, expected, tol } = golden<{ control: number[]; treatment: number[] }, { var_control: number; var_treatment: number }>(
      'P022',
    )
    expectClose(sampleVariance(momentsOfSums(sumsOf(inputs.control))), expected.var_control, tol)
    expectClose(sampleVariance(momentsOfSums(sumsOf(inputs.treatment))), expected.var_treatment, tol)
    const floating = inputs.control.reduce((sum, y) => sum + y * y, 0) - inputs.control.reduce((sum, y) => sum + y, 0) ** 2 / 5
    expect(Math.abs(floating / 4 - expected.var_control)).toBeGreaterThan(1)
  })

  it('do not change their spread with the origin', () => {
    fc.assert(
      fc.property(cents, fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (values, origin) => {
        const shifted = momentsOfSums(shiftSums(sumsOf(values.map((value) => value + 3)), 3n))
        expect(shifted).toEqual(momentsOfSums(sumsOf(values)))
        expect(momentsOfSums(shiftSums(sumsOf(values), origin)).m2).toBe(momentsOfSums(sumsOf(values)).m2)
      }),
    )
  })

  it('scale with the unit', () => {
    const scaled = scaleMoments(momentsOf([100, 300, 800]), -0.01)
    expectSame(scaled, momentsOf([-1, -3, -8]))
  })

  it('of counts are those of zeros and ones', () => {
    expectSame(momentsOfCounts({ n: 5, events: 2 }), momentsOf([0, 1, 0, 1, 0]))
    expect(() => momentsOfCounts({ n: 5, events: 6 })).toThrow(/no proportion/)
  })

  it('refuse sums that no sample has, and values that are no numbers', () => {
    expect(() => momentsOfSums({ n: 3n, sum: 10n, sumOfSquares: 30n })).toThrow(/variance would be negative/)
    expect(() => momentsOfSums({ n: 0n, sum: 1n, sumOfSquares: 1n })).toThrow(/empty/)
    expect(() => momentsOf([1, Number.NaN])).toThrow(/finite/)
    expect(() => momentsOf([1, Number.POSITIVE_INFINITY])).toThrow(/finite/)
    expect(() => sampleVariance(momentsOf([1]))).toThrow(/two units/)
  })

  it('of nothing are empty and merge to the other sample', () => {
    expect(momentsOf([])).toEqual(NO_MOMENTS)
    expect(momentsOfSums({ n: 0n, sum: 0n, sumOfSquares: 0n })).toEqual(NO_MOMENTS)
    expect(mergeMoments(NO_MOMENTS, momentsOf([1, 2]))).toEqual(momentsOf([1, 2]))
    expect(mergeMoments(momentsOf([1, 2]), NO_MOMENTS)).toEqual(momentsOf([1, 2]))
  })
})
