import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minorOf } from '../../src/experiments/money.ts'
import { damageOf, flagOf, typeOf } from '../../src/importing/cell.ts'
import { type Decimal, decimalOf, integerOf, MINOR_MAX, minorOfDecimal } from '../../src/importing/decimal.ts'
import { instantOf } from '../../src/importing/instant.ts'
import { isRefused } from '../../src/importing/refusal.ts'

const reasonOf = (value: unknown) => (isRefused(value) ? value.reason : value)

describe('a decimal', () => {
  it('is read digit by digit', () => {
    expect(decimalOf('12.50', 'price')).toEqual({ units: 125, scale: 1 })
    expect(decimalOf('-0.035', 'price')).toEqual({ units: -35, scale: 3 })
    expect(decimalOf('.5', 'price')).toEqual({ units: 5, scale: 1 })
    expect(decimalOf('1000', 'price')).toEqual({ units: 1000, scale: 0 })
    expect(decimalOf('-0', 'price')).toEqual({ units: 0, scale: 0 })
    expect(decimalOf('12,50', 'price', 'comma')).toEqual({ units: 125, scale: 1 })
  })

  it.each(['1e309', 'NaN', 'Infinity', '1,234.00', '€ 5', '', '.', '-', '0x10', '1 000', '--1', '1.2.3'])('is not %j', (text) => {
    expect(reasonOf(decimalOf(text, 'price'))).toBe('not-a-number')
  })

  it('of more than fifteen digits is refused, however many zeros lead it', () => {
    expect(reasonOf(decimalOf('1234567890123456', 'price'))).toBe('number-out-of-range')
    expect(decimalOf(`${'0'.repeat(40)}12.5000000000`, 'price')).toEqual({ units: 125, scale: 1 })
  })

  it('becomes minor units as money does, and quantity × price is rounded once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), fc.integer({ min: 0, max: 9999 }), fc.boolean(), (whole, fraction, negative) => {
        const text = `${negative ? '-' : ''}${whole}.${String(fraction).padStart(4, '0')}`
        const minor = minorOfDecimal(decimalOf(text, 'value') as Decimal, 2, 1, 'value')
        expect(BigInt(minor as number)).toBe(minorOf(text, 'EUR'))
      }),
    )
    expect(minorOfDecimal({ units: 35, scale: 3 }, 2, 10, 'value')).toBe(35)
    expect(minorOfDecimal({ units: 35, scale: 3 }, 2, -1, 'value')).toBe(-4)
    expect(minorOfDecimal({ units: 5, scale: 0 }, 0, 3, 'value')).toBe(15)
  })

  it('beyond ten billion is refused', () => {
    expect(reasonOf(minorOfDecimal({ units: MINOR_MAX, scale: 0 }, 2, 1, 'value'))).toBe('number-out-of-range')
    expect(reasonOf(minorOfDecimal({ units: 999_999_999_999_999, scale: 15 }, 2, 1_000_000, 'value'))).toBe('number-out-of-range')
    expect(reasonOf(integerOf('1000001', 'quantity', 1_000_000))).toBe('number-out-of-range')
    expect(reasonOf(integerOf('1.5', 'quantity', 1_000_000))).toBe('not-an-integer')
    expect(integerOf('6.0', 'quantity', 1_000_000)).toBe(6)
  })
})

describe('an instant', () => {
  it('is read as UTC unless it names a zone', () => {
    const noon = Date.UTC(2026, 10, 20, 12)
    for (const text of [
      '2026-11-20 12:00',
      '2026-11-20T12:00:00',
      '2026-11-20T12:00:00.000Z',
      '2026-11-20T13:00:00+01:00',
      '2026-11-20 07:00-0500',
    ])
      expect(instantOf(text, 'occurredAt')).toBe(noon)
    expect(instantOf(String(noon / 1000), 'occurredAt')).toBe(noon)
    expect(instantOf(String(noon), 'occurredAt')).toBe(noon)
    expect(instantOf(`${noon / 1000}.0`, 'occurredAt')).toBe(noon)
    for (const early of ['874724710', '874724710000', '874724710.0']) expect(instantOf(early, 'occurredAt')).toBe(874_724_710_000)
    expect(instantOf(`${noon / 1000}.2509`, 'occurredAt')).toBe(noon + 250)
    expect(instantOf('2026-11-20', 'occurredAt')).toBe(Date.UTC(2026, 10, 20))
  })

  it('of any day between 1990 and 2099 is what Date makes of it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
        expect(instantOf(date.toISOString(), 'occurredAt')).toBe(date.getTime())
      }),
    )
  })

  it.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-11-20 24:30',
    '2026-11-20 10:60',
    '2026-00-10',
    '2026-11-20T10:00:00+25:00',
    '0099-01-01',
  ])('that does not exist is refused: %s', (text) => {
    expect(reasonOf(instantOf(text, 'occurredAt'))).toBe('no-such-time')
  })

  it('in another form or another age is refused', () => {
    expect(reasonOf(instantOf('20.11.2026', 'occurredAt'))).toBe('not-a-time')
    expect(reasonOf(instantOf('yesterday', 'occurredAt'))).toBe('not-a-time')
    expect(reasonOf(instantOf('1970-01-01', 'occurredAt'))).toBe('time-out-of-range')
    expect(reasonOf(instantOf('9999-12-31', 'occurredAt'))).toBe('time-out-of-range')
  })
})

describe('a cell', () => {
  it('has a type under our name for it', () => {
    expect(['addtocart', 'Add To Cart', 'ADD_TO_CART', 'transaction', 'pageview', 'wish-list'].map(typeOf)).toEqual([
      'add-to-cart',
      'add-to-cart',
      'add-to-cart',
      'purchase',
      'view',
      'wish-list',
    ])
    expect(reasonOf(typeOf('¿que?'))).toBe('not-a-type')
  })

  it('says yes, no or neither', () => {
    expect(['yes', 'TRUE', '1', '', 'no', '0'].map((text) => flagOf(text, 'discontinued'))).toEqual([true, true, true, false, false, false])
    expect(reasonOf(flagOf('perhaps', 'discontinued'))).toBe('not-a-flag')
  })

  it('that no database can hold is told apart', () => {
    expect(['a\0b', 'caf\ufffd', 'half \ud800', 'café 😀'].map((text) => damageOf(text)?.reason ?? null)).toEqual([
      'nul-character',
      'not-utf8',
      'lone-surrogate',
      null,
    ])
  })
})
