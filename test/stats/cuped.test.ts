import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareWithCovariates } from '../../src/stats/cuped.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { linEffect } from '../../src/stats/lin.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { type JointMoments, jointMomentsOf, jointMomentsOfSums } from '../../src/stats/pair-moments.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { expectClose, golden, known } from './golden.ts'

type Sums = Readonly<Record<'n' | 'sum_y' | 'sum_x' | 'sum_yy' | 'sum_xx' | 'sum_xy', number>>
interface Expected {
  readonly theta: number
  readonly diff: number
  readonly se: number
  readonly z: number
  readonly variance_reduction: number
  readonly lin: Readonly<Record<'theta_c' | 'theta_t' | 'diff' | 'se_finite' | 'se_superpop', number>>
}

/** Sums printed with two decimals; products with four. In cents, so that the moments are exact; effects then come out in cents. */
const cents = (sums: Sums): JointMoments =>
  jointMomentsOfSums({
    n: BigInt(sums.n),
    sums: [BigInt(Math.round(sums.sum_y * 100)), BigInt(Math.round(sums.sum_x * 100))],
    products: [sums.sum_yy, sums.sum_xy, sums.sum_xx].map((sum) => BigInt(Math.round(sum * 1e4))),
  })

const row = fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 100 }))
const rows = fc.array(row, { minLength: 4, maxLength: 30 })

describe('CUPED', () => {
  const { inputs, expected, tol } = golden<{ control: Sums; treatment: Sums }, Expected>('P024')
  const arms = { control: cents(inputs.control), treatment: cents(inputs.treatment) }

  it('gives the slope, difference and error of the analysis of covariance', () => {
    const adjusted = known(compareWithCovariates(arms, { level: 0.95 }))
    expectClose(adjusted.theta, [expected.theta], tol)
    expectClose(adjusted.difference.estimate / 100, expected.diff, tol)
    expectClose(adjusted.difference.standardError / 100, expected.se, tol)
    expectClose(adjusted.difference.statistic, expected.z, tol)
    expectClose(adjusted.varianceReduction, expected.variance_reduction, tol)
  })

  it('has Lin’s arm-specific slopes and both of his errors', () => {
    const lin = known(linEffect(arms))
    expectClose([...lin.theta.control, ...lin.theta.treatment], [expected.lin.theta_c, expected.lin.theta_t], tol)
    expectClose(lin.effect.estimate / 100, expected.lin.diff, tol)
    expectClose(Math.sqrt(lin.effect.variance) / 100, expected.lin.se_superpop, tol)
    expectClose(Math.sqrt(lin.finite.variance) / 100, expected.lin.se_finite, tol)
  })

  it('changes nothing when the covariate does not vary, or repeats another one', () => {
    fc.assert(
      fc.property(rows, rows, (control, treatment) => {
        const constant = (all: readonly (readonly [number, number])[]) => jointMomentsOf(all.map(([y]) => [y, 7]))
        const plain = compareMeans(
          { control: momentsOf(control.map(([y]) => y)), treatment: momentsOf(treatment.map(([y]) => y)) },
          { level: 0.95 },
        )
        const flat = compareWithCovariates({ control: constant(control), treatment: constant(treatment) }, { level: 0.95 })
        expect(isUnknown(flat)).toBe(isUnknown(plain))
        if (isUnknown(flat) || isUnknown(plain)) return
        expect(flat.difference.estimate).toBeCloseTo(plain.difference.estimate, 9)
        expect(flat.difference.standardError).toBeCloseTo(plain.difference.standardError, 9)
        expect(flat.varianceReduction).toBeCloseTo(0, 9)
        const once = compareWithCovariates({ control: jointMomentsOf(control), treatment: jointMomentsOf(treatment) }, { level: 0.95 })
        const twice = (all: readonly (readonly [number, number])[]) => jointMomentsOf(all.map(([y, x]) => [y, x, 2 * x - 5]))
        const repeated = compareWithCovariates({ control: twice(control), treatment: twice(treatment) }, { level: 0.95 })
        if (isUnknown(once) || isUnknown(repeated)) return
        expect(repeated.difference.estimate).toBeCloseTo(once.difference.estimate, 6)
        expect(repeated.difference.standardError).toBeCloseTo(once.difference.standardError, 6)
      }),
    )
  })

  it('never widens the pooled spread: the slope is the one that makes it smallest', () => {
    fc.assert(
      fc.property(rows, (all) => {
        // arms of equal size, where the pooled slope also minimises the variance of the difference
        const half = Math.floor(all.length / 2)
        const result = compareWithCovariates(
          { control: jointMomentsOf(all.slice(0, half)), treatment: jointMomentsOf(all.slice(half, 2 * half)) },
          { level: 0.95 },
        )
        if (!isUnknown(result)) expect(result.varianceReduction).toBeGreaterThanOrEqual(-1e-9)
      }),
    )
  })

  it('does not care for the origin or the unit of a covariate', () => {
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 2, max: 50 }), fc.integer({ min: -50, max: 50 }), (control, treatment, factor, origin) => {
        const moved = (all: readonly (readonly [number, number])[]) => jointMomentsOf(all.map(([y, x]) => [y, factor * x + origin]))
        const before = compareWithCovariates({ control: jointMomentsOf(control), treatment: jointMomentsOf(treatment) }, { level: 0.95 })
        const after = compareWithCovariates({ control: moved(control), treatment: moved(treatment) }, { level: 0.95 })
        if (isUnknown(before) || isUnknown(after)) return
        expect(after.difference.estimate).toBeCloseTo(before.difference.estimate, 7)
        expect(after.difference.standardError).toBeCloseTo(before.difference.standardError, 7)
      }),
    )
  })

  it('has a lift that excludes zero exactly when the difference does', () => {
    fc.assert(
      fc.property(rows, rows, (control, treatment) => {
        const shifted = (all: readonly (readonly [number, number])[]) => jointMomentsOf(all.map(([y, x]) => [y + 300, x]))
        const result = compareWithCovariates({ control: shifted(control), treatment: shifted(treatment) }, { level: 0.9 })
        if (isUnknown(result) || isUnknown(result.lift) || Math.abs(result.difference.pValue - 0.1) < 1e-9) return
        const { low, high } = result.lift.interval
        expect(low > 0 || high < 0).toBe(result.difference.significant)
      }),
    )
  })

  it('needs two units more than covariates in each arm, and some variance', () => {
    const few = jointMomentsOf([
      [1, 2],
      [3, 4],
    ])
    expect(compareWithCovariates({ control: few, treatment: few }, { level: 0.95 })).toEqual({
      kind: 'unknown',
      because: 'too-few-units',
      have: 2,
      need: 3,
    })
    const flat = jointMomentsOf([
      [1, 2],
      [1, 4],
      [1, 7],
    ])
    expect(compareWithCovariates({ control: flat, treatment: flat }, { level: 0.95 })).toMatchObject({ because: 'no-variance' })
    expect(linEffect({ control: few, treatment: few })).toMatchObject({ because: 'too-few-units', need: 3 })
  })
})
