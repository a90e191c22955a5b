/** A what-if as a page of plain text: the answer or the refusal, every metric under both policies, traffic, estimators, overlap, notes. */
import { ESTIMATORS } from '../bandits/off-policy-estimates.ts'
import { type Drawable, drawIntervals } from './interval-drawing.ts'
import { countOf, differenceRange, differenceWords, shareWords, valueWords, type Wording, wordingFor } from './number-words.ts'
import { type Paint, PLAIN } from './paint.ts'
import { harmless, heading, PAGE_WIDTH, tableOf, widthOf, wrapped } from './text-table.ts'
import { confidence } from './verdict-sentences.ts'
import type { WhatIf, WhatIfFigure, WhatIfValue } from './what-if-shape.ts'

const DRAWING_LEAST = 16

/** Writes the page. */
export function whatIfText(answer: WhatIf, paint: Paint = PLAIN): string {
  const sections = [resultLines, valueLines, trafficLines, estimateLines, overlapLines, noteLines]
  return `${sections
    .map((section) => section(answer, paint))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function resultLines(answer: WhatIf, paint: Paint): string[] {
  const { asked, reward, because, remedy, experiment, epoch } = answer
  const title = heading('WHAT IF', `${harmless(experiment)}, epoch ${epoch}: ${harmless(asked.words)}`, paint)
  if (!reward.would || !reward.ran || !reward.difference)
    return [title, ...wrapped(`Refused. ${because}`, '  ').map(paint.bad), ...wrapped(`What helps: ${remedy}`, '  ')]
  const wording = wordingOf(reward)
  const range = rangeOf(reward.difference)
  const sentence = `The reward of a decision would have been ${valueWords(reward.would.value, wording)} where it was ${valueWords(reward.ran.value, wording)}: ${differenceWords(reward.difference.value, wording)}${range ? ` (${confidence(asked.level)}: ${differenceRange(range, wording)})` : ''}, ${verdictOf(reward.difference)}.`
  return [title, ...wrapped(sentence, '  ')]
}

function verdictOf(difference: WhatIfFigure): string {
  const range = rangeOf(difference)
  if (!range || (range.low <= 0 && range.high >= 0)) return 'no difference shown'
  return range.low > 0 ? 'more' : 'less'
}

function valueLines({ reward, metrics, asked }: WhatIf, paint: Paint): string[] {
  const column = (title: string, align: 'left' | 'right') => ({ title, align }) as const
  const quantities = [reward, ...metrics]
  const rows = quantities.flatMap((value) => {
    const cells = valueCells(value)
    return cells ? [[harmless(value.name), ...cells]] : []
  })
  if (rows.length === 0) return []
  return [
    heading('PER DECISION', '', paint),
    ...tableOf(
      [
        column('', 'left'),
        column('as it ran', 'right'),
        column('would have', 'right'),
        column('difference', 'right'),
        column(`${confidence(asked.level)} interval`, 'left'),
      ],
      rows,
    ),
    ...quantities
      .filter(({ kind }) => kind === 'refused')
      .flatMap(({ name, because }) => wrapped(`${harmless(name)}: refused. ${because}`, '  ')),
  ]
}

function valueCells(value: WhatIfValue): readonly string[] | null {
  const { ran, would, difference } = value
  if (!ran || !would || !difference) return null
  const wording = wordingOf(value)
  const range = rangeOf(difference)
  return [
    valueWords(ran.value, wording),
    valueWords(would.value, wording),
    differenceWords(difference.value, wording),
    range ? differenceRange(range, wording) : 'unknown',
  ]
}

function trafficLines({ traffic }: WhatIf, paint: Paint): string[] {
  if (traffic.length === 0) return []
  return [
    heading('TRAFFIC', '', paint),
    ...tableOf(
      [
        { title: '', align: 'left' },
        { title: 'as it ran', align: 'right' },
        { title: 'would have', align: 'right' },
      ],
      traffic.map(({ arm, ran, would }) => [harmless(arm), shareWords(ran), shareWords(would)]),
    ),
  ]
}

function estimateLines({ reward, asked }: WhatIf, paint: Paint): string[] {
  const { estimates, ran } = reward
  if (!estimates || !ran) return []
  const wording = wordingOf(reward)
  const named = ESTIMATORS.flatMap((name) =>
    estimates[name] ? [{ name: name === 'SwitchDR' ? `SwitchDR ${asked.switchAt}` : name, figure: estimates[name] }] : [],
  )
  const rows = [{ name: 'as it ran', figure: ran }, ...named].map(({ name, figure }) => {
    const range = rangeOf(figure)
    return {
      name,
      shown: valueWords(figure.value, wording),
      words: range ? `${valueWords(range.low, wording)} to ${valueWords(range.high, wording)}` : 'unknown',
      drawable: range && ({ ...range, value: figure.value } satisfies Drawable),
    }
  })
  const title = `${confidence(asked.level)} interval`
  const widths = [rows.map(({ name }) => name), rows.map(({ shown }) => shown), [title, ...rows.map(({ words }) => words)]]
  const taken = widths.map((texts) => Math.max(...texts.map(widthOf)) + 2).reduce((sum, width) => sum + width, 2)
  const drawing = drawIntervals(
    rows.map(({ drawable }) => drawable),
    Math.max(PAGE_WIDTH - taken, DRAWING_LEAST),
    (value) => valueWords(value, wording),
  )
  return [
    heading('REWARD', 'by estimator', paint),
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

function overlapLines({ log, overlap }: WhatIf, paint: Paint): string[] {
  const { effectiveSampleSize, maxWeightShare, meanWeight } = overlap
  const share = log.used === 0 ? 0 : effectiveSampleSize / log.used
  const said = [
    `${countOf(log.used, 'decision')} of ${countOf(log.units, 'unit')} say as much as ${countOf(Math.floor(effectiveSampleSize), 'decision')} of the other policy would (${shareWords(share)})`,
    `the heaviest one has ${shareWords(maxWeightShare)} of the weight`,
    `the mean weight is ${meanWeight.value.toFixed(3)} ± ${meanWeight.standardError.toFixed(3)}, and should be 1 but for chance`,
  ]
  return [heading('OVERLAP', '', paint), ...said.flatMap((line) => wrapped(line, '  '))]
}

function noteLines({ notes }: WhatIf, paint: Paint): string[] {
  if (notes.length === 0) return []
  return [
    heading('NOTES', '', paint),
    ...notes.flatMap((note) => wrapped(harmless(note), '    ').map((line, i) => (i === 0 ? `  - ${line.slice(4)}` : line))),
  ]
}

/** As many decimals as the difference can tell. */
function wordingOf({ measure, difference }: WhatIfValue): Wording {
  const range = difference && rangeOf(difference)
  return wordingFor(measure, range ? (range.high - range.low) / 2 : undefined, 2)
}

interface Range {
  readonly low: number
  readonly high: number
}

function rangeOf({ low, high }: WhatIfFigure): Range | null {
  return low === null || high === null ? null : { low, high }
}
