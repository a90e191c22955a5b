import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rejectByEValues } from '../../src/stats/e-values.ts'
import { adjustPValues } from '../../src/stats/multiplicity.ts'

const logs = fc.array(fc.double({ min: -3, max: 6, noNaN: true }), { minLength: 1, maxLength: 12 })

describe('e-values', () => {
  it('are rejected as the definition says', () => {
    // m = 4, q = .05: thresholds 80, 40, 26.7, 20 for the largest, second, third, fourth
    expect(rejectByEValues([90, 41, 20, 1].map(Math.log10), { rate: 0.05 })).toEqual([true, true, false, false])
    expect(rejectByEValues([30, 30, 30, 30].map(Math.log10), { rate: 0.05 })).toEqual([true, true, true, true])
    expect(rejectByEValues([79, 39, 26, 19].map(Math.log10), { rate: 0.05 })).toEqual([false, false, false, false])
  })

  it('reject what Benjamini and Hochberg reject with p = 1/e', () => {
    fc.assert(
      fc.property(logs, (log10E) => {
        const byP = adjustPValues(
          log10E.map((log) => Math.min(0, -log)),
          'benjamini-hochberg',
        ).map(({ log10PValue }) => log10PValue <= Math.log10(0.1) + 1e-12)
        expect(rejectByEValues(log10E, { rate: 0.1 })).toEqual(byP)
      }),
    )
  })

  it('reject more when any of them grows', () => {
    fc.assert(
      fc.property(logs, (log10E) => {
        const before = rejectByEValues(log10E, { rate: 0.05 })
        const after = rejectByEValues(
          log10E.map((log, i) => (i === 0 ? log + 1 : log)),
          { rate: 0.05 },
        )
        for (const i of before.keys()) if (before[i]) expect(after[i]).toBe(true)
      }),
    )
  })

  it('refuse rates and numbers that are none', () => {
    expect(() => rejectByEValues([1], { rate: 0 })).toThrow(/between 0 and 1/)
    expect(() => rejectByEValues([Number.NaN], { rate: 0.1 })).toThrow(/logarithm/)
    expect(rejectByEValues([], { rate: 0.1 })).toEqual([])
  })
})
