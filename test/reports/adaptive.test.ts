import { describe, expect, it } from 'vitest'
import { banditReportSchema } from '../../src/http/routes/report-schema.ts'
import { reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openScoreLog } from '../bandits/score-log.ts'
import { planned } from './sample.ts'

const fixed = planned(9_900)
const allocation = { kind: 'thompson', floor: 0.05, uniformShare: 0.05, context: true } as const
const settings = { ...fixed.epoch.settings, allocation }
/** conversion, clicks, views, net-revenue. */
const SHAPE = { arms: 2, slots: 4 }
const ASOF_DAY = Math.floor(Date.parse(fixed.asOf) / 86_400_000)

/** Rates of the two arms; shares move with the days, and 5 % are drawn evenly. */
function scoresOf(rates: readonly [number, number], decisions = 20_000, liar = false) {
  const random = randomOf(77)
  const clicking = randomOf(78)
  const log = openScoreLog(SHAPE)
  for (let i = 0; i < decisions; i++) {
    const day = Math.floor((i / decisions) * 20)
    const isUniform = i % 20 === 0
    const second = isUniform ? 0.5 : 0.2 + 0.03 * day
    const arm = random.uniform() < (liar ? 0.5 : second) ? 1 : 0
    // The base rate falls while the second arm gains traffic: a trap for plain means.
    const bought = random.uniform() < rates[arm]! * (2 - day / 20) ? 1 : 0
    const views = 1 + (i % 3)
    const clicks = Array.from({ length: views }).filter(() => clicking.uniform() < 2 * rates[arm]! * (2 - day / 20)).length
    const mhat = [0, 1].flatMap((a) => [Math.fround(rates[a]!), 0, 0, 0])
    const stratum = isUniform ? 'uniform' : 'bandit'
    log.add({
      day: ASOF_DAY - 40 + day,
      unit: `u${i % 5_000}`,
      stratum,
      pi: [1 - second, second],
      mhat,
      arm,
      y: [bought, clicks, views, bought * 5_000],
    })
  }
  return log.cells()
}
const reportWith = (scores: ReturnType<typeof scoresOf>, given: object = {}) =>
  reportOf({ ...fixed, scores, reward: [1, 0, 0, 0], epoch: { ...fixed.epoch, settings }, ...given })

const better = reportWith(scoresOf([0.1, 0.14]))
const same = reportWith(scoresOf([0.1, 0.1]))

