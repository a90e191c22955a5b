import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correctedStatus, correctFamily } from '../../src/stats/corrected-status.ts'
import { pValueOfLog } from '../../src/stats/estimate.ts'
import { expectClose, golden } from './golden.ts'

const testOf = (pValue: number) => ({ pValue, log10PValue: Math.log10(pValue) })
const interval = (low: number, high: number) => ({ interval: { low, high }, level: 0.95, direction: 'increase' as const })

describe('a family of tests', () => {
  it('is corrected as Holm does (P033)', () => {
    const { inputs, expected, tol } = golden<{ p: number[] }, { holm: number[] }>('P033')
    const corrected = correctFamily(inputs.p.map(testOf))
    expectClose(
      corrected.map((one) => one!.pValue),
      expected.holm,
      tol,
    )
    expect(new Set(corrected.map((one) => one!.family))).toEqual(new Set([inputs.p.length]))
  })

  it('does not count tests that are unknown, and leaves a single one alone to the last digit', () => {
    expect(correctFamily([null, testOf(0.02), null])).toEqual([null, { ...testOf(0.02), family: 1 }, null])
    const two = correctFamily([testOf(0.02), null, testOf(0.03)])
    expect(two.map((one) => one?.family)).toEqual([2, undefined, 2])
    expectClose([two[0]!.pValue, two[2]!.pValue], [0.04, 0.04], { rel: 1e-12, abs: 0 })
  })

  it('never makes a p-value smaller, and keeps their order', () => {
    const logs = fc.array(fc.double({ min: -5000, max: 0, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(logs, (all) => {
        const corrected = correctFamily(all.map((log10P) => pValueOfLog(log10P * Math.LN10)))
        for (const [i, one] of corrected.entries()) {
          expect(one!.log10PValue).toBeGreaterThanOrEqual(all[i]! - 1e-9)
          for (const [j, other] of corrected.entries())
            if (all[i]! < all[j]!) expect(one!.log10PValue).toBeLessThanOrEqual(other!.log10PValue)
        }
      }),
    )
  })
})

describe('the status of a comparison', () => {
  it('follows the corrected p, and says when the interval alone would have shown more', () => {
    expect(correctedStatus({ ...interval(0.1, 2), adjustedPValue: 0.05 - 1e-12 })).toEqual({ status: 'better' })
    expect(correctedStatus({ ...interval(0.1, 2), adjustedPValue: 0.06 })).toEqual({ status: 'no difference shown', byItself: 'better' })
    expect(correctedStatus({ ...interval(-2, -0.1), adjustedPValue: 0.01 })).toEqual({ status: 'worse' })
    expect(correctedStatus({ ...interval(-2, 0.1), adjustedPValue: 0.01 })).toEqual({ status: 'no difference shown' })
  })

  it('turns around where less is better, and takes the interval alone where there is no p', () => {
    expect(correctedStatus({ ...interval(0.1, 2), direction: 'decrease', adjustedPValue: 0.01 })).toEqual({ status: 'worse' })
    expect(correctedStatus({ ...interval(0.1, 2), adjustedPValue: null })).toEqual({ status: 'better' })
  })
})
