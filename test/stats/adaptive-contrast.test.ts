import { describe, expect, it } from 'vitest'
import {
  alwaysValidContrast,
  contrastSums,
  headlineEffect,
  overlapWeight,
  plannedVariance,
  scorePeriods,
} from '../../src/stats/adaptive-contrast.ts'
import { periodOf } from '../../src/stats/adaptive-period.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { momentsOf, NO_MOMENTS } from '../../src/stats/moments.ts'
import { type Batch, periodsOf } from './adaptive-cases.ts'
import { expectClose, golden, known } from './golden.ts'

const contrast = { treatment: 1, control: 0 }

describe('the augmented contrast of two arms', () => {
  const { inputs, expected, tol } = golden<
    { batches: Batch[]; mu_hat: number[][]; rho: number },
    Record<'T' | 'sum_psi' | 'estimate' | 'se' | 'W_empirical' | 'W_model' | 'log_e_value', number> & {
      ci_wald: number[]
      ci_always_valid: number[]
    }
  >('P062')
  const { used } = known(scorePeriods(periodsOf(inputs.batches, inputs.mu_hat), contrast))

  it('has the published headline', () => {
    const effect = known(headlineEffect(used))
    const { interval } = testEffect(effect, { level: 0.95 })
    expectClose([effect.estimate, Math.sqrt(effect.variance)], [expected.estimate, expected.se], tol)
    expectClose([interval.low, interval.high], expected.ci_wald, tol)
  })

  it('has the published sums, variances and always-valid interval', () => {
    const sums = contrastSums(used)
    expectClose(
      [sums.rows, sums.sum, sums.empiricalVariance, sums.pooledVariance],
      [expected.T, expected.sum_psi, expected.W_empirical, expected.W_model],
      tol,
    )
    const always = known(alwaysValidContrast(sums, { level: 0.95, rho: inputs.rho }))
    expectClose([always.interval.low, always.interval.high], expected.ci_always_valid, tol)
    expectClose(always.test.log10EValue * Math.LN10, expected.log_e_value, tol)
    expectClose(always.estimate, expected.estimate, tol)
  })

  it('has the published figures with overlap weights', () => {
    const weighted = golden<
      { batches: Batch[]; rho: number },
      Record<'sum_h_psi' | 'W' | 'H' | 'estimate' | 'log_e_value', number> & { ci: number[] }
    >('P063')
    const periods = known(scorePeriods(periodsOf(weighted.inputs.batches), contrast)).used
    const weights = weighted.inputs.batches.map(({ e }) => overlapWeight([e[0]!, e[1]!]))
    const sums = contrastSums(periods, { weights })
    expectClose([sums.sum, sums.pooledVariance, sums.weight], [weighted.expected.sum_h_psi, weighted.expected.W, weighted.expected.H], tol)
    const always = known(alwaysValidContrast(sums, { level: 0.95, rho: weighted.inputs.rho }))
    expectClose(always.estimate, weighted.expected.estimate, tol)
    expectClose([always.interval.low, always.interval.high], weighted.expected.ci, tol)
    expectClose(always.test.log10EValue * Math.LN10, weighted.expected.log_e_value, tol)
  })

  it('takes the larger of the two variances', () => {
    const sums = contrastSums(used)
    const options = { level: 0.95, rho: inputs.rho }
    const larger = known(alwaysValidContrast({ ...sums, empiricalVariance: sums.pooledVariance * 2 }, options))
    expect(larger.interval.high - larger.interval.low).toBeGreaterThan(
      known(alwaysValidContrast(sums, options)).interval.high - known(alwaysValidContrast(sums, options)).interval.low,
    )
  })

  it('mirrors when the arms change places', () => {
    const turned = known(scorePeriods(periodsOf(inputs.batches, inputs.mu_hat), { treatment: 0, control: 1 })).used
    expect(known(headlineEffect(turned)).estimate).toBeCloseTo(-known(headlineEffect(used)).estimate, 13)
    expect(known(headlineEffect(turned)).variance).toBeCloseTo(known(headlineEffect(used)).variance, 13)
  })

  it('leaves out periods in which an arm could not be drawn, and counts their rows', () => {
    const closed = periodOf({ propensities: [1, 0], outcomes: [momentsOf([0, 1, 1]), NO_MOMENTS] })
    const scored = known(scorePeriods([...periodsOf(inputs.batches, inputs.mu_hat), closed], contrast))
    expect(scored.rowsLeftOut).toBe(3)
    expect(scored.used).toEqual(used)
    expect(contrastSums(scored.used, scored).rowsLeftOut).toBe(3)
    expect(scorePeriods([closed], contrast)).toMatchObject({ kind: 'unknown', because: 'no-overlap' })
  })

  it('refuses to divide by a propensity below a millionth', () => {
    const thin = periodOf({ propensities: [1 - 1e-7, 1e-7], outcomes: [momentsOf([0, 1]), NO_MOMENTS] })
    expect(scorePeriods([thin], contrast)).toMatchObject({ because: 'propensity-too-small', need: 1e-6 })
  })

  it('is unknown without rows or variance', () => {
    expect(headlineEffect([])).toMatchObject({ because: 'too-few-units' })
    const flat = known(
      scorePeriods(
        [periodOf({ propensities: [0.5, 0.5], outcomes: [momentsOf([1, 1]), momentsOf([1, 1])], predictions: [1, 1] })],
        contrast,
      ),
    ).used
    expect(headlineEffect(flat)).toMatchObject({ because: 'no-variance' })
    expect(alwaysValidContrast(contrastSums(flat), { level: 0.95, rho: 1 })).toMatchObject({ because: 'no-variance' })
  })

  it('plans the variance that an even split of the arms brings', () => {
    expect(plannedVariance({ rows: 1000, outcomeVariance: 0.05, propensities: [0.5, 0.5] })).toBeCloseTo(200, 12)
    expect(plannedVariance({ rows: 1000, outcomeVariance: 0.05, propensities: [0.5, 0.5], weight: 0.25 })).toBeCloseTo(12.5, 12)
  })
})
