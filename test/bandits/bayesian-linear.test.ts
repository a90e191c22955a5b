import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armModels } from '../../src/bandits/arm-models.ts'
import { linearPosterior, rewardAt, rewardPosterior } from '../../src/bandits/bayesian-linear.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_SCALE } from '../../src/bandits/features.ts'
import { type RewardMoments, rewardMomentsOf, rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { goldenCases } from './golden-bandits.ts'

type Matrix = readonly (readonly number[])[]
interface Inputs {
  readonly X: Matrix
  readonly Y: Matrix
  readonly w: readonly number[]
  readonly x: readonly number[]
}
interface Expected {
  readonly A: Matrix
  readonly B: Matrix
  readonly C: Matrix
  readonly M_n: Matrix
  readonly Psi_n: Matrix
  readonly nu_n: number
  readonly mean_w: number
  readonly t_dof: number
  readonly t_scale2: number
  readonly xAinvx: number
}

const { inputs, expected } = goldenCases<Inputs, Expected>('matrix_normal')[0]!
const flat = (matrix: Matrix) => Float64Array.from(matrix.flat())
const close = (got: ArrayLike<number>, want: Matrix) => {
  want.flat().forEach((value, i) => {
    expect(got[i]!).toBeCloseTo(value, 10)
  })
}
const identity = (size: number, factor = 1) => Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? factor : 0))
const prior = { precision: identity(3), coefficients: new Float64Array(6), residual: identity(2, 0.5), degreesOfFreedom: 4 }

function known<Value extends object>(value: Value): Exclude<Value, { kind: 'unknown' }> {
  if (isUnknown(value)) throw new Error(value.because)
  return value as Exclude<Value, { kind: 'unknown' }>
}

describe('Bayesian linear regression', () => {
  const moments = { n: inputs.X.length, a: flat(expected.A), b: flat(expected.B), c: flat(expected.C) }

  it('has the golden posterior, and the golden reward at x', () => {
    const posterior = known(linearPosterior(moments, prior))
    close(posterior.coefficients, expected.M_n)
    close(posterior.residual, expected.Psi_n)
    expect(posterior.degreesOfFreedom).toBe(expected.nu_n)
    const reward = rewardPosterior(posterior, inputs.w)
    const { mean, scale } = rewardAt(reward, inputs.x)
    expect(mean).toBeCloseTo(expected.mean_w, 10)
    expect(scale ** 2).toBeCloseTo(expected.t_scale2, 12)
    expect(reward.degreesOfFreedom).toBe(expected.t_dof)
  })

  it('comes from integer moments as from the rows', () => {
    const accumulator = openDecisionAccumulator({ features: 3, outcomes: 2 })
    inputs.X.forEach((x, i) => {
      accumulator.add(
        x.map((value) => value * FEATURE_SCALE),
        inputs.Y[i]!.map((value) => value * 16),
      )
    })
    const perUnit = inputs.w.map((weight) => weight / 16)
    const fromIntegers = rewardMomentsOf(accumulator.moments(), perUnit)
    const rows = inputs.X.map((x, i) => ({ x, r: inputs.Y[i]!.reduce((sum, y, k) => sum + inputs.w[k]! * y, 0) }))
    const fromRows = rewardMomentsOfRows(3, rows)
    expect(fromIntegers.n).toBe(fromRows.n)
    fromRows.a.forEach((value, i) => {
      expect(fromIntegers.a[i]).toBe(value)
    })
    fromRows.b.forEach((value, i) => {
      expect(fromIntegers.b[i]).toBeCloseTo(value, 12)
    })
    expect(fromIntegers.c).toBeCloseTo(fromRows.c, 12)
  })

  it('weighted afterwards is the regression of the weighted reward', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true })
    const rowOf = fc.record({ x: fc.tuple(number, number), y: fc.tuple(number, number) })
    fc.assert(
      fc.property(fc.array(rowOf, { minLength: 1, maxLength: 20 }), fc.tuple(number, number), fc.tuple(number, number), (rows, w, x) => {
        fc.pre(Math.hypot(...w) > 0.1)
        const a = rewardMomentsOfRows(
          2,
          rows.map((one) => ({ x: one.x, r: 0 })),
        ).a
        const sums = (f: (one: (typeof rows)[number]) => number) => rows.reduce((sum, one) => sum + f(one), 0)
        const joint = {
          ...{ n: rows.length, a },
          b: Float64Array.of(...[0, 1].flatMap((i) => [0, 1].map((k) => sums((one) => one.x[i]! * one.y[k]!)))),
          c: Float64Array.of(...[0, 1].flatMap((k) => [0, 1].map((l) => sums((one) => one.y[k]! * one.y[l]!)))),
        }
        const before = {
          precision: identity(2, 2),
          coefficients: Float64Array.of(1, -1, 0.5, 0),
          residual: identity(2),
          degreesOfFreedom: 5,
        }
        const late = rewardPosterior(known(linearPosterior(joint, before)), w)
        const scalar = rewardMomentsOfRows(
          2,
          rows.map((one) => ({ x: one.x, r: w[0] * one.y[0] + w[1] * one.y[1] })),
        )
        const early = rewardPosterior(
          known(
            linearPosterior(
              { ...scalar, c: Float64Array.of(scalar.c) },
              {
                ...{ precision: before.precision, coefficients: Float64Array.of(w[0] - w[1], 0.5 * w[0]) },
                ...{ residual: Float64Array.of(w[0] ** 2 + w[1] ** 2), degreesOfFreedom: 4 },
              },
            ),
          ),
          [1],
        )
        expect(rewardAt(late, x).mean).toBeCloseTo(rewardAt(early, x).mean, 9)
        expect(rewardAt(late, x).scale).toBeCloseTo(rewardAt(early, x).scale, 9)
        expect(late.degreesOfFreedom).toBe(early.degreesOfFreedom)
      }),
    )
  })

  it('is ridge regression and LinUCB, as another library has them', () => {
    const cases = goldenCases<
      { context_history: Matrix; decisions: number[]; rewards: number[]; contexts: Matrix },
      Record<'LinGreedy_eps0_l2_1_beta', Record<string, number[]>> & Record<'LinUCB_alpha1_l2_1', Record<string, number>[]>
    >('linear/mabwiser')[0]!
    for (const arm of [1, 2, 3]) {
      const rows = cases.inputs.context_history
        .map((x, i) => ({ x, r: cases.inputs.rewards[i]!, arm: cases.inputs.decisions[i]! }))
        .filter((one) => one.arm === arm)
      const sums = rewardMomentsOfRows(5, rows)
      const ridge = { precision: identity(5), coefficients: new Float64Array(5), residual: Float64Array.of(1), degreesOfFreedom: 4 }
      const posterior = rewardPosterior(known(linearPosterior({ ...sums, c: Float64Array.of(sums.c) }, ridge)), [1])
      close(posterior.coefficients, [cases.expected.LinGreedy_eps0_l2_1_beta[String(arm)]!])
      cases.inputs.contexts.forEach((x, i) => {
        const { mean, scale } = rewardAt({ ...posterior, noise: 1 }, x)
        expect(mean + scale).toBeCloseTo(cases.expected.LinUCB_alpha1_l2_1[i]![String(arm)]!, 9)
      })
    }
  })
})

