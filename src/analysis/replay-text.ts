/** A replay as a page of plain text: the answer or the refusal, every estimator with its interval drawn, the overlap, and what to know. */
import { ESTIMATORS } from '../bandits/off-policy-estimates.ts'
import { type Drawable, drawIntervals } from '../reports/interval-drawing.ts'
import {
  countOf,
  countWords,
  differenceRange,
  differenceWords,
  shareWords,
  valueWords,
  type Wording,
  wordingFor,
} from '../reports/number-words.ts'
import { type Paint, PLAIN } from '../reports/paint.ts'
import { reasonWords } from '../reports/reason-words.ts'
import { harmless, heading, PAGE_WIDTH, tableOf, widthOf, wrapped } from '../reports/text-table.ts'
import { confidence } from '../reports/verdict-sentences.ts'
import type { PolicyFigure, ReplayAnswer } from './replay-shape.ts'

const DRAWING_LEAST = 16

/** Writes the page. */
export function replayText(answer: ReplayAnswer, paint: Paint = PLAIN): string {
  const sections = [resultLines(answer, paint), estimateLines(answer, paint), overlapLines(answer, paint), noteLines(answer, paint)]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function resultLines(answer: ReplayAnswer, paint: Paint): string[] {
  const { because, remedy, intervals, gain, logged, settings } = answer
  const title = heading('RESULT', `policy ${harmless(settings.policy)}, ${countWords(settings.items)} items`, paint)
  if (!intervals.DR || !gain || !logged)
    return [title, ...wrapped(`Refused. ${because}`, '  ').map(paint.bad), ...wrapped(`What helps: ${remedy}`, '  ')]
  const wording = wordingOf(answer)
  const would = `${valueWords(intervals.DR.value, wording)}${inBrackets(intervals.DR, (range) => valueRange(range, wording))}`
  const more = `${differenceWords(gain.value, wording)}${inBrackets(gain, (range) => differenceRange(range, wording))}`
  const sentence = `The policy would have had a click on ${would} of rows, where the log has ${valueWords(logged.value, wording)}: ${more}, ${verdictOf(gain)}.`
  return [title, ...wrapped(sentence, '  ')]
}

function verdictOf(gain: PolicyFigure): string {
  const range = rangeOf(gain)
  if (!range || (range.low <= 0 && range.high >= 0)) return 'no difference shown'
  return range.low > 0 ? 'more' : 'fewer'
}

function estimateLines(answer: ReplayAnswer, paint: Paint): string[] {
  if (!answer.logged) return []
  const wording = wordingOf(answer)
  const rows = [{ name: 'as logged', figure: answer.logged }, ...ESTIMATORS.map((name) => ({ name, figure: answer.intervals[name]! }))].map(
    ({ name, figure }) => ({
      name: name === 'SwitchDR' ? `SwitchDR ${answer.settings.switchAt}` : name,
      shown: valueWords(figure.value, wording),
      words: intervalWords(figure, wording),
      drawable: drawable(figure),
    }),
  )
  const title = `${confidence(answer.settings.level)} interval`
  const taken = [rows.map(({ name }) => name), rows.map(({ shown }) => shown), [title, ...rows.map(({ words }) => words)]]
    .map((texts) => Math.max(...texts.map(widthOf)) + 2)
    .reduce((sum, width) => sum + width, 2)
  const drawing = drawIntervals(
    rows.map((row) => row.drawable),
    Math.max(PAGE_WIDTH - taken, DRAWING_LEAST),
    (value) => valueWords(value, wording),
  )
  return [
    heading('CLICKS PER ROW', '', paint),
    ...tableOf(
      [
        { title: '', align: 'left' },
        { title: 'value', align: 'right' },
        { title, align: 'left' },
        { title: drawing.axis, align: 'left' },
      ],
      rows.map(({ name, shown, words }, i) => [name, shown, words, drawing.lines[i]!]),
    ),
  ]
}

function overlapLines({ rows, effectiveSampleSize, effectiveEvents, maxWeightShare, meanWeight }: ReplayAnswer, paint: Paint): string[] {
  const share = rows === 0 ? 0 : effectiveSampleSize / rows
  const said = [
    `${countOf(rows, 'row')} say as much as ${countOf(Math.floor(effectiveSampleSize), 'row')} of the new policy would (${shareWords(share)})`,
    `their clicks say as much as ${countOf(Math.floor(effectiveEvents), 'click')} of the new policy would`,
    `the heaviest row has ${shareWords(maxWeightShare)} of the weight`,
    `the mean weight is ${meanWeight.value.toFixed(3)} ± ${meanWeight.standardError.toFixed(3)}, and should be 1 but for chance`,
  ]
  return [heading('OVERLAP', '', paint), ...said.flatMap((line) => wrapped(line, '  '))]
}

function noteLines({ notes }: ReplayAnswer, paint: Paint): string[] {
  if (notes.length === 0) return []
  return [
    heading('NOTES', '', paint),
    ...notes.flatMap((note) => wrapped(harmless(note), '    ').map((line, i) => (i === 0 ? `  - ${line.slice(4)}` : line))),
  ]
}

function intervalWords(figure: PolicyFigure, wording: Wording): string {
  const range = rangeOf(figure)
  return range ? valueRange(range, wording) : `unknown: ${figure.because ? reasonWords(figure.because) : 'no reason given'}`
}

function inBrackets(figure: PolicyFigure, words: (range: Range) => string): string {
  const range = rangeOf(figure)
  return range ? ` (${words(range)})` : ''
}

function valueRange({ low, high }: Range, wording: Wording): string {
  return `${valueWords(low, wording)} to ${valueWords(high, wording)}`
}

/** As many decimals as the surest estimate can tell. */
function wordingOf({ intervals }: ReplayAnswer): Wording {
  const halves = Object.values(intervals).flatMap((figure) => {
    const range = figure && rangeOf(figure)
    return range ? [(range.high - range.low) / 2] : []
  })
  return wordingFor({ kind: 'share' }, halves.length > 0 ? Math.min(...halves) : undefined)
}

function drawable(figure: PolicyFigure): Drawable | null {
  const range = rangeOf(figure)
  return range && { ...range, value: figure.value }
}

interface Range {
  readonly low: number
  readonly high: number
}

function rangeOf({ low, high }: PolicyFigure): Range | null {
  return low === null || high === null ? null : { low, high }
}
