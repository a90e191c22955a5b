/**
 * The naive figure of a bandit: the plain difference of the arms' means, labelled for what it is.
 *
 * A bandit stops drawing an arm after bad luck, so its mean stays too low: 8.5 % relative on average for the losing arm under Thompson
 * sampling, 28 % when the base rate drifts. It is shown beside the honest figure so that the difference can be seen, never alone.
 */
import type { ArmPair } from './arm-estimate.ts'
import type { Comparison } from './comparison.ts'
import type { Unknown } from './estimate.ts'
import type { Moments } from './moments.ts'
import { compareMeans } from './welch.ts'

export interface NaiveComparison {
  readonly kind: 'naive'
  readonly biased: true
  readonly comparison: Comparison | Unknown
}

/** Compares pooled rows of two arms as if they had been allocated without looking. */
export function naiveComparison(arms: ArmPair<Moments>, { level }: { readonly level: number }): NaiveComparison {
  return { kind: 'naive', biased: true, comparison: compareMeans(arms, { level }) }
}