describe('the models of arms', () => {
  const rate = (n: number, successes: number): RewardMoments => ({
    features: 1,
    n,
    a: Float64Array.of(n),
    b: Float64Array.of(successes),
    c: successes,
  })

  it('do not change with the units of the reward', () => {
    const inUnits = (unit: number) =>
      known(
        armModels(
          [rate(1000, 7), rate(400, 1), rate(10, 0)].map((one) => ({ ...one, b: one.b.map((b) => b * unit), c: one.c * unit * unit })),
        ),
      )
    const plain = inUnits(1)
    const large = inUnits(1e6)
    plain.arms.forEach((arm, i) => {
      expect(large.arms[i]!.coefficients[0]! / 1e6).toBeCloseTo(arm.coefficients[0]!, 12)
      expect(Math.sqrt(large.arms[i]!.covariance[0]!) / 1e6).toBeCloseTo(Math.sqrt(arm.covariance[0]!), 12)
    })
  })

  it('leave an arm without a single event its doubt, and put it where five events would', () => {
    const { arms } = known(armModels([rate(50_000, 100), rate(50_000, 100), rate(200, 0)]))
    // n₀ = 5/0.001996 ≈ 2505 rows at the pooled rate
    expect(arms[2]!.coefficients[0]).toBeCloseTo((2505 * 0.001996) / 2705, 5)
    expect(Math.sqrt(arms[2]!.covariance[0]!)).toBeCloseTo(Math.sqrt(0.001992 / 2705), 5)
  })

  it('are unknown before anything varied', () => {
    expect(armModels([rate(0, 0), rate(0, 0)])).toMatchObject({ because: 'too-few-units' })
    expect(armModels([rate(10, 0), rate(10, 0)])).toMatchObject({ because: 'no-variance' })
  })
})
