import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustPValues, type Correction } from '../../src/stats/multiplicity.ts'
import { expectClose, golden } from './golden.ts'

const corrections: readonly Correction[] = ['bonferroni', 'holm', 'hochberg', 'hommel', 'benjamini-hochberg', 'benjamini-yekutieli']
const logs = fc.array(fc.double({ min: -12, max: 0, noNaN: true }), { minLength: 1, maxLength: 12 })
const adjust = (log10PValues: readonly number[], correction: Correction) =>
  adjustPValues(log10PValues, correction).map(({ log10PValue }) => log10PValue)

describe('adjusted p-values', () => {
  it('are those of R for the fifteen of Benjamini and Hochberg', () => {
    const { inputs, expected, tol } = golden<
      { p: number[] },
      Readonly<Record<string, number[]>> & { n_reject_bh_05: number; n_reject_bonferroni_05: number }
    >('P033')
    const names: readonly [Correction, string][] = [
      ['bonferroni', 'bonferroni'],
      ['holm', 'holm'],
      ['hochberg', 'hochberg'],
      ['hommel', 'hommel'],
      ['benjamini-hochberg', 'bh'],
      ['benjamini-yekutieli', 'by'],
    ]
    for (const [correction, name] of names) {
      const got = adjustPValues(inputs.p.map(Math.log10), correction).map(({ pValue }) => pValue)
      expectClose(got, expected[name]!, tol)
    }
    const rejected = (correction: Correction) =>
      adjustPValues(inputs.p.map(Math.log10), correction).filter(({ pValue }) => pValue <= 0.05).length
    expect(rejected('benjamini-hochberg')).toBe(expected.n_reject_bh_05)
    expect(rejected('bonferroni')).toBe(expected.n_reject_bonferroni_05)
  })

  it('are ordered: no correction is below the plain p, Bonferroni is above Holm, Holm above Hochberg, Hochberg above Hommel, all above BH', () => {
    fc.assert(
      fc.property(logs, (plain) => {
        const [bonferroni, holm, hochberg, hommel, bh, by] = corrections.map((correction) => adjust(plain, correction))
        for (const i of plain.keys()) {
          expect(bh![i]!).toBeGreaterThanOrEqual(plain[i]! - 1e-12)
          expect(hommel![i]!).toBeGreaterThanOrEqual(bh![i]! - 1e-12)
          expect(hochberg![i]!).toBeGreaterThanOrEqual(hommel![i]! - 1e-12)
          expect(holm![i]!).toBeGreaterThanOrEqual(hochberg![i]! - 1e-12)
          expect(bonferroni![i]!).toBeGreaterThanOrEqual(holm![i]! - 1e-12)
          expect(by![i]!).toBeGreaterThanOrEqual(bh![i]! - 1e-12)
        }
      }),
    )
  })

  it('keep the order of the tests given, whatever it is, and change nothing for one test', () => {
    fc.assert(
      fc.property(logs, (plain) => {
        for (const correction of corrections) {
          const there = adjust(plain, correction)
          expect(adjust([...plain].reverse(), correction)).toEqual([...there].reverse())
          expect(adjust(plain.slice(0, 1), correction)[0]).toBeCloseTo(plain[0]!, 12)
        }
      }),
    )
  })

  it('go on where doubles end', () => {
    const [first, second] = adjustPValues([-5000, -0.5], 'holm')
    expect(first!.log10PValue).toBeCloseTo(-5000 + Math.log10(2), 9)
    expect(first!.pValue).toBe(Number.MIN_VALUE)
    expect(second!.pValue).toBeCloseTo(10 ** -0.5, 12)
    expect(adjustPValues([], 'hommel')).toEqual([])
    expect(() => adjustPValues([0.5], 'holm')).toThrow(/not positive/)
  })
})
