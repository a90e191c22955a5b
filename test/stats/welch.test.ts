import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/stats/estimate.ts'
import { type Moments, momentsOf, momentsOfSums, scaleMoments, shiftSums } from '../../src/stats/moments.ts'
import { compareMeans, differenceOfMeans } from '../../src/stats/welch.ts'
import { expectClose, golden, known } from './golden.ts'

interface Sums {
  readonly n: number
  readonly sum: number
  readonly sumsq: number
}

/** Moments of sums printed with two decimals, through the exact door. */
function momentsOfPrinted({ n, sum, sumsq }: Sums): Moments {
  const cents = momentsOfSums({ n: BigInt(n), sum: BigInt(Math.round(sum * 100)), sumOfSquares: BigInt(Math.round(sumsq * 1e4)) })
  return scaleMoments(cents, 0.01)
}

const sample = fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 2, maxLength: 30 })
const arms = fc.tuple(sample, sample).map(([control, treatment]) => ({ control: momentsOf(control), treatment: momentsOf(treatment) }))

describe("Welch's test", () => {
  it.each(['P018', 'P019', 'P020'])('gives the published numbers of case %s', (id) => {
    const { inputs, expected, tol } = golden<
      { control: Sums; treatment: Sums },
      { diff: number; se: number; t: number; df: number; p: number; ci: number[] }
    >(id)
    const { difference } = known(
      compareMeans({ control: momentsOfPrinted(inputs.control), treatment: momentsOfPrinted(inputs.treatment) }, { level: 0.95 }),
    )
    expectClose(difference.estimate, expected.diff, tol)
    expectClose(difference.standardError, expected.se, tol)
    expectClose(difference.statistic, expected.t, tol)
    expectClose(difference.degreesOfFreedom, expected.df, tol)
    expectClose(difference.pValue, expected.p, tol)
    expectClose([difference.interval.low, difference.interval.high], expected.ci, tol)
  })

  it('keeps the variance of cents around a billion', () => {
    const { inputs, expected, tol } = golden<{ control: number[]; treatment: number[] }, { welch_t: number; welch_p: number }>('P022')
    const shifted = (values: readonly number[]) => {
      const sum = values.reduce((total, value) => total + BigInt(value), 0n)
      const sumOfSquares = values.reduce((total, value) => total + BigInt(value) ** 2n, 0n)
      return momentsOfSums(shiftSums({ n: BigInt(values.length), sum, sumOfSquares }, 1_000_000_000n))
    }
    const { difference } = known(compareMeans({ control: shifted(inputs.control), treatment: shifted(inputs.treatment) }, { level: 0.95 }))
    expectClose(difference.statistic, expected.welch_t, tol)
    expectClose(difference.pValue, expected.welch_p, tol)
  })

  it('takes the degrees of freedom of the arm that varies when the other does not', () => {
    const effect = known(differenceOfMeans({ control: momentsOf([3, 3, 3, 3]), treatment: momentsOf([1, 2, 4]) }))
    expect(effect.degreesOfFreedom).toBeCloseTo(2, 12)
  })

  it('answers unknown below two units and without variance, never a zero', () => {
    expect(compareMeans({ control: momentsOf([1]), treatment: momentsOf([1, 2]) }, { level: 0.95 })).toEqual({
      kind: 'unknown',
      because: 'too-few-units',
      have: 1,
      need: 2,
    })
    expect(compareMeans({ control: momentsOf([1, 1]), treatment: momentsOf([1, 1]) }, { level: 0.95 })).toEqual({
      kind: 'unknown',
      because: 'no-variance',
    })
  })

  it('never prints a p-value of zero, and carries its logarithm', () => {
    const far = { control: { n: 1e6, mean: 0, m2: 1e6 }, treatment: { n: 1e6, mean: 1, m2: 1e6 } }
    const { difference } = known(compareMeans(far, { level: 0.95 }))
    expect(difference.pValue).toBe(Number.MIN_VALUE)
    expect(difference.log10PValue).toBeLessThan(-90_000)
  })

  it('changes sign with the arms and nothing else', () => {
    fc.assert(
      fc.property(arms, ({ control, treatment }) => {
        const there = compareMeans({ control, treatment }, { level: 0.95 })
        const back = compareMeans({ control: treatment, treatment: control }, { level: 0.95 })
        if (isUnknown(there) || isUnknown(back)) return isUnknown(there) === isUnknown(back)
        expect(back.difference.estimate).toBe(-there.difference.estimate)
        expect(back.difference.pValue).toBeCloseTo(there.difference.pValue, 12)
        return true
      }),
    )
  })

  it('does not depend on the unit of the metric', () => {
    fc.assert(
      fc.property(arms, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), ({ control, treatment }, factor) => {
        const before = compareMeans({ control, treatment }, { level: 0.9 })
        const after = compareMeans({ control: scaleMoments(control, factor), treatment: scaleMoments(treatment, factor) }, { level: 0.9 })
        if (isUnknown(before) || isUnknown(after)) return
        expect(Math.abs(after.difference.log10PValue - before.difference.log10PValue)).toBeLessThanOrEqual(
          1e-9 * (1 + Math.abs(before.difference.log10PValue)),
        )
      }),
    )
  })

  it('has intervals that widen with the level and flags that agree with them', () => {
    fc.assert(
      fc.property(arms, ({ control, treatment }) => {
        const narrow = compareMeans({ control, treatment }, { level: 0.9 })
        const wide = compareMeans({ control, treatment }, { level: 0.99 })
        if (isUnknown(narrow) || isUnknown(wide)) return
        expect(wide.difference.interval.low).toBeLessThan(narrow.difference.interval.low)
        expect(wide.difference.interval.high).toBeGreaterThan(narrow.difference.interval.high)
        const { interval, significant, pValue } = narrow.difference
        expect(significant).toBe(interval.low > 0 || interval.high < 0)
        if (Math.abs(pValue - 0.1) > 1e-9) expect(significant).toBe(pValue < 0.1)
      }),
    )
  })
})
