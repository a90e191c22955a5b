import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagOf, numberOf } from '../../src/analysis/number-cell.ts'

describe('a number in a cell', () => {
  it.each([
    ['12.5', 12.5],
    [' -3e-2 ', -0.03],
    ['.5', 0.5],
    ['5.', 5],
    ['+7', 7],
    ['TRUE', 1],
    ['False', 0],
    ['0', 0],
  ])('is read from %j', (cell, value) => {
    expect(numberOf(cell, false)).toBe(value)
  })

  it.each(['', '  ', 'NA', 'n/a', 'NaN', 'null', 'None'])('is missing in %j', (cell) => {
    expect(numberOf(cell, false)).toBe('missing')
    expect(flagOf(cell, false)).toBe('missing')
  })

  it.each(['abc', '1e999', 'Infinity', '0x10', '1,234', '1 000', '--1', '€5', '1e', '.'])('is none in %j', (cell) => {
    expect(numberOf(cell, false)).toBe('not-a-number')
  })

  it('may have a decimal comma where commas do not separate cells', () => {
    expect(numberOf('12,5', true)).toBe(12.5)
    expect(numberOf('-,5', true)).toBe(-0.5)
    expect(numberOf('1,234,5', true)).toBe('not-a-number')
    expect(numberOf('12,5', false)).toBe('not-a-number')
  })

  it('comes back as it was written, and is never NaN', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(String(value), false)).toBe(value + 0)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = numberOf(text, true)
        expect(typeof value === 'string' || Number.isFinite(value)).toBe(true)
      }),
    )
  })

  it('is yes or no where that is asked for', () => {
    expect(['1', 'true', 'YES', 't', '1.0'].map((cell) => flagOf(cell, false))).toEqual([1, 1, 1, 1, 1])
    expect(['0', 'False', 'no', 'N', '0.0'].map((cell) => flagOf(cell, false))).toEqual([0, 0, 0, 0, 0])
    expect(['2', '0.5', 'maybe', '-1'].map((cell) => flagOf(cell, false))).toEqual(new Array(4).fill('not-yes-or-no'))
  })
})
