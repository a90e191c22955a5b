/**
 * The one rule for what a comparison shows, and for whom it is corrected.
 *
 *     family      a primary metric: its treatments · all other metrics: metric × treatment · no primary metric named: everything
 *     corrected   Holm within the family; a family of one needs no correction
 *     status      better or worse when the interval leaves 0 out and the corrected p is at most 1 − level; else no difference shown
 *
 * The interval is that of the comparison by itself. Where it leaves 0 out and the corrected p does not stand, `byItself` says so.
 */
import { type AdjustedP, adjustPValues } from './multiplicity.ts'

export interface Corrected extends AdjustedP {
  /** Tests that were corrected together, this one included. */
  readonly family: number
}

/** Corrects the tests of a family, in the order given; null stands for a test that is unknown and does not count. */
export function correctFamily(tests: readonly (AdjustedP | null)[]): readonly (Corrected | null)[] {
  const known = tests.filter((test) => test !== null)
  const family = known.length
  const adjusted = family === 1 ? known : holm(known)
  let next = 0
  return tests.map((test) => {
    if (test === null) return null
    const { pValue, log10PValue } = adjusted[next++]!
    return { pValue, log10PValue, family }
  })
}

function holm(tests: readonly AdjustedP[]): readonly AdjustedP[] {
  const log10PValues = tests.map(({ log10PValue }) => log10PValue)
  return adjustPValues(log10PValues, 'holm')
}

export type Shown = 'better' | 'worse' | 'no difference shown'

export interface CorrectedStatus {
  readonly status: Shown
  /** What the interval alone would have shown, when the corrected test does not. */
  readonly byItself?: 'better' | 'worse'
}

/** The status of a comparison; `adjustedPValue` is null where there are no p-values to correct (credible intervals). */
export function correctedStatus({
  interval: { low, high },
  adjustedPValue,
  level,
  direction,
}: {
  readonly interval: { readonly low: number; readonly high: number }
  readonly adjustedPValue: number | null
  readonly level: number
  readonly direction: 'increase' | 'decrease'
}): CorrectedStatus {
  if (low <= 0 && high >= 0) return { status: 'no difference shown' }
  const alone = low > 0 === (direction === 'increase') ? 'better' : 'worse'
  const stands = adjustedPValue === null || adjustedPValue <= 1 - level
  return stands ? { status: alone } : { status: 'no difference shown', byItself: alone }
}