describe('the report of a bandit', () => {
  it('has a verdict from the honest figure', () => {
    expect(better.plan).toMatchObject({ reached: true, together: { need: 2 * 9_900 } })
    expect(better.verdict).toMatchObject({ kind: 'better', arm: 'hybrid' })
    expect(better.metrics[0]!.comparisons[0]).toMatchObject({ status: 'better', test: { method: 'scores' } })
    const { difference, lift } = better.metrics[0]!.comparisons[0]!
    if (difference.kind !== 'estimate' || lift.kind !== 'estimate' || 'kind' in difference.interval) throw new Error('known')
    // Rates are half as high again on average: 0.04·1.525.
    expect(difference.interval.low).toBeLessThan(0.061)
    expect(difference.interval.high).toBeGreaterThan(0.061)
    expect(lift.value).toBeCloseTo(0.4, 0)
    expect(better.trust.blockedBy).toBeNull()
  })

  it('shows the naive figure beside it, which is fooled by a falling base rate where nothing differs', () => {
    const [contrast] = same.bandit!.metrics[0]!.contrasts
    const ends = (key: 'honest' | 'naive' | 'uniform' | 'anyLook' | 'mature') => {
      const estimate = contrast![key]
      if (estimate.kind !== 'estimate' || 'kind' in estimate.interval) throw new Error(`${key} is known`)
      return estimate.interval
    }
    expect(ends('naive').high).toBeLessThan(0)
    for (const key of ['honest', 'anyLook', 'mature', 'uniform'] as const) {
      expect(ends(key).low).toBeLessThan(0)
      expect(ends(key).high).toBeGreaterThan(0)
    }
    expect(ends('anyLook').high - ends('anyLook').low).toBeGreaterThan(ends('honest').high - ends('honest').low)
    expect(ends('uniform').high - ends('uniform').low).toBeGreaterThan(ends('honest').high - ends('honest').low)
    expect(same.verdict.kind).toBe('no difference shown')
  })

  it('judges a ratio by the ratio of its honest sums', () => {
    const ctr = (report: typeof better) => ({
      metric: report.metrics.find(({ key }) => key === 'ctr')!,
      contrast: report.bandit!.metrics.find(({ key }) => key === 'ctr')!.contrasts[0]!,
    })
    const { metric, contrast } = ctr(better)
    expect(metric.comparisons[0]).toMatchObject({ status: 'better', test: { method: 'scores' }, alwaysValid: { kind: 'always-valid' } })
    // 2·0.1·1.525 and 2·0.14·1.525 clicks a view.
    expect(metric.arms.map(({ value }) => (typeof value === 'number' ? value : 0))).toEqual([
      expect.closeTo(0.305, 1),
      expect.closeTo(0.427, 1),
    ])
    expect(contrast.uniform.kind).toBe('estimate')
    for (const key of ['honest', 'anyLook', 'mature'] as const) {
      const estimate = contrast[key]
      if (estimate.kind !== 'estimate' || 'kind' in estimate.interval) throw new Error(`${key} is known`)
      expect(estimate.interval.low).toBeLessThan(0.122)
      expect(estimate.interval.high).toBeGreaterThan(0.122)
    }
    expect(contrast.batched).toMatchObject({ kind: 'unknown' })
    const fooled = ctr(same).contrast.naive
    expect(fooled.kind === 'estimate' && 'high' in fooled.interval && fooled.interval.high < 0).toBe(true)
    expect(ctr(same).metric.comparisons[0]!.status).toBe('no difference shown')
  })

  it('says what choosing brought, and how much the draws of an arm are worth', () => {
    const { reward, arms, strata, draws } = better.bandit!
    expect(draws).toBe(20_000)
    if (reward.kind === 'unknown' || reward.choosing.total.kind === 'unknown') throw new Error('known')
    expect(reward.choosing.total.value).toBeCloseTo(20_000 * (reward.choosing.perDraw as { value: number }).value, 6)
    expect(reward.choosing.anyLook.kind).toBe('estimate')
    expect(better.verdict.sentences.join(' ')).not.toContain('Net money')
    expect(strata.map(({ stratum, kind }) => [stratum, kind])).toEqual([
      ['bandit', 'tested'],
      ['uniform', 'tested'],
    ])
    for (const { draws: own, effectiveSampleSize } of arms) {
      expect(effectiveSampleSize).toBeLessThan(own)
      expect(effectiveSampleSize).toBeGreaterThan(own / 3)
    }
  })

  it('has honest money beside what came in: by arm, had all draws been its own, and by choosing', () => {
    const [money] = better.bandit!.money
    expect(money).toMatchObject({ metric: 'net-revenue', currency: 'EUR' })
    const value = (estimate: { readonly kind: string; readonly value?: number }) => estimate.value ?? Number.NaN
    const [control, treatment] = money!.arms
    // Baskets of 50 euros at rates of 0.1 and 0.14, half as high again on average.
    expect(value(control!.perDraw)).toBeCloseTo(50 * 0.1525, 0)
    expect(value(treatment!.perDraw)).toBeCloseTo(50 * 0.2135, 0)
    expect(value(control!.total)).toBeCloseTo(20_000 * value(control!.perDraw), 2)
    const brought = value(money!.choosing.total)
    const even = (value(control!.total) + value(treatment!.total)) / 2
    const came = scoresOf([0.1, 0.14]).reduce((sum, { sums }) => sum + Number(sums[11]!) / 2 ** 20 / 100, 0)
    expect(brought).toBeCloseTo(came - even, 0)
    const rows = reportCsv(better)
      .split('\n')
      .filter((row) => row.startsWith('bandit-money,'))
    expect(rows).toHaveLength(3)
    expect(rows[0]).toContain(String(value(control!.total)))
    const text = reportText(better)
    if (process.env.SHOW_PAGE) console.log(text)
    expect(text).toContain('what all draws would have brought')
    expect(text).toContain('honest money stands under BANDIT')
    expect(banditReportSchema.parse(JSON.parse(JSON.stringify(better.bandit)))).toEqual(better.bandit)
    expect(banditReportSchema.safeParse(reportWith([]).bandit).success).toBe(true)
  })

  it('trusts nothing when arms were not drawn as the log says', () => {
    const lied = reportWith(scoresOf([0.1, 0.14], 20_000, true))
    expect(lied.verdict.kind).toBe('do not trust')
    expect(lied.trust.blockedBy).toBe('sample-ratio-mismatch')
    expect(lied.bandit!.arms.some(({ weights }) => weights.kind === 'tested' && weights.alarm)).toBe(true)
  })

  it('waits for its plan, all arms together, and shows the interval of every look until then', () => {
    const far = planned(50_000)
    const early = reportOf({
      ...far,
      scores: scoresOf([0.1, 0.14], 2_000),
      epoch: { ...far.epoch, settings: { ...far.epoch.settings, allocation } },
    })
    expect(early.verdict.sentences.join(' ')).toContain('all arms together have')
    expect(early.verdict.kind).toBe('not yet')
    expect(early.metrics[0]!.comparisons[0]).toMatchObject({ status: 'not yet', shown: 'always-valid' })
    const few = reportWith(scoresOf([0.1, 0.14], 100))
    expect(few.metrics[0]!.comparisons[0]!.alwaysValid).toMatchObject({ kind: 'unknown', because: 'too-few-events' })
  })

  it('has no figure without scores, and says why', () => {
    const none = reportWith([])
    expect(none.verdict.kind).toBe('unknown')
    for (const { comparisons } of none.metrics) for (const { status } of comparisons) expect(status).toBe('unknown')
    expect(none.bandit!.metrics[0]!.contrasts[0]).toMatchObject({ honest: { because: 'no-overlap' } })
  })

  it('draws honest and naive figures on one axis, and has them in the table', () => {
    const text = reportText(same)
    expect(text).toMatch(/BANDIT/)
    for (const words of ['honest, any look', 'uniform stratum', 'batched squares', 'naive, biased', 'choosing against drawing evenly'])
      expect(text).toContain(words)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    const rows = reportCsv(same).trim().split('\n')
    expect(rows.filter((row) => row.startsWith('bandit,'))).toHaveLength(6 * 3 + 6)
    expect(reportOf(fixed).bandit).toBeUndefined()
  })

  it('knows no value of an arm that nobody was shown, and no share beyond everybody', () => {
    const log = openScoreLog(SHAPE)
    log.add({ day: ASOF_DAY, unit: 'u', pi: [0.75, 0.25], mhat: null, arm: 1, y: [1, 0, 0, 5_000] })
    const { metrics } = reportWith(log.cells())
    const valuesOf = (key: string) => metrics.find((metric) => metric.key === key)!.arms.map(({ value }) => value)
    expect(valuesOf('conversion')).toMatchObject([{ because: 'too-few-units' }, { because: 'outside-range' }])
    expect(valuesOf('net-revenue')).toMatchObject([{ because: 'too-few-units' }, 200])
  })

  it('says what the gate left out, as the gate’s doing, and that an open window is no missing overlap', () => {
    const log = openScoreLog(SHAPE)
    const random = randomOf(79)
    for (let i = 0; i < 4_000; i++) {
      // promoted half way: the second arm alone is drawn
      const pi = i < 2_000 ? [0.5, 0.5] : [0, 1]
      const arm = random.uniform() < pi[1]! ? 1 : 0
      log.add({ day: ASOF_DAY, unit: `u${i}`, pi, mhat: null, arm, y: [random.uniform() < 0.1 + 0.1 * arm ? 1 : 0, 0, 1, 0] })
    }
    const exposures = fixed.moments.exposures.map((row) => ({ ...row, masked: 1_000n }))
    const report = reportWith(log.cells(), { moments: { ...fixed.moments, exposures } })
    expect(report.bandit!.drawsWithoutChoice).toBe(2_000)
    expect(report.verdict.sentences.join(' ')).not.toContain('switched off')
    expect(report.notes).toContain(
      'Up to 2,000 draws are left out of a comparison, because one of its arms could not be drawn then: its policy was off, or the gate had taken it out.',
    )
    expect(report.notes.join(' ')).toContain('2,000 draws had one arm alone to draw')
    expect(report.bandit!.metrics[0]!.contrasts[0]!.mature).toMatchObject({ kind: 'unknown', because: 'horizon-not-reached' })
    banditReportSchema.parse(report.bandit)
  })

  it('finds nothing odd in a unit that met two arms', () => {
    const arms = fixed.moments.arms.map((arm) => ({ ...arm, excluded: 500n }))
    const met = reportWith(scoresOf([0.1, 0.1]), { moments: { ...fixed.moments, arms } })
    expect(met.trust).toMatchObject({
      sampleRatio: { kind: 'does-not-apply', because: 'shares-are-learned' },
      twoArms: { units: 1_000, alarm: false },
    })
  })
})
