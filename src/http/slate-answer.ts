/**
 * The answer to a slate request as JSON text.
 *
 * Items are put together by hand, from ids that are quoted once for a catalogue: half the time of JSON.stringify, for the longest part.
 */
import type { Choice } from '../decisions/choose-arm.ts'
import type { Served } from '../decisions/ladder.ts'
import type { Reason } from '../decisions/reason.ts'
import type { Why } from '../policies/policy.ts'

export interface SlateAnswer {
  /** As text, 36 characters. */
  readonly decisionId: string
  readonly surface: string
  /** Item ids of the catalogue by number. */
  readonly ids: readonly string[]
  readonly choice: Choice
  readonly served: Served
  readonly reason: Reason
  readonly snapshot: string
  /** Null when nothing was logged. */
  readonly token: string | null
}

/** The body of the answer. */
export function slateJson({ decisionId, surface, ids, choice, served, reason, snapshot, token }: SlateAnswer): string {
  const { running, arm, propensities, policy } = choice
  const experiment = running ? { key: running.key, arm: running.experiment.arms[arm]!.key, propensity: propensities[arm] } : null
  const chances = served.chances && { by: served.chances.by, calibration: served.chances.calibration }
  const rest = JSON.stringify({ experiment, policy, servedPolicy: served.policy, reason, snapshot, ...(chances && { chances }), token })
  return `{"decisionId":"${decisionId}","surface":${JSON.stringify(surface)},"items":[${itemsJson(served, quotedBy(ids))}],${rest.slice(1)}`
}

/** Scores and shares are finite: a finite number is the same text in JSON and in JavaScript. */
function itemsJson({ items, scores, why, terms, chances }: Served, quoted: (item: number) => string): string {
  let text = ''
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ','
    text += `{"itemId":${quoted(items[i]!)},"rank":${i + 1},"score":${scores[i]},"why":${whyJson(why[i]!, quoted)}`
    if (chances !== null) text += `,"chance":${chances.items[i]}`
    text += terms === null ? '}' : `,"terms":${JSON.stringify(terms[i])}}`
  }
  return text
}

function whyJson(why: Why, quoted: (item: number) => string): string {
  if (why.kind === 'popular') return POPULAR
  return why.kind === 'rule' || why.kind === 'remote'
    ? JSON.stringify(why)
    : `{"kind":"${why.kind}","itemId":${quoted(why.item)},"share":${why.share}}`
}

const POPULAR = JSON.stringify({ kind: 'popular' } satisfies Why)
const quotedIds = new WeakMap<readonly string[], (item: number) => string>()

/** Quotes ids when they are asked for, each once; a catalogue that is no longer used takes them with it. */
function quotedBy(ids: readonly string[]): (item: number) => string {
  const known = quotedIds.get(ids)
  if (known) return known
  const texts = new Map<number, string>()
  const quoted = (item: number): string => {
    const kept = texts.get(item)
    if (kept !== undefined) return kept
    const text = JSON.stringify(ids[item])
    texts.set(item, text)
    return text
  }
  quotedIds.set(ids, quoted)
  return quoted
}
