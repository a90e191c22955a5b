import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { reportJson } from '../../src/reports/report-json.ts'
import type { Bounds, Contrast, Estimate, Report } from '../../src/reports/report-shape.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { PAGE_WIDTH, widthOf } from '../../src/reports/text-table.ts'
import { randomSource, sourceOf } from './arbitrary-moments.ts'

/** The score test's intervals are roots of an ill-conditioned cubic; in groups of this size they keep six digits. */
const modestSource = sourceOf(10_000n)
const DIGITS = 1e-5

describe('any report', () => {
  it('has finite numbers only, and no null where a number is promised', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const json = reportJson(reportOf(source))
        const nulls = [...json.matchAll(/"(\w+)": null/g)].map((match) => match[1])
        expect(nulls.filter((name) => !['endedAt', 'foldedAt', 'blockedBy'].includes(name!))).toEqual([])
      }),
    )
  })

  it('survives its way through JSON unchanged', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const report = reportOf(source)
        expect(JSON.parse(reportJson(report))).toEqual(withoutNegativeZero(report))
      }),
    )
  })

  it('is a page of at most 100 columns without control characters, NaN or Infinity', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const page = reportText(reportOf(source))
        for (const line of page.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(PAGE_WIDTH)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(page.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        expect(pageWithoutTitle(page)).not.toMatch(/NaN|Infinity|undefined|null|∞|-0\.0+ /)
      }),
    )
  })

  it('has a CSV row for every metric and arm, and every currency and arm', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const report = reportOf(source)
        const lines = reportCsv(report).trimEnd().split('\r\n')
        expect(lines).toHaveLength(1 + (report.metrics.length + report.money.length) * report.plan.arms.length)
        expect(lines.slice(1).join()).not.toMatch(/NaN|Infinity|undefined|null/)
      }),
    )
  })

  it('never says anything but "not yet" or "unknown" before every arm has its planned units', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const report = reportOf(source)
        const statuses = new Set(report.metrics.flatMap((metric) => metric.comparisons.map((comparison) => comparison.status)))
        const short = report.plan.arms.some((arm) => arm.have < arm.need)
        expect(report.plan.reached).toBe(!short)
        if (short) expect([...statuses].filter((status) => status !== 'not yet' && status !== 'unknown')).toEqual([])
        if (short) expect(['not yet', 'no data', 'do not trust']).toContain(report.verdict.kind)
        else expect(statuses.has('not yet')).toBe(false)
      }),
    )
  })

  it('gives no verdict when a trust check blocks it', () => {
    fc.assert(
      fc.property(randomSource, (source) => {
        const report = reportOf(source)
        const { blockedBy, sampleRatio } = report.trust
        expect(blockedBy !== null).toBe(!report.integrity.equal || (sampleRatio.kind === 'tested' && sampleRatio.alarm))
        if (blockedBy === null) return
        expect(report.verdict.kind).toBe('do not trust')
        for (const { status, because, forStopping } of report.metrics.flatMap((metric) => metric.comparisons))
          expect({ status, because, forStopping }).toEqual({ status: 'unknown', because: blockedBy, forStopping: false })
      }),
    )
  })

  it('has one test a comparison: p, both intervals and status agree', () => {
    fc.assert(
      fc.property(modestSource, (source) => {
        const report = reportOf(source)
        const alpha = 1 - report.plan.level
        for (const { difference, lift, test, status, byItself } of report.metrics.flatMap((metric) => metric.comparisons)) {
          if (difference.kind === 'unknown' || test.kind === 'unknown' || Math.abs(test.pValue - alpha) < DIGITS) continue
          const shown = excludesZero(difference)
          expect(test.pValue < alpha).toBe(shown)
          if (lift.kind === 'estimate' && 'low' in lift.interval) expect(excludesZero(lift)).toBe(shown)
          if (status === 'better' || status === 'worse') expect(shown).toBe(true)
          if (status === 'no difference shown') expect(shown).toBe(byItself !== undefined)
          if (byItself) expect(test.adjustedPValue).toBeGreaterThan(alpha)
          if (status === 'better' || status === 'worse') expect(test.adjustedPValue).toBeLessThanOrEqual(alpha)
          expect(test.adjustedPValue).toBeGreaterThanOrEqual(test.pValue * (1 - 1e-12))
        }
      }),
    )
  })

  it('has always-valid intervals that contain the fixed ones, and p-values that are larger', () => {
    fc.assert(
      fc.property(modestSource, (source) => {
        const report = reportOf(source)
        for (const { difference, lift, test, alwaysValid, shown } of contrastsOf(report)) {
          expect(shown).toBe(report.plan.reached ? 'fixed' : 'always-valid')
          if (alwaysValid.kind === 'unknown') continue
          if (difference.kind === 'unknown' || test.kind === 'unknown') throw new Error('a wider interval without the narrower one')
          contains(boundsOf(alwaysValid.difference), boundsOf(difference))
          if (alwaysValid.lift.kind === 'estimate' && lift.kind === 'estimate') contains(boundsOf(alwaysValid.lift), boundsOf(lift))
          expect(alwaysValid.log10PValue).toBeGreaterThanOrEqual(test.log10PValue)
        }
      }),
    )
  })

  it('turns every sign around when the arms change places', () => {
    fc.assert(
      fc.property(modestSource, (source) => {
        const two = { ...source, epoch: { ...source.epoch, armIds: source.epoch.armIds.slice(0, 2), settings: firstTwo(source) } }
        const swapped = { ...two, epoch: { ...two.epoch, armIds: [...two.epoch.armIds].reverse() } }
        const [report, mirrored] = [reportOf(two), reportOf(swapped)]
        for (const [i, one] of contrastsOf(report).entries()) {
          const other = contrastsOf(mirrored)[i]!
          expect(other.difference.kind).toBe(one.difference.kind)
          if (one.difference.kind === 'unknown' || other.difference.kind === 'unknown') continue
          closeTo(other.difference.value, -one.difference.value)
          const [bounds, flipped] = [boundsOf(one.difference), boundsOf(other.difference)]
          const scale = DIGITS * (Math.abs(bounds.low) + Math.abs(bounds.high))
          expect(Math.abs(flipped.low + bounds.high)).toBeLessThanOrEqual(scale)
          expect(Math.abs(flipped.high + bounds.low)).toBeLessThanOrEqual(scale)
          if (one.test.kind === 'test' && other.test.kind === 'test') closeTo(other.test.log10PValue, one.test.log10PValue, DIGITS)
        }
      }),
    )
  })

  it('scales money and its intervals with the money, and leaves lifts and p alone', () => {
    fc.assert(
      fc.property(randomSource, fc.constantFrom(2n, 7n, 1000n), (source, factor) => {
        const [report, scaled] = [reportOf(source), reportOf(timesMoney(source, factor))]
        const pairs = report.money.flatMap((money, m) =>
          money.comparisons.map((one, i) => [one, scaled.money[m]!.comparisons[i]!] as const),
        )
        for (const [one, other] of pairs) {
          expect(other.difference.kind).toBe(one.difference.kind)
          if (one.difference.kind !== 'estimate' || other.difference.kind !== 'estimate') continue
          closeTo(other.difference.value, one.difference.value * Number(factor))
          // an end next to 0 is what two large numbers leave over: its digits are those of the interval
          const [before, after] = [boundsOf(one.difference), boundsOf(other.difference)]
          const size = 1e-9 * Math.max(Math.abs(after.low), Math.abs(after.high))
          expect(Math.abs(after.low - before.low * Number(factor))).toBeLessThanOrEqual(size)
          expect(Math.abs(after.high - before.high * Number(factor))).toBeLessThanOrEqual(size)
          expect(other.lift.kind).toBe(one.lift.kind)
          if (one.lift.kind === 'estimate' && other.lift.kind === 'estimate') closeTo(other.lift.value, one.lift.value)
          if (one.test.kind === 'test' && other.test.kind === 'test') closeTo(other.test.log10PValue, one.test.log10PValue)
        }
      }),
    )
  })
})

