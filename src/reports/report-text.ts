/**
 * The report as a page of plain text, at most 100 columns wide: the verdict first, then whether to trust it, then the numbers.
 *
 * `paint` sets words off on a terminal; it never changes what a line says or how wide it is.
 */

import { countOf } from './number-words.ts'
import { type Paint, PLAIN } from './paint.ts'
import type { Report, VerdictKind } from './report-shape.ts'
import { banditLines } from './text-bandit.ts'
import { booksLines } from './text-books.ts'
import { gateLines } from './text-gate.ts'
import { guardrailLines } from './text-guardrails.ts'
import { metricLines } from './text-metric.ts'
import { moneyLines } from './text-money.ts'
import { harmless, heading, wrapped } from './text-table.ts'
import { trustLines } from './text-trust.ts'
import { confidence } from './verdict-sentences.ts'

export function reportText(report: Report, paint: Paint = PLAIN): string {
  const sections = [
    headLines(report, paint),
    verdictLines(report, paint),
    trustLines(report, paint),
    ...report.metrics.map((metric) => metricLines(metric, report, paint)),
    banditLines(report, paint),
    guardrailLines(report, paint),
    gateLines(report, paint),
    ...report.money.map((money) => moneyLines(money, report, paint)),
    booksLines(report, paint),
    notesLines(report, paint),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** "2026-11-20 10:00 UTC" */
function timeWords(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

function headLines({ experiment, epoch, asOf, watermark, plan }: Report, paint: Paint): string[] {
  const { key, name, hypothesis, surface, status, unit } = experiment
  const title = harmless(name) === '' ? key : `${key} · ${harmless(name)}`
  const until = epoch.endedAt === null ? '' : ` to ${timeWords(epoch.endedAt)}`
  return [
    ...wrapped(title).map(paint.strong),
    ...wrapped(harmless(hypothesis)),
    ...wrapped(`${status} on surface ${surface} · epoch ${epoch.no} from ${timeWords(epoch.startedAt)}${until}`),
    ...wrapped(`plan: ${countOf(plan.unitsPerArm, unit)} in each of ${plan.arms.length} arms, ${confidence(plan.level)} confidence`),
    ...wrapped(
      `as of ${timeWords(asOf)} · log read up to transaction ${watermark.transaction}${watermark.foldedAt === null ? '' : `, ${timeWords(watermark.foldedAt)}`}`,
    ),
  ]
}

function verdictLines({ verdict }: Report, paint: Paint): string[] {
  const title = { good: paint.good, bad: paint.bad, wait: paint.wait }[MOOD[verdict.kind]](verdict.kind.toUpperCase())
  return [`${paint.strong('VERDICT')}  ${title}`, ...verdict.sentences.flatMap((sentence) => wrapped(sentence, '  '))]
}

const MOOD: Readonly<Record<VerdictKind, 'good' | 'bad' | 'wait'>> = {
  better: 'good',
  worse: 'bad',
  'do not trust': 'bad',
  'not yet': 'wait',
  'no data': 'wait',
  'no difference shown': 'wait',
  unknown: 'wait',
}

function notesLines({ notes }: Report, paint: Paint): string[] {
  if (notes.length === 0) return []
  return [
    heading('NOTES', '', paint),
    ...notes.flatMap((note) => wrapped(note, '    ').map((line, i) => (i === 0 ? `  - ${line.slice(4)}` : line))),
  ]
}
