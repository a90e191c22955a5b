/**
 * The decision rule, written down before the data: ship only if something got better and nothing that matters got worse.
 *
 *     trust check failed                                  → fix it first; no number counts
 *     a success metric or a guardrail shown worse         → do not ship
 *     a guardrail not shown non-inferior                  → not yet
 *     at least one success metric shown better            → ship
 *     otherwise                                           → not yet (or nothing shown, when the plan is complete)
 *
 * Success metrics are corrected for their number, guardrails are not: all of them have to pass. Each guardrail can fail to pass by bad
 * luck, so their power has to be planned at 1 − β/(G + 1).
 * @see Schultzberg, Ankargren & Frånberg (2024), arXiv:2402.11609
 */
export interface ShipEvidence {
  /** A sample ratio mismatch, or a log that does not add up. */
  readonly mistrusted: boolean
  readonly planComplete: boolean
  readonly success: readonly { readonly metric: string; readonly shown: 'better' | 'worse' | 'nothing' }[]
  readonly guardrails: readonly { readonly metric: string; readonly nonInferior: boolean; readonly shownWorse: boolean }[]
}

export type ShipDecision =
  | { readonly kind: 'ship'; readonly because: readonly string[] }
  | { readonly kind: 'do-not-ship'; readonly because: readonly string[] }
  | { readonly kind: 'not-yet'; readonly because: readonly string[] }
  | { readonly kind: 'nothing-shown' }
  | { readonly kind: 'fix-first' }

/** Reads the table; `because` names the metrics that decided. */
export function shipDecision({ mistrusted, planComplete, success, guardrails }: ShipEvidence): ShipDecision {
  if (mistrusted) return { kind: 'fix-first' }
  const worse = [
    ...success.filter((metric) => metric.shown === 'worse').map(({ metric }) => metric),
    ...guardrails.filter((guardrail) => guardrail.shownWorse).map(({ metric }) => metric),
  ]
  if (worse.length > 0) return { kind: 'do-not-ship', because: worse }
  const open = guardrails.filter((guardrail) => !guardrail.nonInferior).map(({ metric }) => metric)
  if (open.length > 0) return { kind: 'not-yet', because: open }
  const better = success.filter((metric) => metric.shown === 'better').map(({ metric }) => metric)
  if (better.length > 0) return { kind: 'ship', because: better }
  return planComplete ? { kind: 'nothing-shown' } : { kind: 'not-yet', because: success.map(({ metric }) => metric) }
}
