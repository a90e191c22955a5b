import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedGate, nonZeroUnitsAtLeast, rarerEvents } from '../../src/stats/always-valid-gate.ts'
import { momentsOf } from '../../src/stats/moments.ts'

describe('the gate before an always-valid claim', () => {
  it('is closed until both arms have their conversions', () => {
    expect(closedGate('conversions', { control: 300, treatment: 19 })).toEqual({
      kind: 'unknown',
      because: 'too-few-events',
      have: 19,
      need: 20,
    })
    expect(closedGate('conversions', { control: 20, treatment: 20 })).toBeNull()
  })

  it('asks for a hundred units with a value where values are heavy-tailed', () => {
    expect(closedGate('non-zero-units', { control: 99, treatment: 400 })).toMatchObject({ have: 99, need: 100 })
    expect(closedGate('non-zero-units', { control: 100, treatment: 100 })).toBeNull()
  })

  it('counts the events of a rate near 1 by who did not', () => {
    expect([rarerEvents({ n: 50, events: 45 }), rarerEvents({ n: 50, events: 5 })]).toEqual([5, 5])
  })

  it('has from the moments never more units with a value than there are, and all of them when the values agree', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e9 })), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, (all) => {
        expect(nonZeroUnitsAtLeast(momentsOf(all))).toBeLessThanOrEqual(all.filter((value) => value !== 0).length)
      }),
    )
    const alike = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }))
    fc.assert(
      fc.property(alike, ([value, some, none]) => {
        const all = [...new Array<number>(some).fill(value), ...new Array<number>(none).fill(0)]
        expect(nonZeroUnitsAtLeast(momentsOf(all))).toBe(some)
      }),
    )
  })
})
