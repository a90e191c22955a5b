/**
 * Harm in words, while the experiment runs: the primary metric worse, or a guardrail breached, at any look, justifies stopping and comes
 * first; what is worse on other metrics is told after it.
 */
import { countWords, liftWords, shareWords } from './number-words.ts'
import type { GuardrailReport, GuardrailResult } from './report-shape.ts'
import { compared, type Facts, NAMES_MOST, quoted } from './verdict-sentences.ts'

export function harmSentences(facts: Facts, ended: boolean): readonly string[] {
  const reasons = [...primaryReasons(facts), ...guardrailReasons(facts)]
  const [first, ...rest] = reasons
  return [
    ...(first ? [`Stopping for harm ${ended ? 'was' : 'is'} justified: ${first.words}. That interval holds at every look.`] : []),
    ...(rest.length > 0 ? [`Harm is shown, too, in ${listOf(rest.map(({ arm, metric }) => `${quoted(arm)} on ${quoted(metric)}`))}.`] : []),
    ...otherMetrics(facts),
  ]
}

/** After the plan: what may be shipped, as far as guardrails have a say in it. */
export function decisionSentences({ guardrails, decisions }: Facts): readonly string[] {
  if (guardrails.length === 0) return []
  const shown = decisions.slice(0, NAMES_MOST).map(({ sentence }) => sentence)
  return decisions.length > NAMES_MOST
    ? [...shown, `${countWords(decisions.length - NAMES_MOST)} more arms: see the guardrails below.`]
    : shown
}

interface Reason {
  readonly arm: string
  readonly metric: string
  readonly words: string
}

function primaryReasons(facts: Facts): readonly Reason[] {
  const primary = facts.metrics.find((metric) => metric.primary)!
  return primary.comparisons
    .filter(({ harm }) => harm)
    .map((comparison) => {
      const { arm, control } = comparison
      const words = `${quoted(arm)} is worse than ${quoted(control)} on ${quoted(primary.key)}: ${compared(facts, primary, comparison)}`
      return { arm, metric: primary.key, words }
    })
}

/** A primary metric that is a guardrail as well is told once. */
function guardrailReasons({ guardrails, metrics }: Facts): readonly Reason[] {
  const primary = metrics.find((metric) => metric.primary)!.key
  return guardrails
    .filter(({ metric }) => metric !== primary)
    .flatMap((guardrail) =>
      guardrail.results
        .filter(({ state }) => state === 'breached')
        .map((result) => ({ arm: result.arm, metric: guardrail.metric, words: breachWords(guardrail, result) })),
    )
}

/** "“hybrid” breaches the guardrail “net-revenue”: -5.2 % at best, where -2.0 % is accepted" */
function breachWords({ metric, margin, direction }: GuardrailReport, { arm, atBest }: GuardrailResult): string {
  const accepted = `${direction === 'increase' ? '-' : '+'}${shareWords(margin)}`
  const best = typeof atBest === 'number' ? `${liftWords(atBest)} at best, where ${accepted} is accepted` : `more than ${accepted}`
  return `${quoted(arm)} breaches the guardrail ${quoted(metric)}: ${best}`
}

function otherMetrics({ metrics, guardrails }: Facts): readonly string[] {
  const breached = new Set(
    guardrails.flatMap(({ metric, results }) => results.filter(({ state }) => state === 'breached').map(({ arm }) => `${metric} ${arm}`)),
  )
  const others = metrics
    .filter((metric) => !metric.primary)
    .flatMap(({ key, comparisons }) =>
      comparisons.filter(({ harm, arm }) => harm && !breached.has(`${key} ${arm}`)).map(({ arm }) => `${quoted(arm)} on ${quoted(key)}`),
    )
  return others.length > 0 ? [`Worse already, at any look: ${listOf(others)}.`] : []
}

function listOf(parts: readonly string[]): string {
  const rest = parts.length - NAMES_MOST
  return parts.slice(0, NAMES_MOST).join(', ') + (rest > 0 ? ` and ${countWords(rest)} more` : '')
}