function closeTo(actual: number, expected: number, digits = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(digits * Math.max(Math.abs(actual), Math.abs(expected)) + Number.MIN_VALUE)
}

function boundsOf({ interval }: Estimate): Bounds {
  if (!('low' in interval)) throw new Error('an interval was expected')
  return interval
}

function contains(wide: Bounds, narrow: Bounds): void {
  const rounding = 1e-12 * Math.max(Math.abs(wide.low), Math.abs(wide.high))
  expect(wide.low).toBeLessThanOrEqual(narrow.low + rounding)
  expect(wide.high).toBeGreaterThanOrEqual(narrow.high - rounding)
}

function excludesZero(estimate: Estimate): boolean {
  const { low, high } = boundsOf(estimate)
  return low > 0 || high < 0
}

function contrastsOf(report: Report): readonly Contrast[] {
  return [...report.metrics, ...report.money].flatMap((part) => part.comparisons)
}

/** Settings of the first two arms, with equal weights so that only the data differ. */
function firstTwo({ epoch: { settings } }: ReportSource): ReportSource['epoch']['settings'] {
  return { ...settings, arms: settings.arms.slice(0, 2).map((arm) => ({ ...arm, weight: 1 })) }
}

function timesMoney(source: ReportSource, factor: bigint): ReportSource {
  const money = source.moments.money.map((row) => ({
    ...{ armId: row.armId, currency: row.currency, units: row.units },
    ...{ gross: row.gross * factor, returned: row.returned * factor, netSquare: row.netSquare * factor * factor },
  }))
  return { ...source, moments: { ...source.moments, money } }
}

function pageWithoutTitle(page: string): string {
  return page.slice(page.indexOf('VERDICT'))
}

/** JSON knows no −0. */
function withoutNegativeZero(report: Report): unknown {
  return JSON.parse(JSON.stringify(report))
}
