import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countOf,
  countWords,
  differenceRange,
  differenceWords,
  groupDigits,
  liftRange,
  liftWords,
  pWords,
  shareWords,
  valueWords,
  wordingFor,
} from '../../src/reports/number-words.ts'

const EUR = { kind: 'money', currency: 'EUR' } as const
const SHARE = { kind: 'share' } as const

describe('numbers in words', () => {
  it('show two digits of what is uncertain', () => {
    expect(valueWords(0.049, wordingFor(SHARE, 0.0062))).toBe('4.90 %')
    expect(valueWords(0.049, wordingFor(SHARE, 0.062))).toBe('4.9 %')
    expect(valueWords(0.049, wordingFor(SHARE, 0.62))).toBe('5 %')
    expect(valueWords(1.23456, wordingFor({ kind: 'number' }, 0.00042))).toBe('1.23456')
    expect(valueWords(1.23456, wordingFor({ kind: 'number' }, undefined))).toBe('1.23')
  })

  it('show at least the digits of a currency', () => {
    expect(valueWords(1234.5, wordingFor(EUR, 900, 2))).toBe('1,234.50 EUR')
    expect(valueWords(1234.5, wordingFor({ kind: 'money', currency: 'JPY' }, 900, 0))).toBe('1,235 JPY')
  })

  it('give differences a sign, and nothing a minus zero', () => {
    const wording = wordingFor(SHARE, 0.0062)
    expect(differenceWords(0.0077, wording)).toBe('+0.77 pp')
    expect(differenceWords(-0.0000001, wording)).toBe('0.00 pp')
    expect(differenceRange({ low: -0.0015, high: 0.0139 }, wording)).toBe('-0.15 to +1.39')
    expect(differenceWords(-1.2, wordingFor(EUR, 0.3, 2))).toBe('-1.20 EUR')
    expect(valueWords(-1e-9, wordingFor(EUR, 0.3, 2))).toBe('0.00 EUR')
  })

  it('give lifts fewer digits the larger they are', () => {
    expect([0.143, -0.0042, 2.5, 0].map(liftWords)).toEqual(['+14.3 %', '-0.42 %', '+250 %', '0.0 %'])
    expect(liftRange({ low: -0.05, high: 1.5 })).toBe('-5 to +150')
  })

  it('never say that p is 0', () => {
    expect([Math.log10(0.0271), Math.log10(0.5), -3, Math.log10(0.00097), -11.4, -3051.7].map(pWords)).toEqual([
      ...['0.027', '0.500', '0.001', '9.7e-4', '4.0e-12', '2.0e-3052'],
    ])
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 0, noNaN: true }), (log10P) => {
        expect(pWords(log10P)).not.toMatch(/^0(\.0+)?$|^10\.|NaN/)
      }),
    )
  })

  it('write tiny shares without exponents', () => {
    expect([0, 0.5, 0.0132, 0.001, 0.00023, 1e-9].map(shareWords)).toEqual([
      '0.0 %',
      '50.0 %',
      '1.3 %',
      '0.1 %',
      '0.023 %',
      'under 0.001 %',
    ])
  })

  it('use an exponent where nobody would count digits', () => {
    expect(valueWords(1.5e20, wordingFor(EUR, 1e19, 2))).toBe('1.500e+20 EUR')
    expect(differenceWords(1.5e20, wordingFor(EUR, 1e19, 2))).toBe('+1.500e+20 EUR')
    expect(differenceWords(-1.5e20, wordingFor(EUR, 1e19, 2))).toBe('-1.500e+20 EUR')
  })

  it('group the digits of exact decimals, however long', () => {
    expect(['0.00', '-123.4', '1234', '-1234567.891', '98765432109876543210.12'].map(groupDigits)).toEqual([
      ...['0.00', '-123.4', '1,234', '-1,234,567.891', '98,765,432,109,876,543,210.12'],
    ])
  })

  it('count one thing and many things', () => {
    expect([countOf(1, 'day'), countOf(0, 'day'), countOf(1240, 'shopper'), countWords(1e6)]).toEqual([
      ...['1 day', '0 days', '1,240 shoppers', '1,000,000'],
    ])
  })
})
