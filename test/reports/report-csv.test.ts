import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { reportOf } from '../../src/reports/report.ts'
import { reportCsv } from '../../src/reports/report-csv.ts'
import { planned, SOURCE } from './sample.ts'

type Row = Readonly<Record<string, string>>
const rowsOf = (csv: string): Row[] => parse(csv, { columns: true })

describe('the report as CSV', () => {
  it('has the control’s value without a comparison, and a treatment’s with it', () => {
    const [control, treatment] = rowsOf(reportCsv(reportOf(planned(9_900))))
    expect(control).toMatchObject({
      ...{ record: 'metric', experiment: 'home-policy', epoch: '1', as_of: '2026-11-20T10:00:00.000Z', verdict: 'better', trusted: 'yes' },
      ...{ metric: 'conversion', kind: 'proportion', direction: 'increase', primary: 'yes', arm: 'popularity', units: '10040' },
      ...{ value: String(490 / 10_040), control: '', difference: '', p_value: '', status: 'control', because: '' },
    })
    expect(treatment).toMatchObject({ arm: 'hybrid', control: 'popularity', status: 'better', for_stopping: 'yes' })
    expect(Number(treatment!.difference)).toBeCloseTo(563 / 9_960 - 490 / 10_040, 12)
    expect(Number(treatment!.lift_low)).toBeLessThan(Number(treatment!.lift))
  })

  it('has the money of each arm in the last rows, exact and with its sign', () => {
    const rows = rowsOf(reportCsv(reportOf(planned(9_900)))).slice(-2)
    expect(
      rows.map(({ record, currency, arm, payers, gross, returned, net }) => [record, currency, arm, payers, gross, returned, net]),
    ).toEqual([
      ['money', 'EUR', 'popularity', '490', '26500.00', '-2000.00', '24500.00'],
      ['money', 'EUR', 'hybrid', '563', '30800.00', '-2500.00', '28300.00'],
    ])
  })

  it('says how many units are missing, or why something is unknown', () => {
    const waiting = rowsOf(reportCsv(reportOf(planned(11_200))))[1]
    expect(waiting).toMatchObject({ status: 'not yet', have: '9960', need: '11200', for_stopping: 'no' })
    const nobody = reportOf({ ...SOURCE, moments: { ...SOURCE.moments, arms: [], money: [] } })
    expect(rowsOf(reportCsv(nobody)).map(({ value, because }) => [value, because])).toEqual(Array(6).fill(['', 'too-few-units']))
  })
})
