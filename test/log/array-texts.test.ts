import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doublesOf, singlesOf } from '../../src/log/doubles.ts'
import { wholesOf } from '../../src/log/wholes.ts'

const SIZES = { maxLength: 20 }

describe('arrays in the text that PostgreSQL sends', () => {
  it('are the same doubles as Number reads, to the last bit', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 18n), fc.nat(25))
      .map(([minus, digits, decimals]) => `${minus ? '-' : ''}${digits}.${'0'.repeat(decimals)}7`)
    const number = fc.oneof(
      fc.double().map(String),
      fc.float().map(String),
      decimal,
      fc.constantFrom('0', '-0', '1e-05', 'NaN', 'Infinity'),
    )
    fc.assert(
      fc.property(fc.array(number, SIZES), (numbers) => {
        expect(doublesOf(`{${numbers.join()}}`)).toEqual(numbers.map(Number))
      }),
      { numRuns: 2_000 },
    )
  })

  it('are floats in single precision, and nothing where there is nothing', () => {
    expect(singlesOf('{0.1,-16777216,1e-05}')).toEqual([Math.fround(0.1), -16777216, Math.fround(1e-5)])
    expect(singlesOf(null)).toBeNull()
  })

  it('are whole numbers: plain ones while all of them are safe, big ones beyond', () => {
    const whole = fc.oneof(fc.maxSafeInteger().map(BigInt), fc.integer().map(BigInt), fc.bigInt(-(2n ** 90n), 2n ** 90n))
    fc.assert(
      fc.property(fc.array(whole, SIZES), (values) => {
        const read = wholesOf(`{${values.join()}}`)
        const isPlain = values.every((value) => Number.isSafeInteger(Number(value)) && BigInt(Number(value)) === value)
        expect(read instanceof Float64Array).toBe(isPlain)
        expect(Array.from<number | bigint, bigint>(read, BigInt)).toEqual(values)
      }),
      { numRuns: 1_000 },
    )
  })
})
