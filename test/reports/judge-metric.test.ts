import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Metric, metricSchema } from '../../src/experiments/metric.ts'
import type { ArmMoments } from '../../src/reports/epoch-moments.ts'
import { judgeMetric } from '../../src/reports/judge-metric.ts'
import { slotPlaces } from '../../src/reports/metric-moments.ts'
import { noiseWords, worthWords } from '../../src/reports/noise-words.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import type { Contrast } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { expectClose, golden, known } from '../stats/golden.ts'
import { planned } from './sample.ts'

const metricOf = (body: object): Metric => metricSchema.parse({ key: 'm', of: { types: ['purchase'] }, covariate: { days: 28 }, ...body })
const MEAN = metricOf({ kind: 'mean' })
const CONVERSION = metricOf({ key: 'conversion', kind: 'proportion', of: { types: ['purchase'], aggregate: 'any' } })

/** What decides, and what stands beside it. */
function judged(metric: Metric, control: ArmMoments, treatment: ArmMoments) {
  const asked = { metric, places: slotPlaces([metric]).get(metric.key)! }
  const { fixed, arms, beside } = judgeMetric(asked, { control: { moments: control }, treatment: { moments: treatment } }, 0.95)
  return { comparison: fixed, arms, ...(beside ? { plain: known(beside.plain.fixed), varianceReduction: beside.varianceReduction } : {}) }
}

/** Units that bought, bought before, did both, and were there at all before. */
interface Buyers {
  readonly units: number
  readonly now: number
  readonly before: number
  readonly both: number
  readonly seen: number
  readonly seenNow: number
}

/** Slots: bought, bought before, history; whoever bought before has one. */
function buyers(armId: number, { units, now, before, both, seen, seenNow }: Buyers): ArmMoments {
  return {
    ...{ armId, units: BigInt(units), excluded: 0n },
    s: [now, before, seen].map(BigInt),
    ss: [now, both, before, seenNow, before, seen].map(BigInt),
  }
}

const CONTROL: Buyers = { units: 10_040, now: 490, before: 900, both: 300, seen: 6_000, seenNow: 420 }
const TREATMENT: Buyers = { units: 9_960, now: 563, before: 880, both: 330, seen: 5_950, seenNow: 480 }

const bought = (control: Partial<Buyers> = {}, treatment: Partial<Buyers> = {}) =>
  judged(CONVERSION, buyers(1, { ...CONTROL, ...control }), buyers(2, { ...TREATMENT, ...treatment }))

/** The sample's conversion with a covariate. */
function withHistory(control = CONTROL, treatment = TREATMENT): ReportSource {
  const source = planned(9_900)
  return {
    ...source,
    epoch: { ...source.epoch, settings: { ...source.epoch.settings, metrics: ['conversion'] } },
    metrics: [{ ...source.metrics[0]!, covariate: { days: 28 } }],
    moments: { ...source.moments, arms: [buyers(1, control), buyers(2, treatment)] },
  }
}

describe('a comparison with a covariate', () => {
  it('has the slope’s difference of the published case, from exact sums (P024)', () => {
    type Sums = Readonly<Record<'n' | 'sum_y' | 'sum_x' | 'sum_yy' | 'sum_xx' | 'sum_xy', number>>
    const { inputs, expected, tol } = golden<{ control: Sums; treatment: Sums }, { theta: number; diff: number }>('P024')
    // Every unit twice, so that there are histories enough; slopes and differences stay.
    const twice = (armId: number, { n, sum_y, sum_x, sum_yy, sum_xx, sum_xy }: Sums): ArmMoments => {
      const [y, x] = [sum_y, sum_x].map((sum) => BigInt(Math.round(sum * 100)) * 2n) as [bigint, bigint]
      const [yy, xx, xy] = [sum_yy, sum_xx, sum_xy].map((sum) => BigInt(Math.round(sum * 1e4)) * 2n) as [bigint, bigint, bigint]
      const units = BigInt(n) * 2n
      return { armId, units, excluded: 0n, s: [y, x, units], ss: [yy, xy, xx, y, x, units] }
    }
    const { comparison, plain, varianceReduction } = judged(MEAN, twice(1, inputs.control), twice(2, inputs.treatment))
    expectClose(known(comparison).difference.estimate / 100, expected.diff, tol)
    expect(known(comparison).method).toBe('cuped')
    expect(plain!.method).toBe('welch')
    expect(varianceReduction).toBeCloseTo(1 - (known(comparison).difference.standardError / plain!.difference.standardError) ** 2, 12)
  })

  it('is adjusted from 100 histories in both arms on, whatever the difference', () => {
    const few = { seen: 99, seenNow: 40, before: 90, both: 30 }
    const enough = { ...few, seen: 100 }
    expect(known(bought(enough, enough).comparison).method).toBe('cuped')
    expect(bought(few, enough)).not.toHaveProperty('varianceReduction')
    expect(known(bought(enough, few).comparison).method).toBe('welch')
    expect(bought(enough, few)).not.toHaveProperty('plain')
  })

  it('stays with the score test while counts are small', () => {
    const small = { now: 9, both: 5, seenNow: 7 }
    expect(known(bought(small).comparison).method).toBe('score')
  })

  it('loses nothing by a covariate that says nothing', () => {
    // now and before independent within those who were seen
    const nothing = { units: 10_000, now: 500, seen: 10_000, seenNow: 500, before: 1_000, both: 50 }
    const { varianceReduction } = bought(nothing, nothing)
    expect(Math.abs(varianceReduction!)).toBeLessThan(1e-9)
  })
})

