/** The report of an experiment, in the format that the reader likes best. */
import { reportCsv } from '../../reports/report-csv.ts'
import { reportJson } from '../../reports/report-json.ts'
import type { Report } from '../../reports/report-shape.ts'
import { reportText } from '../../reports/report-text.ts'
import { experimentReport, foldBriefly, type ReportWorld } from '../experiment-report.ts'
import { type Bound, bind } from '../handler.ts'
import { negotiated } from '../negotiation.ts'
import { Problem } from '../problems.ts'
import { JSON_TYPE, TEXT_TYPE } from '../route.ts'
import { readReport } from '../routes/product.ts'

const CSV_TYPE = 'text/csv; charset=utf-8'
const FORMATS = [
  { name: 'json', type: 'application/json' },
  { name: 'csv', type: 'text/csv' },
  { name: 'text', type: 'text/plain' },
] as const
type FormatName = (typeof FORMATS)[number]['name']

export function reportHandlers(world: ReportWorld): readonly Bound[] {
  return [
    bind(readReport, async ({ params: { key }, query, request }) => {
      const format = query.format ?? negotiated(request.headers.accept, FORMATS)
      if (format === null) throw new Problem('not-acceptable', { extra: { available: FORMATS.map(({ type }) => type) } })
      const report = await reportFor(world, key, query.epoch)
      return { status: 200, ...written(report, format), headers: { ...headersOf(report, format), Vary: 'Accept' } }
    }),
  ]
}

async function reportFor(world: ReportWorld, key: string, epoch: number | undefined): Promise<Report> {
  const experiment = await world.experiments.get(key)
  if (!experiment) throw new Problem('not-found', { detail: `There is no experiment "${key}".` })
  await foldBriefly(world.database)
  const report = await experimentReport(world, key, epoch)
  if (report) return report
  if (epoch !== undefined) throw new Problem('not-found', { detail: `The experiment "${key}" has no epoch ${epoch}.` })
  throw new Problem('wrong-status', {
    detail: `The experiment "${key}" was never started, so there is nothing to report.`,
    extra: { current: experiment.status, possible: ['start'] },
  })
}

function written(report: Report, format: FormatName): { readonly type: string; readonly body: string } {
  switch (format) {
    case 'json':
      return { type: JSON_TYPE, body: reportJson(report) }
    case 'csv':
      return { type: CSV_TYPE, body: reportCsv(report) }
    case 'text':
      return { type: TEXT_TYPE, body: reportText(report) }
  }
}

function headersOf({ experiment, epoch }: Report, format: FormatName): Readonly<Record<string, string>> {
  return format === 'csv' ? { 'Content-Disposition': `attachment; filename="${experiment.key}-epoch-${epoch.no}.csv"` } : {}
}
