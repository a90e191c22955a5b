import { describe, expect, it } from 'vitest'
import { drawNormal } from '../../src/stats/draws.ts'
import { type Effect, isUnknown } from '../../src/stats/estimate.ts'
import { leeShenTotal, programmeOf, reconcile } from '../../src/stats/programme.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { expectClose, golden, known } from './golden.ts'

const effect = (estimate: number, error: number): Effect => ({
  kind: 'effect',
  estimate,
  variance: error * error,
  degreesOfFreedom: Number.POSITIVE_INFINITY,
})

/** A hundred experiments with true effects around 0, shipped when they look good. */
function simulate(random: Random) {
  const experiments = Array.from({ length: 100 }, () => {
    const truth = 0.1 * drawNormal(random)
    const observed = effect(truth + 0.15 * drawNormal(random), 0.15)
    return { truth, effect: observed, shipped: observed.estimate > 1.96 * 0.15 }
  })
  const truth = experiments.reduce((sum, one) => (one.shipped ? sum + one.truth : sum), 0)
  return { experiments, truth }
}

describe('programme impact', () => {
  it('has Lee and Shen’s corrected total of the published formula', () => {
    const { inputs, expected, tol } = golden<
      { experiments: { x: number; s: number }[]; threshold_z: number },
      Record<'bias' | 'adjusted_total', number>
    >('P059')
    const { total, bias } = leeShenTotal(
      inputs.experiments.map(({ x, s }) => effect(x, s)),
      { threshold: inputs.threshold_z },
    )
    expectClose(bias, expected.bias, tol)
    expectClose(total, expected.adjusted_total, tol)
  })

  it('takes the winner’s curse out of the raw total, and covers the truth', () => {
    const random = randomOf(16)
    const runs = 400
    let raw = 0
    let shrunk = 0
    let truths = 0
    let covered = 0
    let counted = 0
    for (let run = 0; run < runs; run++) {
      const { experiments, truth } = simulate(random)
      const result = programmeOf(experiments)
      // nothing was shipped: no total, and no truth to miss
      if (isUnknown(result)) continue
      counted += 1
      raw += result.rawTotal
      shrunk += result.total.estimate
      truths += truth
      if (Math.abs(result.total.estimate - truth) < 1.96 * Math.sqrt(result.total.variance)) covered += 1
    }
    expect(raw / truths).toBeGreaterThan(2)
    expect(Math.abs(shrunk - truths) / (raw - truths)).toBeLessThan(0.1)
    // a true coverage of 90 % falls below 82 % of some 400 runs less than once in a million
    expect(covered / counted).toBeGreaterThan(0.82)
  })

  it('uses a declared prior below twenty experiments and is unknown without one', () => {
    const few = [
      { effect: effect(0.03, 0.01), shipped: true },
      { effect: effect(-0.01, 0.01), shipped: false },
    ]
    expect(programmeOf(few)).toEqual({ kind: 'unknown', because: 'too-few-experiments', have: 2, need: 20 })
    const prior = { mean: 0, meanVariance: 0, variance: 0.01 ** 2 }
    const result = known(programmeOf(few, { prior }))
    expect(result.estimated).toBe(false)
    expect(result.total.estimate).toBeCloseTo(0.015, 12)
    expect(Math.sqrt(result.total.variance)).toBeCloseTo(0.01 / Math.SQRT2, 12)
    expect(
      programmeOf(
        few.map((one) => ({ ...one, shipped: false })),
        { prior },
      ),
    ).toMatchObject({ because: 'too-few-experiments', have: 0, need: 1 })
  })

  it('agrees with a holdout that measured the same, and combines both', () => {
    const same = reconcile(effect(0.05, 0.01), effect(0.05, 0.02))
    expect(same.z).toBe(0)
    expect(same.pValue).toBe(1)
    expect(known(same.combined).estimate).toBeCloseTo(0.05, 12)
    const apart = reconcile(effect(0.01, 0.003), effect(0.06, 0.004))
    expect(apart.z).toBeCloseTo(-10, 10)
    expect(apart.log10PValue).toBeLessThan(-20)
  })
})
