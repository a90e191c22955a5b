/**
 * Welch's t-test: do the means of two arms differ, when their variances may too?
 *
 * Needs only moments of unit totals. The interval, the p-value and the relative lift are inversions of the same statistic.
 * @see Welch (1947), doi:10.1093/biomet/34.1-2.28
 */
import { type ArmPair, armMeanOf, differenceOfArms } from './arm-estimate.ts'
import { type Comparison, compareArms } from './comparison.ts'
import { type Effect, isUnknown, type Unknown } from './estimate.ts'
import type { Moments } from './moments.ts'

/** Difference of means, treatment minus control, with Welch's degrees of freedom. Unknown below two units an arm or without variance. */
export function differenceOfMeans({ control, treatment }: ArmPair<Moments>): Effect | Unknown {
  const c = armMeanOf(control)
  if (isUnknown(c)) return c
  const t = armMeanOf(treatment)
  return isUnknown(t) ? t : differenceOfArms({ control: c, treatment: t })
}

/** Welch's test of two means with the relative lift beside it. */
export function compareMeans({ control, treatment }: ArmPair<Moments>, { level }: { readonly level: number }): Comparison | Unknown {
  const c = armMeanOf(control)
  if (isUnknown(c)) return c
  const t = armMeanOf(treatment)
  return isUnknown(t) ? t : compareArms({ control: c, treatment: t }, { method: 'welch', level })
}
