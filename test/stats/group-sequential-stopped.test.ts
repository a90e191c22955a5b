import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptanceBand } from '../../src/stats/acceptance-band.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { type Effect, effectOf } from '../../src/stats/estimate.ts'
import { classicalBounds } from '../../src/stats/group-sequential-bounds.ts'
import { stoppedTest } from '../../src/stats/group-sequential-stopped.ts'
import { randomOf } from '../../src/stats/random.ts'

const { bounds } = classicalBounds([0.2, 0.4, 0.6, 0.8, 1], { shape: 0, level: 0.95 })

describe('a stopped group-sequential test', () => {
  it('is the ordinary test when there was one look', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true }), (z, error) => {
        const effect = effectOf(z * error, error * error) as Effect
        const plain = testEffect(effect, { level: 0.95 })
        const stopped = stoppedTest([{ fraction: 1, lower: -2, upper: 2 }], effect, { level: 0.95 })
        expect(stopped.estimate).toBeCloseTo(effect.estimate, 8)
        expect(stopped.interval.low).toBeCloseTo(plain.interval.low, 8)
        expect(stopped.interval.high).toBeCloseTo(plain.interval.high, 8)
        expect(stopped.log10PValue).toBeCloseTo(plain.log10PValue, 9)
      }),
      { numRuns: 40 },
    )
  })

  it('corrects an early stop downwards, and agrees with the bound at the level of the test', () => {
    const atBound = effectOf(bounds[2]!.upper / Math.sqrt(0.6), 1 / 0.6) as Effect
    const stopped = stoppedTest(bounds.slice(0, 3), atBound, { level: 0.95 })
    expect(stopped.estimate).toBeLessThan(atBound.estimate)
    expect(stopped.pValue).toBeCloseTo(2 * bounds[2]!.spent, 9)
    expect(stopped.pValue < 0.05).toBe(stopped.interval.low > 0)
  })

  it('mirrors', () => {
    const up = stoppedTest(bounds.slice(0, 2), effectOf(6, 2.5) as Effect, { level: 0.9 })
    const down = stoppedTest(bounds.slice(0, 2), effectOf(-6, 2.5) as Effect, { level: 0.9 })
    expect(down.estimate).toBeCloseTo(-up.estimate, 9)
    expect(down.interval.low).toBeCloseTo(-up.interval.high, 9)
    expect(down.log10PValue).toBeCloseTo(up.log10PValue, 9)
  })

  it('is median-unbiased and covers, where the plain estimate is neither', () => {
    const random = randomOf(7)
    const runs = 240
    const drift = 2.8
    const tally = { plainHigh: 0, high: 0, covered: 0 }
    for (let run = 0; run < runs; run++) {
      let path = 0
      for (const [k, bound] of bounds.entries()) {
        path += drift * 0.2 + Math.sqrt(0.2) * drawNormal(random)
        const z = path / Math.sqrt(bound.fraction)
        if (Math.abs(z) < bound.upper && k < 4) continue
        const effect = effectOf(path / bound.fraction, 1 / bound.fraction) as Effect
        const stopped = stoppedTest(bounds.slice(0, k + 1), effect, { level: 0.95 })
        if (effect.estimate > drift) tally.plainHigh++
        if (stopped.estimate > drift) tally.high++
        if (stopped.interval.low <= drift && drift <= stopped.interval.high) tally.covered++
        break
      }
    }
    const half = acceptanceBand({ trials: runs, rate: 0.5, falseAlarm: 1e-6 })
    const most = acceptanceBand({ trials: runs, rate: 0.95, falseAlarm: 1e-6 })
    expect(tally.high).toBeGreaterThanOrEqual(half.low)
    expect(tally.high).toBeLessThanOrEqual(half.high)
    expect(tally.covered).toBeGreaterThanOrEqual(most.low)
    expect(tally.covered).toBeLessThanOrEqual(most.high)
    expect(tally.plainHigh).toBeGreaterThan(tally.high)
  })
})
