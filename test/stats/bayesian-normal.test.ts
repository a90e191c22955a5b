import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArmEstimate } from '../../src/stats/arm-estimate.ts'
import { bayesianEffect, normalPosterior, relativeEffect } from '../../src/stats/bayesian-normal.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { type Effect, effectOf } from '../../src/stats/estimate.ts'
import { normalDensity } from '../../src/stats/normal.ts'
import { expectClose, golden, known } from './golden.ts'

const flat = { mean: 0, deviation: Number.POSITIVE_INFINITY }
const effects = fc
  .record({ z: fc.double({ min: -30, max: 30, noNaN: true }), error: fc.double({ min: 1e-4, max: 1e4, noNaN: true }) })
  .map(({ z, error }) => effectOf(z * error, error * error) as Effect)

describe('an uplift with a normal prior', () => {
  it('has the published posterior, chances and losses', () => {
    const { inputs, expected, tol } = golden<
      Record<'estimate' | 'se' | 'prior_mean' | 'prior_sd' | 'rope', number>,
      Record<'post_mean' | 'post_sd' | 'chance_to_win' | 'loss_choose_t' | 'loss_choose_c' | 'p_in_rope', number> & { ci95: number[] }
    >('P050')
    const got = bayesianEffect(effectOf(inputs.estimate, inputs.se ** 2) as Effect, {
      prior: { mean: inputs.prior_mean, deviation: inputs.prior_sd },
      level: 0.95,
      region: inputs.rope,
    })
    expectClose([got.posterior.mean, got.posterior.deviation], [expected.post_mean, expected.post_sd], tol)
    expectClose([got.chanceToWin, got.chanceOfNoMatter!], [expected.chance_to_win, expected.p_in_rope], tol)
    expectClose([got.lossOfTreatment, got.lossOfControl], [expected.loss_choose_t, expected.loss_choose_c], tol)
    expectClose([got.interval.low, got.interval.high], expected.ci95, tol)
  })

  it('is the data alone with a flat prior', () => {
    fc.assert(
      fc.property(effects, (effect) => {
        const got = bayesianEffect(effect, { prior: flat, level: 0.9 })
        const { interval } = testEffect(effect, { level: 0.9 })
        expect(got.posterior.mean - effect.estimate).toBe(0)
        expect(got.interval.low).toBeCloseTo(interval.low, 8)
      }),
    )
  })

  it('shrinks towards the prior, and never beyond the data', () => {
    fc.assert(
      fc.property(effects, fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (effect, deviation) => {
        const posterior = normalPosterior(effect, { mean: 0, deviation })
        expect(Math.abs(posterior.mean)).toBeLessThanOrEqual(Math.abs(effect.estimate))
        expect(posterior.deviation).toBeLessThanOrEqual(Math.min(deviation, Math.sqrt(effect.variance)) * (1 + 1e-12))
      }),
    )
  })

  it('scales with the metric and mirrors with its sign', () => {
    fc.assert(
      fc.property(effects, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (effect, factor) => {
        const prior = { mean: 0, deviation: 2 * Math.sqrt(effect.variance) }
        const base = bayesianEffect(effect, { prior, level: 0.95 })
        const scaled = bayesianEffect(effectOf(effect.estimate * factor, effect.variance * factor * factor) as Effect, {
          prior: { mean: 0, deviation: prior.deviation * factor },
          level: 0.95,
        })
        const mirrored = bayesianEffect({ ...effect, estimate: -effect.estimate }, { prior, level: 0.95 })
        expect(scaled.chanceToWin).toBeCloseTo(base.chanceToWin, 10)
        expect(scaled.lossOfTreatment / (base.lossOfTreatment * factor)).toBeCloseTo(1, 6)
        expect(mirrored.chanceToWin).toBeCloseTo(base.chanceToLose, 14)
        expect(mirrored.lossOfControl).toBe(base.lossOfTreatment)
      }),
    )
  })

  it('knows losses far out in the tail', () => {
    const got = bayesianEffect(effectOf(20, 1) as Effect, { prior: flat, level: 0.95 })
    // φ(z)/z² · (1 − 3/z² + 15/z⁴ − 105/z⁶ + 945/z⁸ − 10395/z¹⁰)
    const series = 1 - 3 / 400 + 15 / 400 ** 2 - 105 / 400 ** 3 + 945 / 400 ** 4 - 10_395 / 400 ** 5
    expect(got.lossOfTreatment / ((normalDensity(20) / 400) * series)).toBeCloseTo(1, 8)
    expect(got.chanceToLose).toBeGreaterThan(0)
    const near = (z: number) => bayesianEffect(effectOf(z, 1) as Effect, { prior: flat, level: 0.95 }).lossOfTreatment
    expect(near(5 - 1e-9) / near(5 + 1e-9)).toBeCloseTo(1, 7)
  })

  it('counts both sides of a region around 0', () => {
    const at = (estimate: number, region: number) =>
      bayesianEffect(effectOf(estimate, 1) as Effect, { prior: flat, level: 0.95, region }).chanceOfNoMatter!
    expect(at(0, 1.959963984540054)).toBeCloseTo(0.95, 12)
    expect(at(3, 1)).toBeCloseTo(at(-3, 1), 14)
    expect(at(0, 0)).toBe(0)
    expect(at(30, 1)).toBeGreaterThan(0)
  })

  it('takes a lift by the delta method, and refuses one over 0', () => {
    const arm = (estimate: number, variance: number): ArmEstimate => ({ kind: 'arm', n: 100, estimate, variance, degreesOfFreedom: 99 })
    const lift = known(relativeEffect({ control: arm(10, 0.04), treatment: arm(11, 0.09) }))
    expect(lift.estimate).toBeCloseTo(0.1, 14)
    expect(lift.variance).toBeCloseTo(0.09 / 100 + (121 * 0.04) / 10_000, 14)
    expect(relativeEffect({ control: arm(0, 1), treatment: arm(1, 1) })).toMatchObject({ because: 'control-mean-zero' })
    expect(known(relativeEffect({ control: arm(-10, 1), treatment: arm(-9, 1) })).estimate).toBeCloseTo(0.1, 14)
  })
})
