import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, maskedShares, pick, type Salts, takesPart } from '../../src/experiments/assignment.ts'
import type { Words } from '../../src/experiments/hash.ts'

const SALTS: Salts = { traffic: [1, 1, 1, 1], arms: [2, 2, 2, 2], masked: [3, 3, 3, 3] }
const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()) as fc.Arbitrary<Words>
const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 8 }).map((weights) => {
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
})

describe('fixed allocation', () => {
  it('gives a unit the same arm every time, with propensities that sum to 1', () => {
    fc.assert(
      fc.property(words, shares, (unit, share) => {
        const eligible = share.map(() => true)
        const first = assign(unit, SALTS, { shares: share, eligible })
        expect(first).toEqual(assign(unit, SALTS, { shares: share, eligible }))
        expect(first?.propensities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('only adds units when the traffic share grows', () => {
    fc.assert(
      fc.property(words, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (unit, traffic) => {
        if (takesPart(unit, SALTS, traffic)) expect(takesPart(unit, SALTS, traffic * 2)).toBe(true)
      }),
    )
  })

  it('deals only the units of a masked arm again', () => {
    fc.assert(
      fc.property(words, shares, fc.nat(), (unit, share, which) => {
        const masked = which % share.length
        const eligible = share.map((_, i) => i !== masked)
        const before = assign(unit, SALTS, { shares: share, eligible: share.map(() => true) })!
        const after = assign(unit, SALTS, { shares: share, eligible })!
        expect(after.arm).not.toBe(masked)
        expect(after.propensities[masked]).toBe(0)
        if (before.arm !== masked) expect(after.arm).toBe(before.arm)
      }),
    )
  })

  it('keeps its promise: under a mask the shares are those of the propensities', () => {
    const share = [0.5, 0.3, 0.2]
    const eligible = [false, true, true]
    const counts = [0, 0, 0]
    for (let i = 0; i < 50_000; i++) counts[assign([i, 9, 9, 9], SALTS, { shares: share, eligible })!.arm]!++
    // Binomial(50,000, 0.6): six standard deviations are 657.
    expect(Math.abs(counts[1]! - 30_000)).toBeLessThan(657)
  })

  it('has no arm to give when all are masked', () => {
    expect(assign([1, 2, 3, 4], SALTS, { shares: [0.5, 0.5], eligible: [false, false] })).toBeNull()
    expect(maskedShares([0.5, 0.5], [false, false])).toBeNull()
  })

  it('never picks an arm of probability 0, even at the very end', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (u) => {
        expect(pick([0, 0.3, 0.7 - 1e-12, 0], u)).toBeOneOf([1, 2])
      }),
    )
  })
})