describe('the report of a metric with a covariate', () => {
  it('stands by one test: p, interval, lift and status are those of the adjusted one, and the plain one is the alternate', () => {
    const [metric] = reportOf(withHistory()).metrics
    const [comparison] = metric!.comparisons
    expect(metric!.covariate).toEqual({ days: 28, have: 5_950, need: 100 })
    expect(metric!.arms.map(({ value }) => value)).toEqual([490 / 10_040, 563 / 9_960])
    expect(known(comparison!.test).method).toBe('cuped')
    expect(known(comparison!.alternate!.test).method).toBe('welch')
    expect(comparison!.varianceReduction).toBeGreaterThan(0.1)
    const alternate = known(comparison!.alternate!.difference)
    expectClose(alternate.value, 563 / 9_960 - 490 / 10_040, { rel: 1e-12, abs: 0 })
    expect(known(comparison!.difference).value).not.toBe(alternate.value)
    const width = ({ difference }: { difference: Contrast['difference'] }) => {
      const { interval } = known(difference)
      return 'low' in interval ? interval.high - interval.low : Number.NaN
    }
    expect(width(comparison!) / width(comparison!.alternate!)).toBeCloseTo(Math.sqrt(1 - comparison!.varianceReduction!), 3)
  })

  it('says so on the page, as docs/report.md shows it', () => {
    const page = reportText(reportOf(withHistory()))
    const doc = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'report.md'), 'utf8')
    const shown = /```text covariate\n(.*?)```/s.exec(doc)?.[1]
    expect(`${/METRIC conversion.*?(?=\n\n(?! {2}))/s.exec(page)![0]}\n`).toBe(shown)
    expect(page.replace(/\s+/g, ' ')).toContain('allow for what each shopper did before the first exposure')
  })

  it('has the alternate in the table', () => {
    const [head, , line] = reportCsv(reportOf(withHistory())).split('\r\n')
    const cell = (name: string) => line!.split(',')[head!.split(',').indexOf(name)]!
    expect(cell('method')).toBe('cuped')
    expect(Number(cell('variance_reduction'))).toBeGreaterThan(0.1)
    expect(Number(cell('alternate_low'))).toBeLessThan(Number(cell('alternate_difference')))
    expect(Number(cell('alternate_p_value'))).toBeGreaterThan(0)
  })

  it('tells how much history is missing, and nothing where there is none', () => {
    const none = { before: 0, both: 0, seen: 0, seenNow: 0 }
    const notesOf = (past: Partial<Buyers>) => reportOf(withHistory({ ...CONTROL, ...past }, { ...TREATMENT, ...past })).notes.join(' ')
    expect(notesOf({ ...none, seen: 40, seenNow: 4 })).toContain(
      'an arm has 40 shoppers with a history of 28 days. From 100 in every arm on',
    )
    expect(notesOf(none)).not.toContain('history')
  })
})

describe('noise in words', () => {
  it('speaks of standard errors, and of the units that would have done the same', () => {
    expect(noiseWords([0.41])).toBe('noise reduced by 23.2 %')
    expect(noiseWords([0.41, 0.36])).toBe('noise reduced by 20.0 to 23.2 %')
    expect(worthWords([0.41, 0.36], 'shopper')).toBe('; without that it takes 1.6 times the shoppers')
  })

  it('makes nothing of nothing', () => {
    expect(noiseWords([-0.02])).toBe('noise not reduced')
    expect(worthWords([-0.02], 'shopper')).toBe('')
  })
})
