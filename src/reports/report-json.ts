/** The report as JSON text. JSON writes NaN and Infinity as null; a report that held one would be our mistake, so it is refused here. */
import { assert } from '../stats/assert.ts'
import type { Report } from './report-shape.ts'

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, finite, 2)}\n`
}

function finite(name: string, value: unknown): unknown {
  assert(typeof value !== 'number' || Number.isFinite(value), `the report's ${name} must be a finite number, got ${value}`)
  return value
}
