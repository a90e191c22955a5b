import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Effect, isUnknown, unknown } from '../../src/stats/estimate.ts'
import { populationByMoments, populationByScatter, shrink } from '../../src/stats/random-effects.ts'
import { segmentsOf } from '../../src/stats/segments.ts'
import { expectClose, golden, known } from './golden.ts'

const effect = (estimate: number, variance: number): Effect => ({
  kind: 'effect',
  estimate,
  variance,
  degreesOfFreedom: Number.POSITIVE_INFINITY,
})
const effects = fc.array(
  fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0.05, max: 4, noNaN: true })).map(([x, v]) => effect(x, v)),
  { minLength: 2, maxLength: 10 },
)

describe('segments', () => {
  const { inputs, expected, tol } = golden<
    { yi: number[]; vi: number[] },
    { Q: number; p_Q: number; I2: number; tau2: number; mu: number; se_mu: number; shrunk: number[] }
  >('P057')
  const trials = inputs.yi.map((y, i) => effect(y, inputs.vi[i]!))

  it('have the published heterogeneity and shrunk effects of the BCG trials', () => {
    const result = known(segmentsOf(trials))
    expectClose(result.agreement.statistic, expected.Q, tol)
    expectClose(result.agreement.pValue, expected.p_Q, tol)
    expectClose(result.agreement.iSquared, expected.I2, tol)
    expectClose(result.population.variance, expected.tau2, tol)
    expectClose(result.population.mean, expected.mu, tol)
    expectClose(Math.sqrt(result.population.meanVariance), expected.se_mu, tol)
    expectClose(
      result.shrunk.map((one) => known(one).estimate),
      expected.shrunk,
      tol,
    )
    expect(result.differ).toBe(true)
  })

  it('have Paule and Mandel’s variance, at which Q is its expectation', () => {
    const population = populationByScatter(trials)
    // metafor rma(method = "PM") on the same data prints tau² 0.3181
    expect(population.variance).toBeCloseTo(0.3181, 4)
    const q = trials.reduce((sum, { estimate, variance }) => sum + (estimate - population.mean) ** 2 / (variance + population.variance), 0)
    expect(q).toBeCloseTo(trials.length - 1, 8)
    expect(populationByScatter([effect(1, 1), effect(1.1, 1)]).variance).toBe(0)
  })

  it('are drawn towards the mean and never past it, all the way when they agree', () => {
    fc.assert(
      fc.property(effects, (all) => {
        const result = known(segmentsOf(all))
        const { mean, variance } = result.population
        for (const [k, one] of result.shrunk.entries()) {
          const shrunk = known(one).estimate
          const raw = all[k]!.estimate
          expect(Math.abs(shrunk - mean)).toBeLessThanOrEqual(Math.abs(raw - mean) + 1e-12)
          expect((shrunk - mean) * (raw - mean)).toBeGreaterThanOrEqual(-1e-12)
          if (variance === 0) expect(shrunk).toBeCloseTo(mean, 12)
        }
      }),
    )
  })

  it('shift and scale with the unit of the metric', () => {
    fc.assert(
      fc.property(effects, fc.double({ min: 0.1, max: 10, noNaN: true }), (all, factor) => {
        const before = populationByMoments(all)
        const after = populationByMoments(all.map(({ estimate, variance }) => effect(factor * estimate + 3, factor * factor * variance)))
        expect(after.mean).toBeCloseTo(factor * before.mean + 3, 7)
        expect(after.variance).toBeCloseTo(factor * factor * before.variance, 6)
      }),
    )
  })

  it('borrow everything from the others when they know nothing themselves', () => {
    const population = { mean: 2, meanVariance: 0.01, variance: 0.25 }
    const vague = shrink(effect(100, 1e9), population)
    expect(vague.estimate).toBeCloseTo(2, 5)
    expect(vague.variance).toBeCloseTo(0.26, 5)
    expect(shrink(effect(3, 1e-9), population).estimate).toBeCloseTo(3, 6)
  })

  it('pass on what is unknown, and need two that are known', () => {
    const gap = unknown('no-variance')
    const result = known(segmentsOf([effect(1, 1), gap, effect(3, 1)]))
    expect(result.shrunk.map((one) => isUnknown(one))).toEqual([false, true, false])
    expect(segmentsOf([effect(1, 1), gap])).toEqual({ kind: 'unknown', because: 'too-few-segments', have: 1, need: 2 })
  })
})
