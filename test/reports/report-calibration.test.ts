import { describe, expect, it } from 'vitest'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import type { Report } from '../../src/reports/report-shape.ts'
import { drawBinomial } from '../../src/stats/draws.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { buying } from './sample.ts'

/**
 * Seeded. Of 4,000 reports, 5 % is 200; a correct method leaves 136 … 271 with probability below 1e-6 (exact binomial).
 */
const REPORTS = 4_000
const BAND = [136, 271] as const
const UNITS = 2_000

describe('many reports', () => {
  it('call one in twenty of two equal arms different, and no more', () => {
    const random = randomOf(1)
    const fired = times(() => shows(reportOf(conversionOf(random, [0.05, 0.05]))))
    expect(fired).toBeGreaterThanOrEqual(BAND[0])
    expect(fired).toBeLessThanOrEqual(BAND[1])
  })

  it('name a winner among nine equal treatments in at most one of twenty, where uncorrected tests would in one of four', () => {
    const random = randomOf(2)
    let naive = 0
    const fired = times(() => {
      const report = reportOf(conversionOf(random, new Array<number>(10).fill(0.05)))
      if (report.metrics[0]!.comparisons.some(({ byItself }) => byItself !== undefined) || shows(report)) naive++
      return shows(report)
    })
    expect(fired).toBeLessThanOrEqual(BAND[1])
    expect(naive).toBeGreaterThan(3 * BAND[1])
  })

  it('cover a true lift of 20 % in nineteen of twenty', () => {
    const random = randomOf(3)
    const missed = times(() => {
      const { lift } = reportOf(conversionOf(random, [0.05, 0.06])).metrics[0]!.comparisons[0]!
      if (lift.kind === 'unknown' || !('low' in lift.interval)) throw new Error('a lift of 100 in 2,000 is known')
      return lift.interval.low > 0.2 || lift.interval.high < 0.2
    })
    expect(missed).toBeGreaterThanOrEqual(BAND[0])
    expect(missed).toBeLessThanOrEqual(BAND[1])
  })
})

function shows({ verdict }: Report): boolean {
  return verdict.kind === 'better' || verdict.kind === 'worse'
}

function times(happens: () => boolean): number {
  let count = 0
  for (let i = 0; i < REPORTS; i++) if (happens()) count++
  return count
}

function conversionOf(random: Random, rates: readonly number[]): ReportSource {
  return buying(
    rates.map((probability) => drawBinomial(random, { trials: UNITS, probability })),
    rates.map(() => UNITS),
  )
}
