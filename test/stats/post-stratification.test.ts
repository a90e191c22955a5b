import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/stats/estimate.ts'
import { commonEffect } from '../../src/stats/inverse-variance.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { compareStrata, compareStratified } from '../../src/stats/post-stratification.ts'
import { armRateOf, differenceOfProportions } from '../../src/stats/proportion.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { expectClose, golden, known } from './golden.ts'

interface Counts {
  readonly n: number
  readonly x: number
}
const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 20 })
const stratum = fc.record({ control: values, treatment: values })

describe('post-stratification', () => {
  it('turns the ramp that pooling gets wrong', () => {
    const { inputs, expected, tol } = golden<
      { strata: { control: Counts; treatment: Counts }[] },
      Record<string, number> & { weights: number[] }
    >('P026')
    const counts = inputs.strata.map(({ control, treatment }) => ({
      control: { n: control.n, events: control.x },
      treatment: { n: treatment.n, events: treatment.x },
    }))
    const rates = counts.map(({ control, treatment }) => ({ control: armRateOf(control), treatment: armRateOf(treatment) }))
    const result = known(compareStrata(rates, { level: 0.95, units: counts.map(({ control, treatment }) => control.n + treatment.n) }))
    expectClose(result.weights, expected.weights, tol)
    expectClose(result.difference.estimate, expected.diff!, tol)
    expectClose(result.difference.standardError, expected.se!, tol)
    expect(expected.naive_pooled_diff).toBeLessThan(0)
    const common = known(commonEffect(counts.map((pair) => known(differenceOfProportions(pair)))))
    expectClose(common.estimate, expected.inverse_variance_diff!, tol)
    expectClose(Math.sqrt(common.variance), expected.inverse_variance_se!, tol)
  })

  it('is Welch’s test with one stratum', () => {
    fc.assert(
      fc.property(stratum, ({ control, treatment }) => {
        const arms = { control: momentsOf(control), treatment: momentsOf(treatment) }
        const one = compareStratified([arms], { level: 0.95 })
        const plain = compareMeans(arms, { level: 0.95 })
        expect(isUnknown(one)).toBe(isUnknown(plain))
        if (isUnknown(one) || isUnknown(plain)) return
        expect(one.difference.estimate).toBeCloseTo(plain.difference.estimate, 9)
        expect(one.difference.standardError).toBeCloseTo(plain.difference.standardError, 9)
        expect(one.difference.degreesOfFreedom).toBeCloseTo(plain.difference.degreesOfFreedom, 6)
      }),
    )
  })

  it('takes out differences between strata, and changes sign with the arms', () => {
    fc.assert(
      fc.property(fc.array(stratum, { minLength: 2, maxLength: 4 }), (all) => {
        const moments = all.map(({ control, treatment }, k) => ({
          control: momentsOf(control.map((y) => y + 5000 * k)),
          treatment: momentsOf(treatment.map((y) => y + 5000 * k)),
        }))
        const plain = compareStratified(
          all.map(({ control, treatment }) => ({ control: momentsOf(control), treatment: momentsOf(treatment) })),
          { level: 0.95 },
        )
        const shifted = compareStratified(moments, { level: 0.95 })
        const turned = compareStratified(
          moments.map(({ control, treatment }) => ({ control: treatment, treatment: control })),
          { level: 0.95 },
        )
        if (isUnknown(plain) || isUnknown(shifted) || isUnknown(turned)) return
        expect(shifted.difference.estimate).toBeCloseTo(plain.difference.estimate, 6)
        expect(shifted.difference.standardError).toBeCloseTo(plain.difference.standardError, 6)
        expect(turned.difference.estimate).toBeCloseTo(-shifted.difference.estimate, 6)
        expect(shifted.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('lets strata that lack an arm leave, and says how many units went with them', () => {
    const whole = { control: momentsOf([1, 2, 3]), treatment: momentsOf([2, 3, 5]) }
    const half = { control: momentsOf([9, 9, 8, 7]), treatment: momentsOf([4]) }
    const result = known(compareStratified([whole, half], { level: 0.95 }))
    expect(result.unitsLeftOut).toBe(5)
    expect(result.weights).toEqual([1, 0])
    expect(compareStratified([half], { level: 0.95 })).toMatchObject({ because: 'no-overlap' })
  })
})
