import { describe, expect, it } from 'vitest'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import type { Estimate, Report } from '../../src/reports/report-shape.ts'
import { drawBinomial } from '../../src/stats/draws.ts'
import type { Unknown } from '../../src/stats/estimate.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { buying, planned } from './sample.ts'

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

/** Ten looks at each of 1,000 experiments; of 5 % more than 86 have probability below 1e-6 (exact binomial). */
const EXPERIMENTS = 1_000
const LOOKS = 10
const MOST = 86

describe('reports that are looked at ten times on the way', () => {
  it('show an always-valid effect of two equal arms in at most one experiment of twenty, where fixed intervals do in one of five', () => {
    const random = randomOf(4)
    let [harmed, shown, naive] = [0, 0, 0]
    for (let i = 0; i < EXPERIMENTS; i++) {
      const looks = watched(random, 0.05).map((source) => reportOf(source).metrics[0]!.comparisons[0]!)
      if (looks.some(({ harm }) => harm)) harmed++
      if (looks.some(({ alwaysValid }) => alwaysValid.kind === 'always-valid' && excludesZero(alwaysValid.difference))) shown++
      if (looks.some(({ difference }) => excludesZero(difference))) naive++
    }
    expect(shown).toBeLessThanOrEqual(MOST)
    expect(harmed).toBeLessThanOrEqual(shown)
    expect(harmed).toBeGreaterThan(0)
    expect(naive).toBeGreaterThan(1.5 * MOST)
  })
})

/** The same experiment after every tenth of its plan. */
function watched(random: Random, probability: number): readonly ReportSource[] {
  const bought = [0, 0]
  return Array.from({ length: LOOKS }, (_, look) => {
    for (const arm of [0, 1]) bought[arm]! += drawBinomial(random, { trials: UNITS / LOOKS, probability })
    const units = ((look + 1) * UNITS) / LOOKS
    return planned(UNITS + 1, buying([...bought], [units, units]))
  })
}

function excludesZero(estimate: Estimate | Unknown): boolean {
  return estimate.kind === 'estimate' && 'low' in estimate.interval && (estimate.interval.low > 0 || estimate.interval.high < 0)
}

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
