/** How true learned chances are, as text: figures policy by policy, and what was said beside what happened, in ten bins. */
import { countWords } from '../reports/number-words.ts'
import type { Paint } from '../reports/paint.ts'
import { type Column, harmless, heading, tableOf, wrapped } from '../reports/text-table.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { Reliability } from '../stats/reliability.ts'
import type { CheckedChances } from '../training/calibration-check.ts'

const TITLES = ['policy', 'by', 'of', 'learned from', 'purchases', 'ECE', 'skill', 'log loss', 'ECE set', 'log loss set']
const COLUMNS: readonly Column[] = TITLES.map((title, i) => ({ title, align: i < 3 ? 'left' : 'right' }))
const BIN_COLUMNS: readonly Column[] = ['policy', 'said', 'happened', '95 % interval', 'of'].map((title, i) => ({
  ...{ title, align: i === 0 ? ('left' as const) : ('right' as const) },
}))

export function chancesPage(checked: readonly CheckedChances[], paint: Paint): string {
  return [
    heading('CHANCES', 'held against what was bought in the last week', paint),
    ...tableOf(COLUMNS, checked.map(rowOf)),
    '',
    ...tableOf(BIN_COLUMNS, checked.flatMap(binsOf)),
    '',
    ...wrapped(
      'by: what chances go by. of: shown, of items that shoppers were shown; wanted, of everything, because a file does not tell what was shown. ECE: by how ' +
        'much chances are off on average; skill: Brier’s, 0 knows how often, 1 knows all; set: by settings, 2 % times the score beside the best. ' +
        'said and happened: mean chance and share that was bought, a tenth of the items each.',
    ),
  ].join('\n')
}

function rowOf({ policy, calibration, learned, settings }: CheckedChances): readonly string[] {
  if (isUnknown(calibration)) return [harmless(policy), `? (${calibration.because})`, '', '', '', '', '', '', '', '']
  const { basis, from, purchases } = calibration
  const told = of(learned, ({ events }) => countWords(events))
  const skill = of(learned, ({ brierSkill }) => (typeof brierSkill === 'number' ? brierSkill.toFixed(4) : '?'))
  return [
    ...[harmless(policy), basis, from, countWords(purchases), told],
    ...[of(learned, ece), skill, of(learned, loss), of(settings, ece), of(settings, loss)],
  ]
}

function binsOf({ policy, learned }: CheckedChances): readonly (readonly string[])[] {
  if (isUnknown(learned)) return []
  return learned.bins.map(({ predicted, observed, interval, n }, i) => [
    ...[i === 0 ? harmless(policy) : '', predicted.toFixed(5), observed.toFixed(5)],
    ...[`${interval.low.toFixed(5)}–${interval.high.toFixed(5)}`, countWords(n)],
  ])
}

const ece = ({ ece: value }: Reliability) => value.toFixed(5)
const loss = ({ logLoss }: Reliability) => logLoss.toFixed(5)

function of(reliability: Reliability | Unknown, words: (known: Reliability) => string): string {
  return isUnknown(reliability) ? '?' : words(reliability)
}
