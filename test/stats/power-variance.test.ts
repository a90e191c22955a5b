import { describe, expect, it } from 'vitest'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { clusterFactor, covariateFactor, quantileVariance, ratioVariance } from '../../src/stats/power-variance.ts'
import { armRatioOf } from '../../src/stats/ratio.ts'
import { known } from './golden.ts'

describe('the variance of a unit', () => {
  it('is that of the linearised values for a ratio, so that n units reproduce the arm', () => {
    const rows = Array.from({ length: 50 }, (_, i) => [i % 7, 1 + (i % 5)])
    const moments = jointMomentsOf(rows)
    const unit = ratioVariance(moments)
    expect(typeof unit).toBe('number')
    expect((unit as number) / 50).toBeCloseTo(known(armRatioOf(moments)).variance, 14)
    expect(ratioVariance(jointMomentsOf([[1, 1]]))).toMatchObject({ kind: 'unknown', because: 'too-few-units' })
  })

  it('is reduced by a covariate and inflated by clusters', () => {
    expect(covariateFactor(0.6)).toBeCloseTo(0.64, 14)
    expect(covariateFactor(0)).toBe(1)
    expect(clusterFactor({ meanSize: 3, correlation: 0.1 })).toBeCloseTo(1.2, 14)
    expect(clusterFactor({ meanSize: 3, sizeVariation: 1, correlation: 0.1 })).toBeCloseTo(1.5, 14)
    expect(clusterFactor({ meanSize: 1, correlation: 0.9 })).toBe(1)
    expect(() => covariateFactor(1)).toThrow()
    expect(() => clusterFactor({ meanSize: 0.5, correlation: 0.1 })).toThrow()
  })

  it('follows the density at a quantile', () => {
    // the median of a standard normal: π/2
    expect(quantileVariance({ share: 0.5, density: 1 / Math.sqrt(2 * Math.PI) })).toBeCloseTo(Math.PI / 2, 12)
    expect(() => quantileVariance({ share: 0.5, density: 0 })).toThrow()
  })
})
