import { describe, expect, it } from 'vitest'
import type { Metric } from '../../src/experiments/metric.ts'
import type { EpochMoments } from '../../src/reports/epoch-moments.ts'
import { reportOf } from '../../src/reports/report.ts'
import type { Report } from '../../src/reports/report-shape.ts'
import { buying, MOMENTS, planned, SOURCE } from './sample.ts'

describe('the verdict', () => {
  it('names the better arm with both values, the lift, the other metrics and the money', () => {
    const { verdict } = reportOf(planned(9_900))
    expect(verdict).toEqual({
      kind: 'better',
      arm: 'hybrid',
      sentences: [
        '“hybrid” is better than “popularity” on “conversion”: 5.65 % against 4.88 %, a lift of +15.8 % (+3.0 to +30.4) at 95 % confidence.',
        'Of the other metrics: it is better on “ctr”; no difference is shown on “net-revenue”.',
        'Net money per shopper: +0.40 EUR (-0.10 to +0.90) at 95 % confidence.',
      ],
    })
  })

  it('turns around when less of the metric is better', () => {
    const source = planned(9_900)
    const metrics = source.metrics.map((metric): Metric => ({ ...metric, direction: 'decrease' }))
    const { verdict, metrics: reported } = reportOf({ ...source, metrics })
    expect(verdict.kind).toBe('worse')
    expect(verdict.sentences[0]).toMatch(/^Keep “popularity”: “hybrid” is worse on “conversion”: 5.65 % against 4.88 %/)
    expect(verdict.sentences[1]).toBe('Of the other metrics: it is worse on “ctr”; no difference is shown on “net-revenue”.')
    expect(reported.map((metric) => metric.comparisons[0]!.status)).toEqual(['worse', 'worse', 'no difference shown'])
  })

  it('says that no difference shown is no proof of equality', () => {
    const { verdict } = reportOf(buying([500, 510]))
    expect(verdict.kind).toBe('no difference shown')
    expect(verdict.sentences[0]).toMatch(
      /^No difference shown on “conversion” between “a1” and “a0”: 5.10 % against 5.00 %, a lift of \+2.0 %/,
    )
    expect(verdict.sentences[1]).toMatch(/no proof that they are equal/)
  })

  it('waits for the planned units of the arm that is furthest behind, and says how many and how long', () => {
    const { verdict, plan, metrics } = reportOf(planned(11_200))
    expect(plan).toMatchObject({ reached: false, daysLeft: 2 })
    expect(verdict).toMatchObject({ kind: 'not yet', arm: 'hybrid' })
    expect(verdict.sentences[0]).toBe(
      'Not yet: arm “hybrid” has 9,960 of 11,200 shoppers and needs 1,240 more shoppers, about 2 days at the pace of the last week.',
    )
    expect(metrics[0]!.comparisons[0]).toMatchObject({ status: 'not yet', have: 9_960, need: 11_200, forStopping: false })
    expect(metrics[0]!.comparisons[0]!.difference.kind).toBe('estimate')
  })

  it('does not promise more units when the experiment has ended before its plan', () => {
    const source = planned(11_200)
    const epoch = { ...source.epoch, endedAt: '2026-11-20T09:00:00.000Z' }
    const { verdict, plan } = reportOf({ ...source, epoch, experiment: { ...source.experiment, status: 'stopped' } })
    expect(plan.daysLeft).toBeUndefined()
    expect(verdict.sentences[0]).toBe('It ended before its plan: arm “hybrid” has 9,960 of 11,200 shoppers.')
  })

  it('has nothing to say before the first unit', () => {
    const nothing: EpochMoments = { ...MOMENTS, arms: [], days: [], money: [], exposures: [], recount: { exposures: [] }, foldedAt: null }
    const report = reportOf({ ...SOURCE, moments: nothing })
    expect(report.verdict).toEqual({
      kind: 'no data',
      sentences: ['No shopper has been seen in this epoch yet, so there is nothing to say.'],
    })
    expect(report.integrity).toMatchObject({ exposures: 0, recount: 0, equal: true })
    expect(report.metrics[0]!.arms[0]!.value).toEqual({ kind: 'unknown', because: 'too-few-units', have: 0, need: 1 })
  })

  it('blocks everything on a sample ratio mismatch', () => {
    const report = reportOf(buying([500, 600], [10_000, 10_700]))
    expect(report.verdict).toMatchObject({ kind: 'do not trust', arm: 'a0' })
    expect(report.verdict.sentences[0]).toBe(
      'Sample ratio mismatch: do not trust these numbers. Arm “a0” has 10,000 shoppers where 10,350 were due; chance alone does that with p = 1.1e-6.',
    )
    expect(statuses(report)).toEqual(['unknown because sample-ratio-mismatch'])
  })

  it('blocks everything when the books do not balance, and prints both counts', () => {
    const recount = {
      exposures: [
        { armId: 1, n: 30_500n },
        { armId: 2, n: 30_199n },
      ],
    }
    const report = reportOf({ ...planned(9_900), moments: { ...MOMENTS, recount } })
    expect(report.verdict.kind).toBe('do not trust')
    expect(report.verdict.sentences[0]).toContain('add up to 60,700 exposures, but the log has 60,699')
    expect(report.trust.blockedBy).toBe('exposures-do-not-add-up')
  })

  it('does not check the sample ratio while an arm was switched off, but warns', () => {
    const exposures = MOMENTS.exposures.map((row) => ({ ...row, masked: 607n }))
    const report = reportOf({ ...planned(9_900), moments: { ...MOMENTS, exposures } })
    expect(report.trust.sampleRatio).toEqual({ kind: 'does-not-apply', because: 'arms-were-switched-off' })
    expect(report.verdict.kind).toBe('better')
    expect(report.verdict.sentences.at(-1)).toBe(
      'Caution: a policy was switched off during 2.0 % of the exposures, so the arms were not compared at the same times.',
    )
    expect(report.notes).toContain(
      '1,214 exposures fell in a time when an arm was switched off. Its units went to the other arms, so the check of the sample ratio does not apply.',
    )
  })

  it('warns when more than one unit in a thousand was seen in two arms', () => {
    const arms = (excluded: bigint) => MOMENTS.arms.map((arm) => ({ ...arm, excluded }))
    const calm = reportOf({ ...planned(9_900), moments: { ...MOMENTS, arms: arms(10n) } })
    expect(calm.trust.twoArms).toMatchObject({ units: 20, share: 20 / 20_020, alarm: false })
    const alarmed = reportOf({ ...planned(9_900), moments: { ...MOMENTS, arms: arms(11n) } })
    expect(alarmed.trust.twoArms.alarm).toBe(true)
    expect(alarmed.verdict.sentences.at(-1)).toBe(
      'Caution: 0.11 % of the shoppers were seen in two arms and are left out; more than 0.1 % should not be.',
    )
  })

  it('names the best of several winners, and the others after it', () => {
    const { verdict } = reportOf(buying([500, 620, 700, 505]))
    expect(verdict).toMatchObject({ kind: 'better', arm: 'a2' })
    expect(verdict.sentences[1]).toBe('Better than the control, too: “a1”.')
  })

  it('does not believe the best of many treatments that one comparison alone would show', () => {
    const { verdict, metrics } = reportOf(buying([500, 565, 505, 498]))
    const { status, test, byItself } = metrics[0]!.comparisons[0]!
    expect({ status, byItself }).toEqual({ status: 'no difference shown', byItself: 'better' })
    expect(test).toMatchObject({ kind: 'test' })
    if (test.kind === 'test') expect([test.pValue < 0.05, test.adjustedPValue > 0.05]).toEqual([true, true])
    expect(verdict.kind).toBe('no difference shown')
    expect(verdict.sentences).toContain('By itself “a1” looks different, but among 3 comparisons chance does that too often.')
  })

  it('tells arms that are worse beyond doubt from those that only look different', () => {
    const { verdict } = reportOf(buying([600, 500, 545, 601]))
    expect(verdict.kind).toBe('no difference shown')
    expect(verdict.sentences).toContain('Worse than the control: “a1”.')
    expect(verdict.sentences.join()).not.toContain('looks different')
  })

  it('does not count days beyond a year', () => {
    const report = reportOf(planned(1_000_000_000))
    expect(report.plan.daysLeft).toBeGreaterThan(365)
    expect(report.verdict.sentences[0]).toMatch(/more shoppers, more than a year at the pace of the last week\.$/)
  })

  it('keeps the control when all treatments are worse', () => {
    const { verdict } = reportOf(buying([700, 500, 510]))
    expect(verdict).toEqual({ kind: 'worse', sentences: ['Keep “a0”: all 2 other arms are worse on “conversion”.'] })
  })

  it('is unknown, with the reason, when nobody did anything', () => {
    const { verdict, metrics } = reportOf(buying([0, 0]))
    expect(verdict).toEqual({
      kind: 'unknown',
      sentences: [
        'The planned sample is reached, but nothing can be said on “conversion”: nothing has happened yet, or to everyone alike.',
      ],
    })
    expect(metrics[0]!.comparisons[0]).toMatchObject({ status: 'unknown', because: 'no-events', forStopping: false })
    expect(metrics[0]!.arms.map(({ value }) => value)).toEqual([0, 0])
  })

  it('uses the score test while few have bought, so that a single sale proves nothing', () => {
    const { metrics } = reportOf(buying([0, 1], [20, 20]))
    expect(metrics[0]!.comparisons[0]).toMatchObject({
      ...{ status: 'no difference shown', test: { method: 'score' } },
      lift: { kind: 'unknown', because: 'control-mean-zero' },
    })
  })
})

function statuses(report: Report): string[] {
  return report.metrics.flatMap((metric) => metric.comparisons.map(({ status, because }) => `${status} because ${because}`))
}
