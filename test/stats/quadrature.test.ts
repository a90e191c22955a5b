import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkOf } from '../../src/stats/bulk.ts'
import { gaussLegendre, integrate } from '../../src/stats/quadrature.ts'

describe('quadrature', () => {
  it.each([1, 2, 5, 20, 64])('with %d nodes is exact for polynomials of twice that degree less one', (n) => {
    const { nodes, weights } = gaussLegendre(n)
    for (let degree = 0; degree < 2 * n; degree++) {
      const sum = nodes.reduce((total, x, i) => total + weights[i]! * x ** degree, 0)
      expect(sum, `degree ${degree}`).toBeCloseTo(degree % 2 === 1 ? 0 : 2 / (degree + 1), 12)
    }
  })

  it('integrates a density to one over its bulk', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (mean, sd) => {
        const logf = (x: number) => -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI)
        const { low, peak, high } = bulkOf(logf, { start: 0, scale: 1 })
        expect(Math.abs(peak - mean)).toBeLessThan(1e-6 * (sd + Math.abs(mean)))
        expect(integrate((x) => Math.exp(logf(x)), { low, high, panels: 8 })).toBeCloseTo(1, 10)
      }),
    )
  })

  it('refuses a rule without nodes', () => {
    expect(() => gaussLegendre(0)).toThrow(/positive number of nodes/)
  })
})
