/** The page's table of segments: as measured and as believable, so that nobody ships the luckiest of ten. */
import { countWords, differenceRange, differenceWords, pWords, type Wording } from '../reports/number-words.ts'
import { reasonWords } from '../reports/reason-words.ts'
import { harmless, tableOf, wrapped } from '../reports/text-table.ts'
import type { Estimated, Result } from './answer-shape.ts'

/** Lines under a metric; none when no segments were asked for. */
export function segmentLines(
  { arm, segments }: Result,
  { wording, several }: { readonly wording: Wording; readonly several: boolean },
): string[] {
  if (segments === undefined) return []
  const title = several ? `segments of ${harmless(arm)}` : 'segment'
  if (!('rows' in segments)) return ['', ...wrapped(`${title}: unknown, because ${reasonWords(segments.because)}`, '  ')]
  const cell = (value: Estimated | { readonly because: unknown }): string =>
    'estimate' in value ? `${differenceWords(value.estimate, wording)} (${differenceRange(value, wording)})` : 'unknown'
  const table = tableOf(
    [
      { title, align: 'left' },
      { title: 'units', align: 'right' },
      { title: 'as measured', align: 'left' },
      { title: 'believable', align: 'left' },
    ],
    segments.rows.map(({ segment, units, raw, shrunk }) => [
      harmless(segment),
      countWords(units.control + units.treatment),
      cell(raw),
      cell(shrunk),
    ]),
  )
  const p = pWords(Math.log10(segments.pValue))
  const verdict = segments.differ
    ? `The effect differs between segments (p ${p}).`
    : `There is no evidence that the effect differs between segments (p ${p}).`
  return ['', ...table, ...wrapped(verdict, '  ')]
}
