import { describe, expect, it } from 'vitest'
import { openAnalysis } from '../../src/analysis/analysis.ts'
import { metricOf } from '../../src/analysis/question.ts'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import type { ArmMoments } from '../../src/reports/epoch-moments.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import type { Report } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { SOURCE } from './sample.ts'

const UNITS = 10_000

/** Arms by metrics: how many units of an arm did what the metric asks for; the first metric is the primary one, the first arm the control. */
function doing(events: readonly (readonly number[])[]): ReportSource {
  const metrics = events[0]!.map((_, m) =>
    metricSchema.parse({ key: `m${m}`, kind: 'proportion', of: { types: ['purchase'], aggregate: 'any' }, covariate: null }),
  )
  const settings = experimentSchema.parse({
    ...{ key: 'families', surface: 'home', metrics: metrics.map(({ key }) => key), plan: { unitsPerArm: UNITS } },
    arms: events.map((_, a) => ({ key: `a${a}`, policy: 'popularity' })),
  })
  const arms = events.map((row, a): ArmMoments => {
    const s = row.map(BigInt)
    return {
      armId: a + 1,
      units: BigInt(UNITS),
      excluded: 0n,
      s,
      ss: s.flatMap((own, i) => s.slice(0, i + 1).map((_, j) => (i === j ? own : 0n))),
    }
  })
  return {
    ...SOURCE,
    epoch: { ...SOURCE.epoch, settings, armIds: arms.map(({ armId }) => armId) },
    metrics,
    moments: { ...SOURCE.moments, arms, days: [], money: [], exposures: [], recount: { exposures: [] } },
  }
}

/** 5.65 % against 5.00 %: p = 0.04 by itself. */
const HINT = 565
const HINTED = [HINT, HINT, 500, 500]

describe('families of a report', () => {
  it('leave the primary metric of one treatment alone, and correct the other metrics together', () => {
    const report = reportOf(doing([[500, 500, 500, 500], HINTED]))
    const said = report.metrics.map(({ comparisons: [one] }) => [one!.status, one!.byItself, familyOf(one!)])
    expect(said).toEqual([
      ['better', undefined, 1],
      ['no difference shown', 'better', 3],
      ['no difference shown', undefined, 3],
      ['no difference shown', undefined, 3],
    ])
    expect(report.verdict.kind).toBe('better')
    const page = reportText(report)
    expect(page).toContain('“a1”: its interval by itself leaves 0 out; corrected for 3 tests it is no difference shown')
    expect(report.notes.at(-1)).toBe('“m0” decides. The other metrics are there to understand it; their 3 tests are corrected together.')
  })

  it('do not let the other metrics cost the primary one anything, nor the treatments each other’s metrics', () => {
    const report = reportOf(
      doing([
        [500, 500, 500],
        [HINT, HINT, 500],
        [500, 500, 500],
      ]),
    )
    expect(report.metrics.map(({ comparisons }) => comparisons.map(familyOf))).toEqual([
      [2, 2],
      [4, 4],
      [4, 4],
    ])
    expect(report.metrics[0]!.comparisons[0]).toMatchObject({ status: 'no difference shown', byItself: 'better' })
  })

  it('are judged by the rule of croupier analyze: the same counts as a file, every metric in one family there', () => {
    const events = [
      [500, 500],
      [HINT, 600],
    ] as const
    const analysis = openAnalysis(
      { arm: 'arm', control: 'a0', method: 'fixed', level: 0.95, metrics: ['m0:proportion', 'm1:proportion'].map(metricOf) },
      ['arm', 'm0', 'm1'],
    )
    for (const [a, row] of events.entries())
      for (let unit = 0; unit < UNITS; unit++) analysis.row([`a${a}`, ...row.map((count) => (unit < count ? '1' : '0'))], unit + 2)
    const { results, notes } = analysis.finish()
    analysis.close()
    const report = reportOf(doing(events))
    const live = report.metrics.map(({ comparisons: [one] }) => one!)
    for (const [i, { pValue, status }] of results.entries()) {
      if (live[i]!.test.kind === 'unknown') throw new Error('every test is known')
      expect(pValue).toBeCloseTo(live[i]!.test.pValue, 12)
      expect(status).toBe(live[i]!.status)
    }
    // one family of two in the file, two families of one in the report: Holm leaves the largest p of a family as it is
    expect(results[0]!.adjustedPValue).toBeCloseTo(results[0]!.pValue!, 12)
    expect(results[1]!.adjustedPValue).toBeCloseTo(2 * results[1]!.pValue!, 12)
    expect(notes.join()).toContain('corrected for 2 tests')
  })
})

function familyOf({ test }: Report['metrics'][number]['comparisons'][number]): number {
  return test.kind === 'test' ? test.family : 0
}
