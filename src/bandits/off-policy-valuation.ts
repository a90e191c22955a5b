/**
 * A valuation: what another policy would have earned, or the reasons why this log cannot say.
 *
 *     moments ─▶ overlap ─▶ refusals? ─ none ─▶ six values with errors, what the log earned, and the gain
 *
 * Thin overlap gives no number at all: a doubly robust estimate on two effective rows was measured at 0.00009 for a truth of 0.0046.
 */
import { assertLevel } from '../stats/estimate.ts'
import { gainOverLog, loggedValue, type PolicyValue, type PolicyValues, policyValues } from './off-policy-estimates.ts'
import type { OffPolicyMoments } from './off-policy-moments.ts'
import { type Overlap, overlapOf, type Refusal, refusalsOf } from './off-policy-overlap.ts'

export type Valuation =
  | {
      readonly kind: 'valued'
      readonly overlap: Overlap
      readonly values: PolicyValues
      /** What the log itself earned per decision. */
      readonly logged: PolicyValue
      /** DR minus that. */
      readonly gain: PolicyValue
    }
  | { readonly kind: 'refused'; readonly overlap: Overlap; readonly refusals: readonly Refusal[] }

/** Values a policy from its moments, at a confidence level in (½, 1). */
export function valuationOf(moments: OffPolicyMoments, { level }: { readonly level: number }): Valuation {
  assertLevel(level)
  const overlap = overlapOf(moments)
  const refusals = refusalsOf(overlap, moments.unsupported.length)
  if (refusals.length > 0) return { kind: 'refused', overlap, refusals }
  const at = { level }
  return {
    kind: 'valued',
    overlap,
    values: policyValues(moments, at),
    logged: loggedValue(moments, at),
    gain: gainOverLog(moments, at),
  }
}
