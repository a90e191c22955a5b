import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Guardrail } from '../../src/experiments/experiment.ts'
import type { Metric } from '../../src/experiments/metric.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import type { GuardrailResult, Report } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { sourceOf } from './arbitrary-moments.ts'
import { buying, MOMENTS, planned } from './sample.ts'

function guarded(source: ReportSource, guardrails: readonly Guardrail[]): ReportSource {
  return { ...source, epoch: { ...source.epoch, settings: { ...source.epoch.settings, guardrails } } }
}
const conversion = (margin: number): Guardrail[] => [{ metric: 'conversion', margin }]
const MARGINS = [
  { metric: 'net-revenue', margin: 0.02 },
  { metric: 'ctr', margin: 0.01 },
]

describe('guardrails of a report', () => {
  it('hold when the whole interval of the lift is better than the margin, and are waited for when it is not', () => {
    const { guardrails, decisions, verdict } = reportOf(guarded(planned(9_900), MARGINS))
    const [revenue, ctr] = guardrails.map(({ results }) => results[0]!)
    expect(revenue).toMatchObject({ arm: 'hybrid', control: 'popularity', state: 'not yet shown', shown: 'fixed' })
    expect(ctr).toMatchObject({ state: 'holds', test: { kind: 'non-inferiority' } })
    expect(decisions).toEqual([
      {
        ...{ arm: 'hybrid', kind: 'not yet', because: ['net-revenue'] },
        sentence: 'No decision on “hybrid” yet: “net-revenue” is not shown to hold.',
      },
    ])
    expect(verdict.sentences[1]).toBe(decisions[0]!.sentence)
  })

  it('let a winner be shipped when all of them hold', () => {
    const { decisions, verdict } = reportOf(guarded(planned(9_900), [{ metric: 'net-revenue', margin: 0.05 }, MARGINS[1]!]))
    expect(decisions).toMatchObject([{ kind: 'ship', because: ['conversion'] }])
    expect(verdict.sentences[1]).toBe('Ship “hybrid”: better on “conversion”, and every guardrail holds.')
  })

  it('are breached by the fixed test at the end of the plan', () => {
    const report = reportOf(guarded(buying([700, 480]), conversion(0.05)))
    expect(only(report)).toMatchObject({ state: 'breached', shown: 'fixed' })
    expect(report.decisions).toMatchObject([{ kind: 'do not ship', because: ['conversion'] }])
    const mild = reportOf(guarded(buying([700, 620]), conversion(0.1)))
    expect(mild.metrics[0]!.comparisons[0]!.status).toBe('worse')
    expect(only(mild).state).toBe('not yet shown')
  })

  it('are breached while it runs only by the bound that holds at every look', () => {
    const running = (bought: readonly number[], margin: number) => reportOf(guarded(planned(20_000, buying(bought)), conversion(margin)))
    const breached = running([700, 480], 0.1)
    expect(only(breached)).toMatchObject({ state: 'breached', shown: 'always-valid' })
    expect(breached.decisions).toMatchObject([{ kind: 'do not ship' }])
    // the fixed interval would be below the margin already
    const hint = running([700, 560], 0.1)
    const { lift } = hint.metrics[0]!.comparisons[0]!
    if (lift.kind === 'unknown' || !('low' in lift.interval)) throw new Error('the lift is known')
    expect(lift.interval.high).toBeLessThan(-0.1)
    expect(only(hint).state).toBe('not yet shown')
    expect(hint.decisions).toMatchObject([{ kind: 'do not ship', because: ['conversion'] }])
  })

  it('justify stopping in the first sentence when one of another metric is breached on the way', () => {
    const source = planned(20_000)
    const less: readonly Metric[] = source.metrics.map((metric) => (metric.key === 'ctr' ? { ...metric, direction: 'decrease' } : metric))
    const calm = reportOf(guarded({ ...source, metrics: less }, [{ metric: 'ctr', margin: 0.01 }]))
    expect(calm.guardrails[0]!.results[0]!.state).toBe('not yet shown')
    const more = MOMENTS.arms.map((arm) => (arm.armId === 2 ? { ...arm, s: arm.s.with(1, 12_700n), ss: arm.ss.with(2, 25_300n) } : arm))
    const report = reportOf(guarded({ ...source, metrics: less, moments: { ...MOMENTS, arms: more } }, [{ metric: 'ctr', margin: 0.01 }]))
    expect(report.guardrails[0]!.results[0]).toMatchObject({ state: 'breached', shown: 'always-valid' })
    expect(report.verdict.kind).toBe('not yet')
    expect(report.verdict.sentences[0]).toMatch(
      /^Stopping for harm is justified: “hybrid” breaches the guardrail “ctr”: \+\d+\.\d % at best, where \+1\.0 % is accepted\./,
    )
    expect(report.verdict.sentences.join()).not.toContain('Worse already')
  })

  it('count for nothing when a trust check failed', () => {
    const recount = { exposures: MOMENTS.recount.exposures.map(({ armId, n }) => ({ armId, n: n + 1n })) }
    const report = reportOf(guarded({ ...planned(9_900), moments: { ...MOMENTS, recount } }, MARGINS))
    expect(report.guardrails.flatMap(({ results }) => results)).toMatchObject([
      { state: 'not yet shown', because: 'exposures-do-not-add-up' },
      { state: 'not yet shown', because: 'exposures-do-not-add-up' },
    ])
    expect(report.decisions).toMatchObject([{ kind: 'fix first' }])
  })

  it('use the score test while counts are small, and say why when there is nothing to test', () => {
    expect(only(reportOf(guarded(buying([9, 9], [200, 200]), conversion(0.5))))).toMatchObject({ state: 'not yet shown', shown: 'fixed' })
    const none = reportOf(guarded(buying([0, 0]), conversion(0.1)))
    expect(only(none)).toMatchObject({ state: 'not yet shown', because: 'no-events', bound: { kind: 'unknown' } })
    expect(reportText(none)).toContain('“conversion” of “a1” is not tested, because nothing has happened yet, or to everyone alike')
  })

  it('stand on the page and in the CSV', () => {
    const report = reportOf(guarded(planned(9_900), MARGINS))
    const page = reportText(report)
    expect(page).toMatch(/^GUARDRAILS {2}what each arm may cost/m)
    expect(page).toMatch(/^ {2}net-revenue {2}hybrid {4}-2\.0 % {4}-3\.8 % {3}0\.038 {2}not yet shown$/m)
    expect(page).toMatch(/holds$/m)
    const rows = reportCsv(report).split('\r\n')
    expect(rows.filter((row) => row.startsWith('guardrail,'))).toHaveLength(2)
    expect(rows[2]).toContain(',not yet,')
  })

  it('are absent from epochs that began before there were any', () => {
    const { guardrails, decisions, verdict } = reportOf(planned(9_900))
    expect(guardrails).toEqual([])
    expect(decisions).toMatchObject([{ kind: 'ship', sentence: 'Ship “hybrid”: better on “conversion”.' }])
    expect(verdict.sentences.join()).not.toContain('Ship')
  })

  it('never contradict the interval that is printed beside them', () => {
    const margins = fc.record(
      { conversion: fc.double({ min: 0.001, max: 0.99, noNaN: true }), ctr: fc.double({ min: 0.001, max: 0.99, noNaN: true }) },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(sourceOf(10_000n), margins, fc.constantFrom('increase', 'decrease' as const), (source, margin, direction) => {
        const metrics = source.metrics.map((metric): Metric => ({ ...metric, direction }))
        const guardrails = Object.entries(margin).map(([metric, size]) => ({ metric, margin: size }))
        const report = reportOf(guarded({ ...source, metrics }, guardrails))
        const sign = direction === 'increase' ? 1 : -1
        for (const { margin: size, results } of report.guardrails)
          for (const { state, bound, atBest, because } of results) {
            if (typeof bound !== 'number' || typeof atBest !== 'number' || because) continue
            // the two ends to the margin's good side are gains, to its bad side losses
            const [worst, best] = [sign * bound + size, sign * atBest + size]
            if (Math.min(Math.abs(worst), Math.abs(best)) < 1e-5) continue
            expect(state).toBe(worst > 0 ? 'holds' : best < 0 ? 'breached' : 'not yet shown')
          }
      }),
    )
  })
})

function only({ guardrails }: Report): GuardrailResult {
  return guardrails[0]!.results[0]!
}
