/** The ticker: one live line on a terminal, a line now and then anywhere else, and between them a short form of the report. */
import { decimalOf } from '../../experiments/money.ts'
import { COLOURS, PLAIN } from '../../reports/paint.ts'
import type { Report } from '../../reports/report-shape.ts'
import { metricLines } from '../../reports/text-metric.ts'
import { wrapped } from '../../reports/text-table.ts'
import { sortedQuantile } from '../../stats/simple-statistics-door.ts'
import type { Tally } from './visits.ts'

export interface Ticker {
  /** Puts text above the live line. */
  print(text: string): void
  close(): void
}

const TERMINAL_EVERY_MS = 500
const PLAIN_EVERY_MS = 5_000
/** The pace is that of the last seconds. */
const PACE_MS = 5_000
const CLEAR_LINE = '\r\u001b[2K'

export function openTicker(tally: Tally, currency: string, out: NodeJS.WriteStream = process.stdout): Ticker {
  const marks = [{ slates: 0, at: performance.now() }]
  const line = (): string => {
    const now = { slates: tally.slates, at: performance.now() }
    marks.push(now)
    while (marks.length > 2 && now.at - marks[1]!.at > PACE_MS) marks.shift()
    return lineOf(tally, ((now.slates - marks[0]!.slates) * 1000) / (now.at - marks[0]!.at), currency)
  }
  const tick = (): void => void out.write(out.isTTY ? `${CLEAR_LINE}${line()}` : `${line()}\n`)
  const timer = setInterval(tick, out.isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)
  const first = setTimeout(tick, TERMINAL_EVERY_MS)
  return {
    print: (text) => void out.write(`${out.isTTY ? CLEAR_LINE : ''}${text}\n`),
    close() {
      clearInterval(timer)
      clearTimeout(first)
      out.write(out.isTTY ? `${CLEAR_LINE}${line()}\n` : `${line()}\n`)
    },
  }
}

/** Verdict and primary metric. */
export function shortReport(report: Report, out: NodeJS.WriteStream = process.stdout): string {
  const paint = out.isTTY && out.hasColors() ? COLOURS : PLAIN
  const primary = report.metrics.filter((metric) => metric.primary)
  return [
    '',
    `${paint.strong(report.experiment.key)}  ${report.verdict.kind.toUpperCase()}`,
    ...report.verdict.sentences.flatMap((sentence) => wrapped(sentence, '  ')),
    ...primary.flatMap((metric) => metricLines(metric, report, paint)),
    '',
  ].join('\n')
}

function lineOf({ slates, outcomes, netMinor, failures, latencies }: Tally, pace: number, currency: string): string {
  const sorted = latencies.toSorted((a, b) => a - b)
  const delay = (p: number): string => (sorted.length > 0 ? sortedQuantile(sorted, p).toFixed(1) : '–')
  const count = (value: number): string => value.toLocaleString('en')
  return [
    `${count(slates)} slates (${pace.toFixed(0)}/s)`,
    `${count(outcomes)} outcomes`,
    `${Number(decimalOf(BigInt(netMinor), currency)).toLocaleString('en', { style: 'currency', currency })} net`,
    `p50 ${delay(0.5)} ms, p99 ${delay(0.99)} ms`,
    ...(failures > 0 ? [`${count(failures)} failed`] : []),
  ].join(' · ')
}
