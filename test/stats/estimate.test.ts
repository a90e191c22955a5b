import { describe, expect, it } from 'vitest'
import { assertLevel, effectOf, intervalOf, isUnknown, pValueOfLog, unknown } from '../../src/stats/estimate.ts'

describe('the words of inference', () => {
  it('call an effect without variance unknown, and one with a negative variance a mistake', () => {
    expect(effectOf(1, 0)).toEqual({ kind: 'unknown', because: 'no-variance' })
    expect(effectOf(1, 4, 7)).toEqual({ kind: 'effect', estimate: 1, variance: 4, degreesOfFreedom: 7 })
    expect(() => effectOf(1, -1e-9)).toThrow(/never negative/)
    expect(() => effectOf(Number.NaN, 1)).toThrow(/finite/)
    expect(() => effectOf(1, 1, 0)).toThrow(/degrees of freedom/)
  })

  it('flag the ends of an interval that are at infinity, and no others', () => {
    expect(intervalOf(1, 2)).toEqual({ low: 1, high: 2 })
    expect(intervalOf(-Infinity, 2).unbounded).toBe('low')
    expect(intervalOf(1, Infinity).unbounded).toBe('high')
    expect(intervalOf(-Infinity, Infinity).unbounded).toBe('both')
    expect(() => intervalOf(2, 1)).toThrow(/low ≤ high/)
    expect(() => intervalOf(Number.NaN, 1)).toThrow(/low ≤ high/)
  })

  it('never let a p-value be zero or above one', () => {
    expect(pValueOfLog(-5000)).toEqual({ pValue: Number.MIN_VALUE, log10PValue: -5000 / Math.LN10 })
    expect(pValueOfLog(1e-16)).toEqual({ pValue: 1, log10PValue: 0 })
    expect(() => pValueOfLog(Number.NaN)).toThrow(/logarithm/)
  })

  it('refuse levels that are no confidence levels', () => {
    for (const level of [0.5, 1, 0.05, 95, Number.NaN]) expect(() => assertLevel(level)).toThrow(/confidence level/)
    expect(() => assertLevel(0.95)).not.toThrow()
  })

  it('tell an unknown from everything else', () => {
    expect(isUnknown(unknown('too-few-units', { have: 1, need: 2 }))).toBe(true)
    expect(isUnknown({ low: 0, high: 1 })).toBe(false)
    expect(isUnknown({ kind: 'effect' })).toBe(false)
  })
})
