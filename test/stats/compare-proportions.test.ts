import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareByScore, compareProportions } from '../../src/stats/compare-proportions.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { known } from './golden.ts'

const counts = fc.integer({ min: 1, max: 600 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))

describe('the comparison of two proportions', () => {
  it('uses the score test while a cell is small and Welch’s test afterwards', () => {
    const compare = (events: number) =>
      known(compareProportions({ control: { n: 2000, events }, treatment: { n: 2000, events: 40 } }, { level: 0.95 })).method
    expect([compare(9), compare(10)]).toEqual(['score', 'welch'])
  })

  it('gives nearly the same answer by either test where they meet', () => {
    const arms = { control: { n: 20_000, events: 1000 }, treatment: { n: 20_000, events: 1100 } }
    const welch = known(compareProportions(arms, { level: 0.95 }))
    const score = known(compareByScore(arms, { level: 0.95 }))
    expect(welch.method).toBe('welch')
    expect(score.difference.pValue).toBeCloseTo(welch.difference.pValue, 3)
    expect(known(score.lift).interval.low).toBeCloseTo(known(welch.lift).interval.low, 3)
    expect(known(score.lift).interval.high).toBeCloseTo(known(welch.lift).interval.high, 2)
  })

  it('never contradicts itself: p-value, flag, difference and lift agree', () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const result = compareProportions({ control, treatment }, { level: 0.95 })
        if (isUnknown(result)) return
        const { difference, lift } = result
        expect(difference.pValue).toBeGreaterThan(0)
        if (Math.abs(difference.pValue - 0.05) < 1e-6) return
        expect(difference.significant).toBe(difference.pValue < 0.05)
        expect(difference.significant).toBe(difference.interval.low > 0 || difference.interval.high < 0)
        if (!isUnknown(lift)) expect(difference.significant).toBe(lift.interval.low > 0 || lift.interval.high < 0)
      }),
      { numRuns: 500 },
    )
  })

  it('is unknown when nobody or everybody did it, and has no lift over a control of zero', () => {
    const none = { n: 50, events: 0 }
    const all = { n: 50, events: 50 }
    expect(compareProportions({ control: none, treatment: none }, { level: 0.95 })).toEqual({
      kind: 'unknown',
      because: 'no-events',
      have: 0,
      need: 1,
    })
    expect(compareProportions({ control: all, treatment: all }, { level: 0.95 })).toMatchObject({ because: 'no-events' })
    expect(known(compareProportions({ control: none, treatment: all }, { level: 0.95 })).lift).toMatchObject({
      because: 'control-mean-zero',
    })
    expect(compareProportions({ control: { n: 0, events: 0 }, treatment: all }, { level: 0.95 })).toMatchObject({
      because: 'too-few-units',
    })
  })
})
