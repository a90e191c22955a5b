import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorSpent, type Spending } from '../../src/stats/group-sequential-spending.ts'
import { expectClose, golden } from './golden.ts'

const spendings = fc.oneof(
  fc.constant<Spending>({ kind: 'obrien-fleming' }),
  fc.constant<Spending>({ kind: 'pocock' }),
  fc.double({ min: 0.3, max: 6, noNaN: true }).map((exponent): Spending => ({ kind: 'power', exponent })),
  fc.double({ min: -8, max: 8, noNaN: true }).map((gamma): Spending => ({ kind: 'hwang-shih-decani', gamma })),
)
const fraction = fc.double({ min: 0, max: 1.5, noNaN: true })

describe('error spending', () => {
  it("has the published cumulative errors of O'Brien–Fleming type with 2.5 % a side", () => {
    const { inputs, expected, tol } = golden<{ t: number[] }, { cum_alpha_per_side: number[] }>('P037')
    expectClose(
      inputs.t.map((t) => errorSpent({ kind: 'obrien-fleming' }, { error: 0.025, fraction: t })),
      expected.cum_alpha_per_side,
      tol,
    )
  })

  it('starts at nothing, never goes back, and ends with everything', () => {
    fc.assert(
      fc.property(spendings, fraction, fraction, (spending, a, b) => {
        const [early, late] = a < b ? [a, b] : [b, a]
        const spent = (t: number) => errorSpent(spending, { error: 0.025, fraction: t })
        expect(spent(0)).toBe(0)
        expect(spent(early)).toBeLessThanOrEqual(spent(late) * (1 + 1e-12))
        expect(spent(late)).toBeLessThanOrEqual(0.025 * (1 + 1e-12))
        expect(spent(1 + late)).toBe(0.025)
      }),
    )
  })

  it('has its closed forms in the middle', () => {
    const spent = (spending: Spending) => errorSpent(spending, { error: 0.025, fraction: 0.5 })
    expect(spent({ kind: 'pocock' })).toBeCloseTo(0.025 * Math.log((1 + Math.E) / 2), 15)
    expect(spent({ kind: 'power', exponent: 3 })).toBeCloseTo(0.025 / 8, 15)
    expect(spent({ kind: 'hwang-shih-decani', gamma: -4 })).toBeCloseTo((0.025 * (1 - Math.exp(2))) / (1 - Math.exp(4)), 15)
  })

  it('is linear for a power of 1 and for gamma 0', () => {
    for (const spending of [
      { kind: 'power', exponent: 1 },
      { kind: 'hwang-shih-decani', gamma: 0 },
    ] as const)
      expect(errorSpent(spending, { error: 0.05, fraction: 0.3 })).toBeCloseTo(0.015, 15)
    expect(errorSpent({ kind: 'hwang-shih-decani', gamma: 1e-9 }, { error: 0.05, fraction: 0.3 })).toBeCloseTo(0.015, 9)
  })

  it('refuses errors and fractions that are none', () => {
    expect(() => errorSpent({ kind: 'pocock' }, { error: 0.5, fraction: 0.5 })).toThrow()
    expect(() => errorSpent({ kind: 'pocock' }, { error: 0.025, fraction: -0.1 })).toThrow()
    expect(() => errorSpent({ kind: 'power', exponent: 0 }, { error: 0.025, fraction: 0.5 })).toThrow()
  })
})
