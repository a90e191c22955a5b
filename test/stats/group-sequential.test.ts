import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Effect, effectOf } from '../../src/stats/estimate.ts'
import { informationFraction, type SequentialLook, sequentialTest } from '../../src/stats/group-sequential.ts'
import { spendingBounds } from '../../src/stats/group-sequential-bounds.ts'
import { studentTUpperQuantile } from '../../src/stats/student-t.ts'
import { known } from './golden.ts'

const plan = { spending: { kind: 'obrien-fleming' }, level: 0.95 } as const
/** A look at which the statistic is z, for a final standard error of 1. */
const look = (fraction: number, z: number, more: Partial<SequentialLook> = {}): SequentialLook => ({
  fraction,
  effect: effectOf(z / Math.sqrt(fraction), 1 / fraction) as Effect,
  ...more,
})

describe('a group-sequential test', () => {
  it('goes on, then stops at the first bound that is crossed', () => {
    const test = known(sequentialTest([look(0.2, 2), look(0.4, 2.5), look(0.6, 2.9), look(0.8, 1)], plan))
    expect(test.readings.map((reading) => reading.crossed)).toEqual([null, null, 'upper', null])
    expect(test).toMatchObject({ state: 'stopped', stoppedAt: 2 })
    expect(known(sequentialTest([look(0.2, 2)], plan))).toMatchObject({ state: 'go-on', stoppedAt: null })
    expect(known(sequentialTest([look(0.5, -4)], plan)).readings[0]!.crossed).toBe('lower')
  })

  it('has the bounds of its spending function at the looks that were taken', () => {
    const fractions = [0.13, 0.5, 0.77]
    const test = known(
      sequentialTest(
        fractions.map((fraction) => look(fraction, 0)),
        plan,
      ),
    )
    expect(test.readings.map((reading) => reading.bound)).toEqual(spendingBounds(fractions, plan).map((bound) => bound.upper))
  })

  it('spends nothing at a second look with the same information', () => {
    const once = known(sequentialTest([look(0.4, 1), look(1, 1)], plan))
    const twice = known(sequentialTest([look(0.4, 1), look(0.4, 1.2), look(1, 1)], plan))
    expect(twice.readings[1]!.bound).toBe(twice.readings[0]!.bound)
    expect(twice.readings[2]!.bound).toBe(once.readings[1]!.bound)
  })

  it('does not know what to say when information goes backwards, or without any', () => {
    expect(sequentialTest([look(0.5, 1), look(0.4, 1)], plan)).toEqual({ kind: 'unknown', because: 'outside-range', have: 0.4, need: 0.5 })
    expect(sequentialTest([], plan)).toMatchObject({ kind: 'unknown', because: 'no-information' })
    expect(sequentialTest([{ ...look(0.5, 1), fraction: 0 }], plan)).toMatchObject({ kind: 'unknown' })
  })

  it('spends all that is left when it overruns the plan, at the information it really has', () => {
    const over = known(sequentialTest([look(0.5, 1), look(1.3, 1)], plan))
    const exact = known(sequentialTest([look(0.5, 1), look(1, 1)], plan))
    expect(over.readings[1]!.spent).toBeCloseTo(0.025, 15)
    expect(over.state).toBe('ended')
    // a longer step makes the looks less alike, so the bound is a little higher
    expect(over.readings[1]!.bound).toBeGreaterThan(exact.readings[1]!.bound)
    expect(over.readings[1]!.bound).toBeLessThan(1.98)
  })

  it('spends all that is left at a look that is declared the last, however early', () => {
    const test = known(sequentialTest([look(0.3, 1), look(0.6, 1, { last: true })], plan))
    expect(test.readings[1]!.spent).toBeCloseTo(0.025, 15)
    expect(test.state).toBe('ended')
    const after = known(sequentialTest([look(0.3, 1), look(0.6, 1, { last: true }), look(0.8, 9)], plan))
    expect(after.readings[2]).toMatchObject({ bound: Number.POSITIVE_INFINITY, crossed: null })
    expect(after.readings[2]!.interval.unbounded).toBe('both')
  })

  it('has repeated intervals that exclude 0 exactly when the bound is crossed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 3 }).map((k) => k / 4),
        fc.constantFrom(4, 30, Number.POSITIVE_INFINITY),
        (z, fraction, degreesOfFreedom) => {
          const effect = effectOf(z, 1, degreesOfFreedom) as Effect
          const reading = known(sequentialTest([{ fraction, effect }], plan)).readings[0]!
          expect(reading.crossed !== null).toBe(reading.interval.low > 0 || reading.interval.high < 0)
          const mirrored = known(sequentialTest([{ fraction, effect: effectOf(-z, 1, degreesOfFreedom) as Effect }], plan)).readings[0]!
          expect(mirrored.interval.low).toBeCloseTo(-reading.interval.high, 10)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('at one last look is the ordinary t-test', () => {
    const effect = effectOf(2, 1, 7) as Effect
    const reading = known(sequentialTest([{ fraction: 1, effect }], plan)).readings[0]!
    expect(reading.interval.high).toBeCloseTo(2 + studentTUpperQuantile(0.025, 7), 9)
    expect(reading.crossed).toBeNull()
  })

  it('looks upwards only when it is one-sided', () => {
    const test = known(sequentialTest([look(1, -9)], { ...plan, sides: 'greater' }))
    expect(test.readings[0]!.crossed).toBeNull()
    expect(test.readings[0]!.interval.unbounded).toBe('high')
  })

  it('takes information as the inverse of variance', () => {
    expect(informationFraction({ variance: 4, plannedVariance: 1 })).toBe(0.25)
    expect(() => informationFraction({ variance: 0, plannedVariance: 1 })).toThrow()
  })
})
