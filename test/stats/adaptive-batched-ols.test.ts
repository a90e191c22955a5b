import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchedOls } from '../../src/stats/adaptive-batched-ols.ts'
import { logPValue } from '../../src/stats/effect-test.ts'
import { momentsOf, NO_MOMENTS, scaleMoments } from '../../src/stats/moments.ts'
import { type Batch, outcomesOf } from './adaptive-cases.ts'
import { expectClose, golden, known } from './golden.ts'

const pairOf = (batch: Batch) => {
  const [control, treatment] = outcomesOf(batch)
  return { control: control!, treatment: treatment! }
}
const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 30 }).map(momentsOf)
const batches = fc.array(fc.record({ control: sample, treatment: sample }), { minLength: 1, maxLength: 5 })

describe('batched least squares', () => {
  it('has the published statistics, estimate and error', () => {
    const { inputs, expected, tol } = golden<
      { batches: Batch[] },
      Record<'z' | 'p' | 'estimate' | 'se', number> & { batch_stats: number[] }
    >('P061')
    const got = known(batchedOls(inputs.batches.map(pairOf)))
    expectClose(got.batchStatistics, expected.batch_stats, tol)
    expectClose([got.z, Math.exp(logPValue(got.z, Number.POSITIVE_INFINITY, 'two-sided'))], [expected.z, expected.p], tol)
    expectClose([got.effect.estimate, Math.sqrt(got.effect.variance)], [expected.estimate, expected.se], tol)
    expect(got.anyEffect.statistic).toBeCloseTo(
      expected.batch_stats.reduce((sum, z) => sum + z * z, 0),
      9,
    )
  })

  it('scales with the metric and mirrors with the arms', () => {
    fc.assert(
      fc.property(batches, fc.double({ min: 0.01, max: 100, noNaN: true }), (all, factor) => {
        const base = batchedOls(all)
        fc.pre(base.kind === 'batched-ols')
        const scaled = known(
          batchedOls(
            all.map(({ control, treatment }) => ({ control: scaleMoments(control, factor), treatment: scaleMoments(treatment, factor) })),
          ),
        )
        const turned = known(batchedOls(all.map(({ control, treatment }) => ({ control: treatment, treatment: control }))))
        expect(scaled.z).toBeCloseTo(known(base).z, 8)
        expect(scaled.effect.estimate).toBeCloseTo(known(base).effect.estimate * factor, 6)
        expect(turned.z).toBeCloseTo(-known(base).z, 10)
      }),
    )
  })

  it('leaves out batches without both arms or without variance, and counts them', () => {
    const good = { control: momentsOf([0, 1, 1]), treatment: momentsOf([1, 0, 1, 1]) }
    const got = known(
      batchedOls([
        good,
        { control: NO_MOMENTS, treatment: momentsOf([1, 2]) },
        { control: momentsOf([0, 0]), treatment: momentsOf([0, 0]) },
      ]),
    )
    expect(got).toMatchObject({ batchesLeftOut: 2 })
    expect(got.z).toBe(known(batchedOls([good])).z)
    expect(batchedOls([])).toMatchObject({ kind: 'unknown', because: 'no-variance' })
  })
})
