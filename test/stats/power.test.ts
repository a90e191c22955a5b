import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allocationPenalty,
  criticalZ,
  effectForPower,
  powerOfEffect,
  unitsForVariance,
  varianceForPower,
  varianceOfSample,
} from '../../src/stats/power.ts'
import { clusterFactor, covariateFactor } from '../../src/stats/power-variance.ts'
import { expectClose, golden } from './golden.ts'

const positive = fc.double({ min: 0.01, max: 100, noNaN: true })
const power = fc.double({ min: 0.5, max: 0.999, noNaN: true })

describe('power of a normal test', () => {
  it('has the published smallest effects: plain, with covariate, with clusters, with sequential looks', () => {
    const { inputs, expected, tol } = golden<
      Record<'sd' | 'n_control' | 'ratio' | 'power' | 'rho' | 'mean_cluster_size' | 'icc' | 'inflation', number>,
      Record<'mde' | 'mde_cuped' | 'mde_cluster' | 'mde_obf5', number>
    >('P053')
    const unit = { control: inputs.sd ** 2, treatment: inputs.sd ** 2 }
    const variance = varianceOfSample(unit, { controlUnits: inputs.n_control, ratio: inputs.ratio })
    const smallest = (factor: number) =>
      effectForPower({ variance: variance * factor, power: inputs.power, critical: criticalZ({ level: 0.95 }) })
    expectClose(smallest(1), expected.mde, tol)
    expectClose(smallest(covariateFactor(inputs.rho)), expected.mde_cuped, tol)
    expectClose(smallest(clusterFactor({ meanSize: inputs.mean_cluster_size, correlation: inputs.icc })), expected.mde_cluster, tol)
    expectClose(smallest(inputs.inflation), expected.mde_obf5, tol)
  })

  it('has the published price of an uneven split', () => {
    const { inputs, expected, tol } = golden<{ share: number[] }, { variance_factor: number[] }>('P054')
    expectClose(inputs.share.map(allocationPenalty), expected.variance_factor, tol)
  })

  it('goes in a circle: effect, units and power fit together', () => {
    fc.assert(
      fc.property(positive, positive, positive, positive, power, (effect, control, treatment, ratio, wish) => {
        const critical = criticalZ({ level: 0.95 })
        const variance = varianceForPower({ effect, power: wish, critical })
        const controlUnits = unitsForVariance({ control, treatment }, { variance, ratio })
        const reached = varianceOfSample({ control, treatment }, { controlUnits, ratio })
        expect(reached / variance).toBeCloseTo(1, 10)
        expect(powerOfEffect({ effect, variance: reached, critical })).toBeCloseTo(wish, 10)
        expect(effectForPower({ variance: reached, power: wish, critical }) / effect).toBeCloseTo(1, 10)
      }),
    )
  })

  it('grows with effect and sample, and falls with the level', () => {
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0.6, max: 0.99, noNaN: true }), (effect, variance, level) => {
        const at = (e: number, v: number, l: number) => powerOfEffect({ effect: e, variance: v, critical: criticalZ({ level: l }) })
        fc.pre(effect / Math.sqrt(variance) < 6)
        expect(at(effect * 1.1, variance, level)).toBeGreaterThan(at(effect, variance, level))
        expect(at(effect, variance / 2, level)).toBeGreaterThan(at(effect, variance, level))
        expect(at(effect, variance, level + 0.009)).toBeLessThan(at(effect, variance, level))
        expect(at(-effect, variance, level)).toBe(at(effect, variance, level))
      }),
    )
  })

  it('shares its error among comparisons', () => {
    expect(criticalZ({ level: 0.95, comparisons: 5 })).toBeCloseTo(2.5758293035489, 11)
    expect(criticalZ({ level: 0.95, sides: 'greater' })).toBeCloseTo(1.6448536269514722, 12)
    expect(() => criticalZ({ level: 0.95, comparisons: 0 })).toThrow()
  })

  it('refuses an effect of 0 and a power below a coin', () => {
    expect(() => varianceForPower({ effect: 0, power: 0.8, critical: 2 })).toThrow()
    expect(() => effectForPower({ variance: 1, power: 0.4, critical: 2 })).toThrow()
    expect(() => varianceOfSample({ control: 1, treatment: 1 }, { controlUnits: 0, ratio: 1 })).toThrow()
  })
})
