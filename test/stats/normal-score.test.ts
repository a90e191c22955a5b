import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalScore, studentScore } from '../../src/stats/normal-score.ts'

const degrees = fc.double({ min: 0.5, max: 1e6, noNaN: true })

describe('the normal score of a t statistic', () => {
  it('comes back as it went in, however far out', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 30, noNaN: true }), degrees, (t, degreesOfFreedom) => {
        expect(studentScore(normalScore(t, degreesOfFreedom), degreesOfFreedom) / t).toBeCloseTo(1, 7)
        expect(normalScore(-t, degreesOfFreedom)).toBe(-normalScore(t, degreesOfFreedom))
      }),
    )
  })

  it('is smaller than t, since tails of t are heavier', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), fc.double({ min: 1, max: 1000, noNaN: true }), (t, degreesOfFreedom) => {
        expect(normalScore(t, degreesOfFreedom)).toBeLessThan(t)
        expect(studentScore(t, degreesOfFreedom)).toBeGreaterThan(t)
      }),
    )
  })

  it('leaves 0, infinity and known variances alone', () => {
    expect(normalScore(2, Number.POSITIVE_INFINITY)).toBe(2)
    expect(studentScore(Number.POSITIVE_INFINITY, 5)).toBe(Number.POSITIVE_INFINITY)
    expect([normalScore(0, 4), studentScore(0, 4)]).toEqual([0, 0])
  })
})
