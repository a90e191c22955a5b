/**
 * May a treatment be shipped? One answer a treatment, by the table that was written down before the data (`stats/ship-decision.ts`).
 *
 * Success is the primary metric with its corrected status; while the experiment runs only harm counts. Guardrails count as they stand.
 */
import { type ShipDecision, shipDecision } from '../stats/ship-decision.ts'
import type { Comparison, Decision, GuardrailReport, MetricReport, PlanProgress, Trust } from './report-shape.ts'
import { namesOf, quoted } from './verdict-sentences.ts'

export interface Evidence {
  readonly primary: MetricReport
  readonly guardrails: readonly GuardrailReport[]
  readonly plan: PlanProgress
  readonly blockedBy: Trust['blockedBy']
}

export function decisionsOf({ primary, guardrails, plan, blockedBy }: Evidence): readonly Decision[] {
  return primary.comparisons.map((comparison) => {
    const states = guardrails.map(({ metric, results }) => ({ metric, state: results.find(({ arm }) => arm === comparison.arm)!.state }))
    const decided = shipDecision({
      mistrusted: blockedBy !== null,
      planComplete: plan.reached && comparison.status !== 'unknown',
      success: [{ metric: primary.key, shown: shownOf(comparison) }],
      guardrails: states.map(({ metric, state }) => ({ metric, nonInferior: state === 'holds', shownWorse: state === 'breached' })),
    })
    const breached = states.filter(({ state }) => state === 'breached').map(({ metric }) => metric)
    return { arm: comparison.arm, ...wordsOf(decided, { arm: comparison.arm, primary: primary.key, breached, any: guardrails.length > 0 }) }
  })
}

function shownOf({ status, harm }: Comparison): 'better' | 'worse' | 'nothing' {
  if (harm) return 'worse'
  return status === 'better' || status === 'worse' ? status : 'nothing'
}

interface Subject {
  readonly arm: string
  readonly primary: string
  readonly breached: readonly string[]
  /** Whether there are guardrails. */
  readonly any: boolean
}

function wordsOf(decided: ShipDecision, { arm, primary, breached, any }: Subject): Omit<Decision, 'arm'> {
  const subject = quoted(arm)
  switch (decided.kind) {
    case 'fix-first':
      return { kind: 'fix first', because: [], sentence: `Decide nothing about ${subject}: a trust check failed.` }
    case 'do-not-ship': {
      const reasons = [
        ...(decided.because.some((key) => key === primary && !breached.includes(key)) ? [`it is worse on ${quoted(primary)}`] : []),
        ...(breached.length > 0 ? [`it breaches the margin of ${namesOf(breached)}`] : []),
      ]
      return { kind: 'do not ship', because: [...new Set(decided.because)], sentence: `Do not ship ${subject}: ${reasons.join(', and ')}.` }
    }
    case 'not-yet': {
      const open = decided.because.filter((key) => key !== primary)
      const waits =
        open.length > 0
          ? `${namesOf(open)} ${open.length === 1 ? 'is' : 'are'} not shown to hold`
          : `nothing is shown on ${quoted(primary)} yet`
      return { kind: 'not yet', because: decided.because, sentence: `No decision on ${subject} yet: ${waits}.` }
    }
    case 'ship':
      return {
        kind: 'ship',
        because: decided.because,
        sentence: `Ship ${subject}: better on ${quoted(primary)}${any ? ', and every guardrail holds' : ''}.`,
      }
    case 'nothing-shown':
      return {
        kind: 'nothing shown',
        because: [],
        sentence: `Nothing speaks for ${subject}: no difference is shown on ${quoted(primary)}.`,
      }
  }
}
