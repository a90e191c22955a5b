import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { planned } from './sample.ts'

const fixed = planned(9_900)
const settings = {
  ...fixed.epoch.settings,
  allocation: { kind: 'thompson', floor: 0.05, uniformShare: 0.05, context: true } as const,
}
const report = reportOf({ ...fixed, epoch: { ...fixed.epoch, settings } })

describe('the report of a bandit', () => {
  it('gives no status and no verdict, though the same figures would have made a winner', () => {
    expect(reportOf(fixed).verdict.kind).toBe('better')
    expect(report.verdict.kind).toBe('unknown')
    for (const { comparisons } of report.metrics)
      for (const { status, because, forStopping } of comparisons)
        expect({ status, because, forStopping }).toEqual({ status: 'unknown', because: 'adaptive-allocation', forStopping: false })
  })

  it('decides nothing, and blames no trust check for it', () => {
    expect(report.decisions.map(({ kind }) => kind)).toEqual(['not yet'])
    expect(report.decisions[0]!.sentence).toContain('learned shares')
  })

  it('calls its figures naive wherever they stand', () => {
    const text = reportText(report)
    expect(text.match(/naive, not to be used/g)).toHaveLength(report.metrics.length + report.money.length)
    expect(report.notes[0]).toMatch(/naive/)
    const rows = reportCsv(report).trim().split('\n').slice(1)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toContain(',unknown,no,')
  })

  it('expects no shares, and finds nothing odd in a unit that met two arms', () => {
    const arms = fixed.moments.arms.map((arm) => ({ ...arm, excluded: 500n }))
    const met = reportOf({ ...fixed, moments: { ...fixed.moments, arms }, epoch: { ...fixed.epoch, settings } })
    expect(met.trust).toMatchObject({
      ...{ blockedBy: 'adaptive-allocation', sampleRatio: { kind: 'does-not-apply', because: 'shares-are-learned' } },
      twoArms: { units: 1_000, alarm: false },
    })
  })
})
