import { describe, expect, it } from 'vitest'
import { compareRatiosWithCovariate } from '../../src/stats/cuped-ratio.ts'
import { drawPoisson } from '../../src/stats/draws.ts'
import { type JointMoments, jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { compareRatios } from '../../src/stats/ratio.ts'
import { expectClose, golden, known } from './golden.ts'

interface Inputs {
  readonly n_c: number
  readonly n_t: number
  readonly names: readonly string[]
  readonly control: readonly number[]
  readonly treatment: readonly number[]
}

/** Joint moments of (m, d, m before, d before) from the named sums of the case. */
function momentsOfCase(n: number, names: readonly string[], values: readonly number[]): JointMoments {
  const sum = (name: string) => values[names.indexOf(name)]!
  const parts = ['m', 'd', 'mpre', 'dpre']
  const product = (a: string, b: string) =>
    a === b ? sum(`sum_${a[0]}${a}`) : sum(names.includes(`sum_${a}_${b}`) ? `sum_${a}_${b}` : `sum_${b}_${a}`)
  const comoments = parts.flatMap((a, i) => parts.slice(i).map((b) => product(a, b) - (sum(`sum_${a}`) * sum(`sum_${b}`)) / n))
  return { n, mean: parts.map((part) => sum(`sum_${part}`) / n), comoments }
}

describe('CUPED for a ratio metric', () => {
  it('gives the slope, difference and error of the public fixture', () => {
    const { inputs, expected, tol } = golden<Inputs, { theta: number; diff: number; se: number; z: number }>('P025')
    const result = known(
      compareRatiosWithCovariate(
        {
          control: momentsOfCase(inputs.n_c, inputs.names, inputs.control),
          treatment: momentsOfCase(inputs.n_t, inputs.names, inputs.treatment),
        },
        { level: 0.95 },
      ),
    )
    expectClose(result.theta, [expected.theta], tol)
    expectClose(result.difference.estimate, expected.diff, tol)
    expectClose(result.difference.standardError, expected.se, tol)
    expectClose(result.difference.statistic, expected.z, tol)
  })

  it('is the plain ratio when the time before says nothing, and narrower when it does', () => {
    const random = randomOf(4)
    const rows = (related: boolean) =>
      Array.from({ length: 500 }, () => {
        const taste = 0.2 + 0.6 * random.uniform()
        const other = related ? taste : 0.2 + 0.6 * random.uniform()
        return [drawPoisson(random, 20 * taste), 20, drawPoisson(random, 20 * other), 20]
      })
    const compare = (related: boolean) => {
      const arms = { control: rows(related), treatment: rows(related) }
      const adjusted = known(
        compareRatiosWithCovariate({ control: jointMomentsOf(arms.control), treatment: jointMomentsOf(arms.treatment) }, { level: 0.95 }),
      )
      const plain = known(
        compareRatios(
          {
            control: jointMomentsOf(arms.control.map((row) => row.slice(0, 2))),
            treatment: jointMomentsOf(arms.treatment.map((row) => row.slice(0, 2))),
          },
          { level: 0.95 },
        ),
      )
      return { adjusted, ratio: adjusted.difference.standardError / plain.difference.standardError }
    }
    const useless = compare(false)
    expect(useless.ratio).toBeGreaterThan(0.98)
    expect(useless.ratio).toBeLessThanOrEqual(1.001)
    const useful = compare(true)
    expect(useful.ratio).toBeLessThan(0.95)
    expect(useful.adjusted.varianceReduction).toBeCloseTo(1 - useful.ratio ** 2, 6)
  })

  it('refuses other quantities, and is unknown without a denominator in either time', () => {
    const three = jointMomentsOf([
      [1, 2, 3],
      [2, 3, 4],
    ])
    expect(() => compareRatiosWithCovariate({ control: three, treatment: three }, { level: 0.95 })).toThrow(/four quantities/)
    const none = jointMomentsOf([
      [1, 2, 3, 0],
      [2, 3, 4, 0],
      [2, 4, 4, 0],
    ])
    expect(compareRatiosWithCovariate({ control: none, treatment: none }, { level: 0.95 })).toMatchObject({
      because: 'denominator-not-established',
    })
  })
})
