import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviance, log1mExp, logAddExp, logBeta, logBinomialKernel, logGamma, stirlingError } from '../../src/stats/special.ts'

describe('the special functions', () => {
  it('have ln Γ from 40-digit arithmetic, also at its zeros', () => {
    // mpmath loggamma at the doubles given
    const cases: readonly [number, number][] = [
      [0.001, 6.907178885383853],
      [0.5, 0.5723649429247001],
      [1.0000001, -5.772155829918507e-8],
      [1.9999999, -4.2278430309861296e-8],
      [2.7, 0.4348205536551047],
      [50, 144.5657439463449],
      [1e7, 151180949.3694739],
    ]
    for (const [x, expected] of cases) expect(Math.abs(logGamma(x) / expected - 1), `ln Γ(${x})`).toBeLessThan(1e-12)
    expect(() => logGamma(0)).toThrow(/positive/)
  })

  it('satisfy Γ(x + 1) = x·Γ(x) and the symmetry of B', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (x, y) => {
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(1e-14 * (10 + Math.abs(logGamma(x + 1))))
        expect(logBeta(x, y)).toBe(logBeta(y, x))
        expect(Math.abs(logBeta(x, y) - (logGamma(x) + logGamma(y) - logGamma(x + y)))).toBeLessThan(1e-14 * (10 + logGamma(x + y + 1)))
      }),
    )
  })

  it('have Stirling’s error of Γ(1) and of Γ(2)', () => {
    expect(stirlingError(1)).toBeCloseTo(1 - 0.5 * Math.log(2 * Math.PI), 14)
    expect(stirlingError(1e6)).toBeCloseTo(1 / 12e6, 20)
  })

  it('have a deviance that is never negative and is zero only at x = m', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.double({ min: -0.9, max: 9, noNaN: true }), (x, share) => {
        const m = x * (1 + share)
        expect(deviance(x, m)).toBeGreaterThanOrEqual(0)
        const direct = x * Math.log(x / m) + m - x
        expect(Math.abs(deviance(x, m) - direct)).toBeLessThan(1e-14 * (x + m))
      }),
    )
    expect(deviance(0, 3)).toBe(3)
    // x²-small: half the squared relative distance, times x
    expect(deviance(1e6, 1e6 + 1) / (1 / (2 * 1e6))).toBeCloseTo(1, 5)
  })

  it('have a binomial kernel that is the binomial probability', () => {
    // 10 choose 3 · 0.3³ · 0.7⁷
    expect(Math.exp(logBinomialKernel(0.3, 0.7, 3, 7))).toBeCloseTo(0.266827932, 14)
  })

  it('add and subtract in logarithms without losing small parts', () => {
    expect(log1mExp(-1e-20)).toBeCloseTo(Math.log(1e-20), 12)
    expect(log1mExp(-50)).toBe(-Math.exp(-50))
    expect(logAddExp(-1000, -1000)).toBeCloseTo(-1000 + Math.LN2, 12)
    expect(logAddExp(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
  })
})
