import { describe, expect, it } from 'vitest'
import type { Metric } from '../../src/experiments/metric.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import type { Comparison, Report } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { buying, planned } from './sample.ts'

/** Before the plan: 10,000 units an arm of 20,000. */
const running = (bought: readonly number[]): ReportSource => planned(20_000, buying(bought))

describe('a look before the plan is reached', () => {
  it('shows the always-valid interval and keeps the fixed one beside it', () => {
    const report = reportOf(running([500, 560]))
    const { shown, difference, alwaysValid, status, forStopping } = first(report)
    expect({ shown, status, forStopping }).toEqual({ shown: 'always-valid', status: 'not yet', forStopping: false })
    if (alwaysValid.kind === 'unknown' || difference.kind === 'unknown') throw new Error('both are known')
    expect(alwaysValid.fraction).toBe(0.5)
    const page = reportText(report)
    expect(page).toContain('difference (95 % interval, any look)')
    expect(page).not.toContain('alternate')
  })

  it('is 3.035 standard errors to each side at the planned units, where a fixed test has 1.960', () => {
    const { difference, alwaysValid, test, shown } = first(reportOf(buying([500, 560])))
    if (alwaysValid.kind === 'unknown' || difference.kind === 'unknown' || test.kind === 'unknown') throw new Error('all are known')
    const halfOf = ({ interval }: typeof difference): number => ('low' in interval ? (interval.high - interval.low) / 2 : Number.NaN)
    expect(shown).toBe('fixed')
    expect(alwaysValid.fraction).toBe(1)
    expect(halfOf(alwaysValid.difference) / test.standardError).toBeCloseTo(3.035, 2)
    expect(halfOf(difference) / test.standardError).toBeCloseTo(1.96, 2)
  })

  it('says what it waits for until each arm has twenty events and twenty non-events', () => {
    const early = (bought: readonly number[]) => first(reportOf(planned(20_000, buying(bought, [400, 400]))))
    expect(early([19, 60]).alwaysValid).toEqual({ kind: 'unknown', because: 'too-few-events', have: 19, need: 20 })
    expect(early([381, 300]).alwaysValid).toEqual({ kind: 'unknown', because: 'too-few-events', have: 19, need: 20 })
    expect(early([20, 60]).alwaysValid.kind).toBe('always-valid')
    const page = reportText(reportOf(planned(20_000, buying([19, 60], [400, 400]))))
    expect(page).toContain('difference without an interval, because too little has happened (19 of 20 events)')
  })
})

describe('harm', () => {
  it('is flagged at any look, and the first sentence says that stopping for it is justified', () => {
    const report = reportOf(running([700, 480]))
    expect(first(report)).toMatchObject({ status: 'not yet', harm: true, forStopping: true })
    expect(report.verdict.kind).toBe('not yet')
    expect(report.verdict.sentences[0]).toBe(
      'Stopping for harm is justified: “a1” is worse than “a0” on “conversion”: 4.80 % against 7.00 %, a lift of -31.4 % (-42.8 to -18.3) at 95 % confidence. That interval holds at every look.',
    )
    expect(reportText(report)).toMatch(/not yet · harm$/m)
    expect(reportCsv(report).split('\r\n')[2]).toContain(',always-valid,yes,')
  })

  it('is not what a fixed test alone would show: whoever looks all the time sees that in a null experiment, too', () => {
    const { harm, test, difference } = first(reportOf(running([560, 495])))
    if (test.kind === 'unknown' || difference.kind === 'unknown' || !('low' in difference.interval)) throw new Error('the test is known')
    expect(test.pValue).toBeLessThan(0.05)
    expect(difference.interval.high).toBeLessThan(0)
    expect(harm).toBe(false)
  })

  it('is a rise where less is better, and never a win', () => {
    const decreasing = (source: ReportSource): ReportSource => ({
      ...source,
      metrics: source.metrics.map((metric): Metric => ({ ...metric, direction: 'decrease' })),
    })
    expect(first(reportOf(decreasing(running([480, 700])))).harm).toBe(true)
    expect(first(reportOf(decreasing(running([700, 480])))).harm).toBe(false)
    expect(first(reportOf(running([480, 700]))).harm).toBe(false)
  })

  it('is not told of numbers that nobody may trust, nor after the plan', () => {
    const source = running([700, 480])
    const lost = { exposures: [{ armId: 1, n: 1n }] }
    expect(first(reportOf({ ...source, moments: { ...source.moments, recount: lost } })).harm).toBe(false)
    expect(first(reportOf(buying([700, 480])))).toMatchObject({ harm: false, status: 'worse' })
  })
})

function first({ metrics }: Report): Comparison {
  return metrics[0]!.comparisons[0]!
}
