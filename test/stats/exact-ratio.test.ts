import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactRatio } from '../../src/stats/exact-ratio.ts'

describe('the exact ratio of big integers', () => {
  it('is ordinary division where that rounds once', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 2 ** 31 }), (a, b) => {
        expect(exactRatio(BigInt(a), BigInt(b))).toBe(a / b + 0)
      }),
    )
  })

  it('is the nearest double where both parts are too large for one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.bigInt({ min: 1n, max: 10n ** 400n }),
        (a, b, factor) => {
          expect(exactRatio(BigInt(a) * factor, BigInt(b) * factor)).toBe(a / b)
        },
      ),
    )
  })

  it('rounds halves by what is left over', () => {
    const half = 2n ** 53n + 1n
    expect(exactRatio(half, 1n)).toBe(2 ** 53)
    expect(exactRatio(half * 10n ** 30n + 1n, 10n ** 30n)).toBe(2 ** 53 + 2)
  })

  it('keeps signs, knows zero and refuses denominators that are not positive', () => {
    expect(exactRatio(-1n, 3n)).toBe(-1 / 3)
    expect(exactRatio(0n, 7n)).toBe(0)
    expect(() => exactRatio(1n, 0n)).toThrow(/positive denominator/)
  })
})
