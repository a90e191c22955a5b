/** A metric's numbers in words, with the same decimals wherever they stand. */
import { exponentOf } from '../experiments/money.ts'
import type { Unknown } from '../stats/estimate.ts'
import { differenceRange, differenceWords, liftRange, liftWords, type Wording, wordingFor } from './number-words.ts'
import type { Contrast, Estimate, Measure } from './report-shape.ts'

/** The wording of a measure: fine enough for the narrowest of the intervals. */
export function wordingOf(measure: Measure, contrasts: readonly Contrast[]): Wording {
  const halves = contrasts.flatMap(({ difference }) =>
    difference.kind === 'estimate' && 'low' in difference.interval ? [(difference.interval.high - difference.interval.low) / 2] : [],
  )
  const currencyDigits = measure.kind === 'money' ? exponentOf(measure.currency) : 0
  return wordingFor(measure, halves.length > 0 ? Math.min(...halves) : undefined, currencyDigits)
}

/** "+0.70 pp (+0.08 to +1.32)" */
export function differenceWithRange(difference: Estimate | Unknown, wording: Wording): string {
  if (difference.kind === 'unknown') return 'unknown'
  const { value, interval } = difference
  return differenceWords(value, wording) + ('low' in interval ? ` (${differenceRange(interval, wording)})` : '')
}

/** "+14.3 % (+1.5 to +28.7)" */
export function liftWithRange(lift: Estimate | Unknown): string {
  if (lift.kind === 'unknown') return 'unknown'
  const { value, interval } = lift
  return liftWords(value) + ('low' in interval ? ` (${liftRange(interval)})` : '')
}
