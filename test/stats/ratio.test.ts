import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceOfArms } from '../../src/stats/arm-estimate.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { jointMomentsOf, jointMomentsOfSums } from '../../src/stats/pair-moments.ts'
import { armRatioOf, compareRatios, differenceOfRatios } from '../../src/stats/ratio.ts'
import { relativeLift } from '../../src/stats/relative-lift.ts'
import { deltaLift, logRatioLift } from '../../src/stats/relative-lift-alternates.ts'
import { expectClose, golden, known } from './golden.ts'

type Sums = Readonly<Record<'n' | 'sum_num' | 'sum_den' | 'sum_num2' | 'sum_den2' | 'sum_numden', number>>
interface Expected {
  readonly ratio_c: number
  readonly ratio_t: number
  readonly diff: number
  readonly se_delta: number
  readonly z: number
  readonly p: number
  readonly se_cluster_CR0: number
  readonly relative: { readonly uplift: number; readonly delta_ci: number[]; readonly log_ci: number[]; readonly fieller_ci: number[] }
}

const momentsOfCase = (sums: Sums) =>
  jointMomentsOfSums({
    n: BigInt(sums.n),
    sums: [BigInt(sums.sum_num), BigInt(sums.sum_den)],
    products: [BigInt(sums.sum_num2), BigInt(sums.sum_numden), BigInt(sums.sum_den2)],
  })
const units = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 12 })), { minLength: 2, maxLength: 40 })

describe('a ratio metric', () => {
  const { inputs, expected, tol } = golden<{ control: Sums; treatment: Sums }, Expected>('P023')
  const control = momentsOfCase(inputs.control)
  const treatment = momentsOfCase(inputs.treatment)

  it('has the delta-method error of the published click-through case', () => {
    expectClose(known(armRatioOf(control)).estimate, expected.ratio_c, tol)
    expectClose(known(armRatioOf(treatment)).estimate, expected.ratio_t, tol)
    const test = testEffect(
      { ...known(differenceOfRatios({ control, treatment })), degreesOfFreedom: Number.POSITIVE_INFINITY },
      { level: 0.95 },
    )
    expectClose(test.estimate, expected.diff, tol)
    expectClose(test.standardError, expected.se_delta, tol)
    expectClose(test.statistic, expected.z, tol)
    expectClose(test.pValue, expected.p, tol)
  })

  it('equals the cluster-robust error of a regression on events, up to n/(n − 1)', () => {
    const shrink = (moments: typeof control) => {
      const arm = known(armRatioOf(moments))
      return { ...arm, variance: (arm.variance * (arm.n - 1)) / arm.n }
    }
    const effect = known(differenceOfArms({ control: shrink(control), treatment: shrink(treatment) }))
    expectClose(Math.sqrt(effect.variance), expected.se_cluster_CR0, tol)
  })

  it('has the three relative intervals of the case at the normal critical value', () => {
    const many = {
      control: { ...known(armRatioOf(control)), degreesOfFreedom: Number.POSITIVE_INFINITY },
      treatment: { ...known(armRatioOf(treatment)), degreesOfFreedom: Number.POSITIVE_INFINITY },
    }
    const ends = (lift: ReturnType<typeof relativeLift>) => [known(lift).interval.low, known(lift).interval.high]
    expectClose(ends(relativeLift(many, { level: 0.95 })), expected.relative.fieller_ci, tol)
    expectClose(ends(logRatioLift(many, { level: 0.95 })), expected.relative.log_ci, tol)
    expectClose(ends(deltaLift(many, { level: 0.95 })), expected.relative.delta_ci, tol)
  })

  it('uses Student’s t on small samples, and is then wider than the normal interval', () => {
    const { difference } = known(compareRatios({ control, treatment }, { level: 0.95 }))
    expect(difference.degreesOfFreedom).toBeGreaterThan(40)
    expect(difference.degreesOfFreedom).toBeLessThan(83)
    expect(difference.interval.high - difference.estimate).toBeGreaterThan(1.96 * difference.standardError)
  })

  it('is the mean when every denominator is one, and does not depend on the unit of either part', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 50 }), (rows, factor) => {
        const plain = armRatioOf(jointMomentsOf(rows))
        const scaled = armRatioOf(jointMomentsOf(rows.map(([m, d]) => [m, d * factor])))
        expect(isUnknown(plain)).toBe(isUnknown(scaled))
        if (isUnknown(plain) || isUnknown(scaled)) return
        expect(scaled.estimate * factor).toBeCloseTo(plain.estimate, 9)
        expect(scaled.variance * factor * factor).toBeCloseTo(plain.variance, 9)
        const one = known(armRatioOf(jointMomentsOf(rows.map(([m]) => [m, 1]))))
        expect(one.estimate).toBeCloseTo(rows.reduce((sum, [m]) => sum + m, 0) / rows.length, 9)
      }),
    )
  })

  it('is unknown while its denominator may be zero', () => {
    expect(
      armRatioOf(
        jointMomentsOf([
          [0, 0],
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toMatchObject({ because: 'denominator-not-established', have: 0 })
    expect(
      armRatioOf(
        jointMomentsOf([
          [1, 1],
          [0, 0],
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toMatchObject({ because: 'denominator-not-established', need: 3 })
    expect(armRatioOf(jointMomentsOf([[1, 1]]))).toMatchObject({ because: 'too-few-units', have: 1, need: 2 })
  })
})
