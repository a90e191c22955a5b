import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propensitiesFor } from '../../src/bandits/propensity.ts'
import type { Precision } from '../../src/bandits/reaches.ts'
import { probabilitiesOfBest } from '../../src/stats/bayesian-best.ts'
import { normalVariable } from '../../src/stats/bayesian-variable.ts'
import { integrate } from '../../src/stats/quadrature.ts'
import { studentTCdf, studentTLogDensity } from '../../src/stats/student-t.ts'
import { goldenCases } from './golden-bandits.ts'

interface Asked {
  readonly means: readonly number[]
  readonly scales: readonly number[]
  readonly degreesOfFreedom: number
  readonly precision: Precision
}

function propensitiesOf({ means, scales, degreesOfFreedom, precision }: Asked): readonly number[] {
  const into = new Float64Array(means.length)
  const options = { armsMax: means.length, degreesOfFreedom, precision }
  propensitiesFor(options)(Float64Array.from(means), Float64Array.from(scales), means.length, into)
  return [...into]
}

const furthest = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
const gaussian = Number.POSITIVE_INFINITY
/** Scales up to a thousand times apart. */
const arms = (most: number) =>
  fc.array(fc.record({ mean: fc.double({ min: -3, max: 3, noNaN: true }), power: fc.double({ min: 0, max: 3, noNaN: true }) }), {
    minLength: 2,
    maxLength: most,
  })

describe('the propensity of an arm', () => {
  it.each(
    goldenCases<{ means: number[]; sigmas: number[] }, { p_best: number[] }>('ts_propensity_gaussian').filter(
      ({ name }) => !name.endsWith('positions'),
    ),
  )('agrees with $name within 1e-9, and within 1e-6 when serving', ({ inputs: { means, sigmas: scales }, expected }) => {
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom: gaussian, precision: 'exact' }), expected.p_best)).toBeLessThan(1e-9)
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom: gaussian, precision: 'serving' }), expected.p_best)).toBeLessThan(
      1e-6,
    )
  })

  it('agrees with the Student-t case within 1e-9 of sixteen digits', () => {
    const [{ inputs, expected }] = goldenCases<{ means: number[]; scales: number[]; nu: number }, { p_best: number[] }>(
      'ts_propensity_student_t',
    ) as [never] as [{ inputs: { means: number[]; scales: number[]; nu: number }; expected: { p_best: number[] } }]
    const { means, scales, nu: degreesOfFreedom } = inputs
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom, precision: 'exact' }), expected.p_best)).toBeLessThan(1e-9)
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom, precision: 'serving' }), expected.p_best)).toBeLessThan(1e-6)
  })

  it('is what an unhurried quadrature of the normal tails finds, at any scales and up to 64 arms', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: arms(8) }, { weight: 1, arbitrary: arms(64) }), (drawn) => {
        const scales = drawn.map(({ power }) => 10 ** power)
        const means = drawn.map(({ mean }, i) => mean * scales[(i + 1) % scales.length]!)
        const slow = probabilitiesOfBest(means.map((mean, i) => normalVariable({ mean, deviation: scales[i]! })))
        expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom: gaussian, precision: 'exact' }), slow)).toBeLessThan(1e-9)
        expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom: gaussian, precision: 'serving' }), slow)).toBeLessThan(1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it.each([2.5, 5, 30, 99, 101, 1e6])('keeps the tails of Student t at %f degrees of freedom', (degreesOfFreedom) => {
    const means = [0, 2, -1]
    const scales = [1, 0.4, 3]
    const slow = means.map((mean, arm) => {
      const integrand = (v: number): number => {
        const t = Math.sinh(v)
        const others = means.reduce(
          (product, other, b) =>
            b === arm ? product : product * studentTCdf((mean + scales[arm]! * t - other) / scales[b]!, degreesOfFreedom),
          1,
        )
        return Math.exp(studentTLogDensity(t, degreesOfFreedom)) * Math.cosh(v) * others
      }
      return integrate(integrand, { low: -14, high: 14, panels: 300, points: 8 })
    })
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom, precision: 'exact' }), slow)).toBeLessThan(1e-9)
    expect(furthest(propensitiesOf({ means, scales, degreesOfFreedom, precision: 'serving' }), slow)).toBeLessThan(1e-6)
  })

  it('does not change with the units of the reward, adds up to 1, and rises with the mean', () => {
    fc.assert(
      fc.property(arms(6), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (drawn, unit) => {
        const scales = drawn.map(({ power }) => 10 ** power)
        const means = drawn.map(({ mean }) => mean)
        const plain = propensitiesOf({ means, scales, degreesOfFreedom: 12, precision: 'exact' })
        const inUnits = propensitiesOf({
          means: means.map((m) => m * unit + 3 * unit),
          scales: scales.map((s) => s * unit),
          degreesOfFreedom: 12,
          precision: 'exact',
        })
        expect(furthest(plain, inUnits)).toBeLessThan(1e-9)
        expect(plain.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        const better = propensitiesOf({ means: [means[0]! + 0.5, ...means.slice(1)], scales, degreesOfFreedom: 12, precision: 'exact' })
        expect(better[0]).toBeGreaterThanOrEqual(plain[0]! - 1e-9)
      }),
      { numRuns: 40 },
    )
  })

  it('is 1 for a single arm, and 0 for one that cannot win', () => {
    expect(propensitiesOf({ means: [3], scales: [1], degreesOfFreedom: 9, precision: 'exact' })).toEqual([1])
    expect(propensitiesOf({ means: [0, 100], scales: [1, 1], degreesOfFreedom: gaussian, precision: 'exact' })).toEqual([0, 1])
  })
})
