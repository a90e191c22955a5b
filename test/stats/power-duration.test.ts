import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysUntil, unitsAfter } from '../../src/stats/power-duration.ts'

const curves = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 30 }).map((steps) => {
  let total = 1
  return { kind: 'curve' as const, distinctUnits: steps.map((step) => (total += step)) }
})

describe('how long an experiment takes', () => {
  it('is units over units a day when arrivals are steady', () => {
    expect(daysUntil(1000, { kind: 'steady', unitsPerDay: 300 })).toBe(4)
    expect(daysUntil(900, { kind: 'steady', unitsPerDay: 300 })).toBe(3)
    expect(daysUntil(0, { kind: 'steady', unitsPerDay: 300 })).toBe(0)
  })

  it('reads a measured curve as it is', () => {
    const curve = { kind: 'curve', distinctUnits: [100, 180, 240] } as const
    expect([0, 0.5, 1, 2.5, 3].map((days) => unitsAfter(days, curve))).toEqual([0, 50, 100, 210, 240])
    expect(daysUntil(181, curve)).toBe(3)
  })

  it('goes on with the growth of the second half, which saturates', () => {
    // U = 100·√d exactly
    const curve = { kind: 'curve', distinctUnits: Array.from({ length: 10 }, (_, i) => 100 * Math.sqrt(i + 1)) } as const
    expect(unitsAfter(40, curve)).toBeCloseTo(100 * Math.sqrt(40), 8)
    // traffic times days would promise 1000 units after 10 days; they take 100
    expect(daysUntil(1000, curve)).toBe(100)
  })

  it('never says that units get more quickly than they came, nor that there are fewer later', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 1, max: 300 }), (curve, more) => {
        const last = curve.distinctUnits.length
        const end = curve.distinctUnits[last - 1]!
        const later = unitsAfter(last + more, curve)
        expect(later).toBeGreaterThanOrEqual(end * (1 - 1e-12))
        expect(later).toBeLessThanOrEqual((end * (last + more)) / last + 1e-6)
      }),
    )
  })

  it('finds the first day that is enough', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 1, max: 20_000 }), (curve, units) => {
        const days = daysUntil(units, curve)
        fc.pre(typeof days === 'number')
        expect(unitsAfter(days as number, curve)).toBeGreaterThanOrEqual(units)
        if ((days as number) > 0) expect(unitsAfter((days as number) - 1, curve)).toBeLessThan(units)
      }),
    )
  })

  it('does not know about more than ten years', () => {
    expect(daysUntil(1e9, { kind: 'steady', unitsPerDay: 10 })).toEqual({
      kind: 'unknown',
      because: 'horizon-not-reached',
      have: 36_500,
      need: 1e9,
    })
    expect(() => unitsAfter(1, { kind: 'curve', distinctUnits: [5, 4] })).toThrow()
  })
})
