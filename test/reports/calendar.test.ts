import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayNumberOf } from '../../src/reports/calendar.ts'

const DAY_MS = 86_400_000

describe('the number of a day', () => {
  it('is what the machine’s own calendar says, from the year 1600 to 2400', () => {
    const range = { min: new Date('1600-01-01T00:00:00Z'), max: new Date('2400-12-31T23:59:59.999Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(dayNumberOf(date.toISOString())).toBeCloseTo(date.getTime() / DAY_MS, 8)
        expect(dayNumberOf(date.toISOString().slice(0, 10))).toBe(Math.floor(date.getTime() / DAY_MS))
      }),
    )
  })

  it('counts leap days', () => {
    expect(dayNumberOf('2024-03-01') - dayNumberOf('2024-02-28')).toBe(2)
    expect(dayNumberOf('2100-03-01') - dayNumberOf('2100-02-28')).toBe(1)
    expect(dayNumberOf('1970-01-01T12:00:00Z')).toBe(0.5)
  })

  it.each(['', '2026-1-1', '2026-01-01T10:00', '2026-01-01T10:00:00+01:00', 'yesterday'])('refuses %j', (text) => {
    expect(() => dayNumberOf(text)).toThrow('a time is written YYYY-MM-DD')
  })
})
