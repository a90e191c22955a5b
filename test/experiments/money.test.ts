import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalOf, minorOf } from '../../src/experiments/money.ts'

describe('money', () => {
  it('comes back from minor units as it went in', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n - 10n ** 15n, max: 10n ** 15n - 1n }), fc.constantFrom('EUR', 'JPY', 'KWD'), (minor, currency) => {
        expect(minorOf(decimalOf(minor, currency), currency)).toBe(minor)
      }),
    )
  })

  it('knows how many digits a currency has', () => {
    expect(minorOf('89.90', 'EUR')).toBe(8990n)
    expect(minorOf('89', 'JPY')).toBe(89n)
    expect(minorOf('1.234', 'KWD')).toBe(1234n)
    expect(decimalOf(-5n, 'EUR')).toBe('-0.05')
  })

  it('rounds half away from zero', () => {
    expect(minorOf('0.005', 'EUR')).toBe(1n)
    expect(minorOf('-0.005', 'EUR')).toBe(-1n)
    expect(minorOf('0.0049', 'EUR')).toBe(0n)
  })

  it('is not money when it is not a plain decimal', () => {
    for (const text of ['', '1e3', '1,5', 'NaN', '.5', '5.', '0x10', ' 1', '9'.repeat(16)]) expect(minorOf(text, 'EUR')).toBeNull()
  })
})
