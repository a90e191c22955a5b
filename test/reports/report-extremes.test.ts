import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { reportJson } from '../../src/reports/report-json.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { PAGE_WIDTH, widthOf } from '../../src/reports/text-table.ts'
import { anyEpoch } from './arbitrary-epochs.ts'

const RUNS = 500

describe('the report of whatever a log could hold', () => {
  it('never throws, and has neither NaN nor Infinity in any form', () => {
    fc.assert(
      fc.property(anyEpoch, (source) => {
        const report = reportOf(source)
        // reportJson refuses numbers that are not finite
        expect(JSON.parse(reportJson(report)).format).toBe('croupier-report/1')
        expect(reportCsv(report)).not.toMatch(/NaN|Infinity|undefined/)
        const page = reportText(report)
        expect(page).not.toMatch(/NaN|Infinity|undefined|∞/)
        for (const line of page.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(PAGE_WIDTH)
      }),
      { numRuns: RUNS },
    )
  })
})
