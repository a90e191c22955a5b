import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { reportJson } from '../../src/reports/report-json.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { MOMENTS, planned } from './sample.ts'

const DOC = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'report.md'), 'utf8')

describe('docs/report.md', () => {
  const full = planned(9_900)
  const settings = { ...full.epoch.settings, metrics: ['conversion'] }
  const source = { ...full, metrics: full.metrics.slice(0, 1), epoch: { ...full.epoch, settings } }

  it('shows the page and the JSON as they are', () => {
    expect(blockOf('text')).toBe(reportText(reportOf(source)))
    expect(blockOf('json')).toBe(reportJson(reportOf(source)))
  })

  it('explains every member of the JSON', () => {
    const exposures = MOMENTS.exposures.map((row) => ({ ...row, masked: 1n }))
    const guarded = {
      ...full,
      epoch: { ...full.epoch, settings: { ...full.epoch.settings, guardrails: [{ metric: 'ctr', margin: 0.02 }] } },
    }
    const reports = [full, guarded, planned(11_200), { ...full, moments: { ...MOMENTS, exposures, arms: [], money: [] } }].map(reportOf)
    const members = new Set(reports.flatMap(membersOf))
    expect([...members].filter((member) => !new RegExp(`\`[^\`\n]*\\b${member}\\b[^\`\n]*\``).test(DOC))).toEqual([])
  })

  it('names every column of the CSV', () => {
    const columns = reportCsv(reportOf(full)).split('\r\n')[0]!.split(',')
    expect(columns.filter((column) => !DOC.includes(`\`${column}\``))).toEqual([])
  })
})

function blockOf(language: string): string | undefined {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(DOC)?.[1]
}

function membersOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(membersOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...membersOf(inner)])
}
