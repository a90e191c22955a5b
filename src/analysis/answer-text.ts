/**
 * The answer as a page of plain text, at most 100 columns wide: what was shown, whether to trust it, then every metric with its interval
 * drawn in characters.
 */
import { type Drawable, drawIntervals } from '../reports/interval-drawing.ts'
import {
  countWords,
  differenceRange,
  differenceWords,
  liftRange,
  liftWords,
  pWords,
  shareWords,
  valueWords,
  type Wording,
  wordingFor,
} from '../reports/number-words.ts'
import { type Paint, PLAIN } from '../reports/paint.ts'
import { reasonWords } from '../reports/reason-words.ts'
import { harmless, heading, PAGE_WIDTH, tableOf, widthOf, wrapped } from '../reports/text-table.ts'
import { confidence } from '../reports/verdict-sentences.ts'
import type { Answer, EstimatedLift, Result } from './answer-shape.ts'
import { segmentLines } from './segment-text.ts'

const DRAWING_LEAST = 16
const LABEL_MOST = 24

/** Writes the page. */
export function answerText(answer: Answer, paint: Paint = PLAIN): string {
  const metrics = [...new Set(answer.results.map(({ metric, kind }) => `${metric}:${kind}`))]
  const sections = [
    summaryLines(answer, paint),
    trustLines(answer, paint),
    ...metrics.map((name) =>
      metricLines(
        answer.results.filter(({ metric, kind }) => `${metric}:${kind}` === name),
        answer,
        paint,
      ),
    ),
    noteLines(answer, paint),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** One sentence a result that says something, the worst first. */
function summaryLines({ results, sampleRatio }: Answer, paint: Paint): string[] {
  const said = (status: Result['status']): string[] =>
    results
      .filter((result) => result.status === status)
      .map((result) => `${harmless(result.metric)} is ${status} in ${harmless(result.arm)}${byHowMuch(result)}`)
  const sentences = sampleRatio.alarm
    ? ['Nothing can be concluded: the arms do not have their shares of the units.']
    : [...said('worse').map(paint.bad), ...said('better').map(paint.good)]
  const words =
    sentences.length > 0
      ? sentences
      : [results.some(({ status }) => status === 'not yet') ? 'Not yet: the planned units are not reached.' : 'No difference is shown.']
  return [paint.strong('RESULT'), ...words.flatMap((sentence) => wrapped(sentence, '  '))]
}

function byHowMuch({ relative }: Result): string {
  return 'estimate' in relative ? `: ${liftText(relative)}` : ''
}

function trustLines({ arms, sampleRatio, control }: Answer, paint: Paint): string[] {
  const lines = tableOf(
    [
      { title: 'arm', align: 'left' },
      { title: 'units', align: 'right' },
      { title: 'expected', align: 'right' },
    ],
    arms.map(({ arm, units }, i) => [
      harmless(arm) + (arm === control ? ' (control)' : ''),
      countWords(units),
      countWords(Math.round(sampleRatio.expected[i]!)),
    ]),
  )
  const p =
    sampleRatio.log10PValue === null ? `not tested, because ${reasonWords(sampleRatio.because!)}` : `p ${pWords(sampleRatio.log10PValue)}`
  const says = sampleRatio.alarm ? paint.bad(`ALARM: sample ratio mismatch, ${p}`) : `sample ratio: ${p}`
  return [heading('ARMS', '', paint), ...lines, `  ${says}`]
}

function metricLines(results: readonly Result[], answer: Answer, paint: Paint): string[] {
  const first = results[0]!
  const wording = wordingOf(results)
  const valueText = (value: number | null): string => (value === null ? 'unknown' : valueWords(value, wording))
  const rows = [
    { arm: first.control, units: first.units.control, value: first.value.control, result: null },
    ...results.map((result) => ({ arm: result.arm, units: result.units.treatment, value: result.value.treatment, result })),
  ]
  const label = Math.min(Math.max(...rows.map(({ arm }) => widthOf(harmless(arm)))), LABEL_MOST)
  const taken = [
    label,
    ...[
      rows.map(({ units }) => countWords(units)),
      rows.map(({ value }) => valueText(value)),
      rows.map(({ result }) => result?.status ?? 'control'),
    ].map((cells) => Math.max(...cells.map(widthOf), 5)),
  ]
  const width = Math.max(PAGE_WIDTH - taken.reduce((sum, cells) => sum + cells + 2, 2), DRAWING_LEAST)
  const drawing = drawIntervals(
    rows.map(({ result }) => drawable(result)),
    width,
    (value) => differenceWords(value, wording),
  )
  const pictures = tableOf(
    [
      { title: '', align: 'left' },
      { title: 'units', align: 'right' },
      { title: 'value', align: 'right' },
      { title: drawing.axis, align: 'left' },
      { title: '', align: 'left' },
    ],
    rows.map(({ arm, units, value, result }, i) => [
      harmless(arm),
      countWords(units),
      valueText(value),
      drawing.lines[i]!,
      result?.status ?? 'control',
    ]),
  )
  return [
    heading(`METRIC ${harmless(first.metric)}`, `${first.kind} · ${first.method}`, paint),
    ...pictures.map((line) => painted(line, paint)),
    '',
    ...figureLines(results, { wording, answer }),
    ...results.flatMap((result) => remarks(result, wording)),
    ...results.flatMap((result) => segmentLines(result, { wording, several: results.length > 1 })),
  ]
}

function figureLines(results: readonly Result[], { wording, answer }: { readonly wording: Wording; readonly answer: Answer }): string[] {
  const bayesian = answer.method === 'bayesian'
  const corrected = !bayesian && answer.results.filter(({ pValue }) => pValue !== null).length > 1
  const interval = `${confidence(answer.level)} ${bayesian ? 'credible' : 'interval'}`
  return tableOf(
    [
      { title: `against ${harmless(results[0]!.control)}`, align: 'left' },
      { title: `difference (${interval})`, align: 'left' },
      { title: `lift (${interval})`, align: 'left' },
      { title: bayesian ? 'chance to win' : 'p', align: 'right' },
      ...(corrected ? [{ title: 'corrected', align: 'right' } as const] : []),
    ],
    results.map(({ arm, absolute, relative, log10PValue, adjustedPValue, bayesian: figures }) => [
      harmless(arm),
      'estimate' in absolute ? `${differenceWords(absolute.estimate, wording)} (${differenceRange(absolute, wording)})` : 'unknown',
      'estimate' in relative ? liftText(relative) : 'unknown',
      figures ? shareWords(figures.chanceToWin) : log10PValue === null ? '—' : pWords(log10PValue),
      ...(corrected ? [adjustedPValue === null ? '—' : pWords(Math.log10(adjustedPValue))] : []),
    ]),
  )
}

/** Why something is unknown, and what the cap changed. */
function remarks({ arm, absolute, relative, because, have, need, status, uncapped }: Result, wording: Wording): string[] {
  const lines: string[] = []
  const counts = have === undefined || need === undefined ? '' : ` (${countWords(Math.floor(have))} of ${countWords(Math.ceil(need))})`
  if ('because' in absolute) lines.push(`${harmless(arm)}: unknown, because ${reasonWords(absolute.because)}${counts}`)
  else if ('because' in relative && relative.because)
    lines.push(`${harmless(arm)}: lift without an interval, because ${reasonWords(relative.because)}`)
  if (status === 'not yet') lines.push(`${harmless(arm)}: not yet${counts}; not for stopping`)
  else if (because === 'sample-ratio-mismatch') lines.push(`${harmless(arm)}: not to be used`)
  if (uncapped && 'estimate' in uncapped)
    lines.push(`${harmless(arm)} without the cap: ${differenceWords(uncapped.estimate, wording)} (${differenceRange(uncapped, wording)})`)
  return lines.flatMap((line) => wrapped(line, '  '))
}

function liftText(lift: EstimatedLift): string {
  const { estimate, low, high } = lift
  if (low !== null && high !== null) return `${liftWords(estimate)} (${liftRange({ low, high })})`
  return `${liftWords(estimate)} (${low === null ? 'no lower end' : `at least ${liftWords(low)}`}${high === null ? '' : `, at most ${liftWords(high)}`})`
}

function wordingOf(results: readonly Result[]): Wording {
  const halves = results.flatMap(({ absolute }) => ('estimate' in absolute ? [(absolute.high - absolute.low) / 2] : []))
  return wordingFor({ kind: results[0]!.kind === 'proportion' ? 'share' : 'number' }, halves.length > 0 ? Math.min(...halves) : undefined)
}

function drawable(result: Result | null): Drawable | null {
  if (!result || !('estimate' in result.absolute)) return null
  const { estimate, low, high } = result.absolute
  return { low, value: estimate, high }
}

function painted(line: string, paint: Paint): string {
  if (line.endsWith('  better')) return line.slice(0, -'better'.length) + paint.good('better')
  return line.endsWith('  worse') ? line.slice(0, -'worse'.length) + paint.bad('worse') : line
}

function noteLines({ notes }: Answer, paint: Paint): string[] {
  if (notes.length === 0) return []
  return [
    heading('NOTES', '', paint),
    ...notes.flatMap((note) => wrapped(harmless(note), '    ').map((line, i) => (i === 0 ? `  - ${line.slice(4)}` : line))),
  ]
}
