/**
 * remote: any other recommender, asked over HTTP. This is the pure half: what it is asked, and what its answer means.
 *
 *     shell asks (serving/remote-strategies) ─▶ answer comes with the request, like time and chance ─▶ rank: filter, order
 *
 * It answers {"items": ["SKU-1", …]}, best first, or {"items": [{"itemId": "SKU-1", "score": 0.8}, …]}. What this catalogue does not know is
 * left out and counted.
 */
import { z } from 'zod'
import type { Catalogue } from './catalogue.ts'
import type { PolicyKind, RankRequest, Why } from './policy.ts'
import { newSieve, passes, prepare } from './sieve.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'

const KIND = 'remote'
/** A slate has to be written within 150 ms; the log may need 60 of them when PostgreSQL hangs. */
const DEADLINE_MS_MAX = 90

const parameters = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .max(2000)
    .refine((url) => !URL_WITH_NAME.test(url), 'must not hold a user name or password')
    .meta({ description: 'Asked by POST. https, unless private addresses are allowed here.' }),
  deadlineMs: z.number().int().min(5).max(DEADLINE_MS_MAX).default(80).meta({ description: 'From the question to the last byte.' }),
  concurrency: z.number().int().min(1).max(500).default(50).meta({ description: 'Questions under way at once, on one node.' }),
  bytesMax: z
    .number()
    .int()
    .min(256)
    .max(1024 * 1024)
    .default(128 * 1024)
    .meta({ description: 'Longer answers are cut off and count as failures.' }),
  lastGoodSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .meta({ description: 'After a failure the last good answer to the same question serves, if it is not older; 0 keeps none.' }),
  history: z.number().int().min(0).max(50).default(20).meta({ description: 'How many of the shopper’s latest items it is told.' }),
  tellUnit: z.boolean().default(true).meta({ description: 'Whether it is told the shopper’s pseudonym.' }),
  repeat: z.boolean().default(true).meta({ description: 'Whether items of the shopper’s history may be shown again.' }),
})
export type RemoteParameters = z.output<typeof parameters>

const URL_WITH_NAME = /^https?:\/\/[^/?#]*@/

/** What it answered, in item numbers; or why there is no answer. */
export type RemoteAnswer = Answered | { readonly kind: 'failed'; readonly because: string }

interface Answered {
  readonly kind: 'answered'
  /** Best first as the other side sees it; each item once, with its score. */
  readonly items: readonly number[]
  readonly scores: readonly number[]
  /** How many it named that this catalogue does not know. */
  readonly unknown: number
}

const REMOTE: Why = { kind: 'remote' }

export const remote: PolicyKind<RemoteParameters> = {
  kind: KIND,
  title: 'Remote',
  description: 'Any other recommender, asked over HTTP within a deadline.',
  parameters,
  operational: ['deadlineMs', 'concurrency', 'bytesMax', 'lastGoodSeconds'],
  open: (key, _body, given, { catalogue }) => {
    const sieve = newSieve(catalogue.size)
    const top = newTopK()
    return {
      key,
      kind: KIND,
      modelVersion: 'none',
      remote: given,
      rank: (request) => {
        const answer = request.answers?.get(key)
        if (!answer)
          throw new Error('It was not asked: remote strategies serve as an arm or as the surface’s own policy, not as a fallback.')
        if (answer.kind === 'failed') throw new Error(answer.because)
        prepare(sieve, request, given.repeat)
        reset(top, request.size)
        answer.items.forEach((item, i) => {
          if (passes(sieve, item)) offer(top, item, answer.scores[i]!)
        })
        sort(top)
        const items = Array.from(top.items.subarray(0, top.count))
        return { items, scores: Array.from(top.scores.subarray(0, top.count)), why: items.map(() => REMOTE) }
      },
    }
  },
}

/** What of a request a remote strategy is told. */
export interface RemoteQuestion {
  readonly surface: string
  /** Hexadecimal pseudonym; null when nobody is to be told. */
  readonly unit: string | null
  readonly size: number
  readonly itemId: string | null
  readonly cart: readonly string[]
  readonly history: readonly string[]
  readonly candidates: readonly string[] | null
}

/** The question in item ids. */
export function questionOf(
  request: RankRequest,
  { ids }: Catalogue,
  asked: { readonly surface: string; readonly unit: string | null; readonly parameters: RemoteParameters },
): RemoteQuestion {
  const named = (items: readonly number[]) => items.flatMap((item) => (ids[item] ? [ids[item]] : []))
  return {
    surface: asked.surface,
    unit: asked.parameters.tellUnit ? asked.unit : null,
    size: request.size,
    itemId: request.item === null ? null : (ids[request.item] ?? null),
    cart: named(request.cart),
    history: named(request.history.slice(0, asked.parameters.history)),
    candidates: request.candidates && named(request.candidates),
  }
}

/** Items of an answer that are looked at. */
const ITEMS_MAX = 1000

/**
 * How many brackets, and how many colons and commas, a text may have to be looked at. JSON.parse takes a hundred times as long for a megabyte of
 * brackets (61 ms) as for one of text, and nothing else happens meanwhile; strings of an honest answer hold few of these.
 */
const SIGNS_MAX = { '[': 100, '{': 4 * ITEMS_MAX, ':': 16 * ITEMS_MAX, ',': 16 * ITEMS_MAX }

/** Reads the text of an answer; throws a plain sentence when it is none. */
export function readAnswer(text: string, catalogue: Pick<Catalogue, 'numberOf'>): Answered {
  for (const [sign, most] of Object.entries(SIGNS_MAX)) {
    let count = 0
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1))
      if (++count > most) throw new Error(`The answer has more than ${most} times "${sign}".`)
  }
  return answerIn(parsed(text), catalogue)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('The answer is not JSON.')
  }
}

/** Takes an answer for what it says; throws a plain sentence when it is none. Each item once; scores fall with the place where none are given. */
export function answerIn(value: unknown, { numberOf }: Pick<Catalogue, 'numberOf'>): Answered {
  const list = typeof value === 'object' && value !== null ? (value as { items?: unknown }).items : undefined
  if (!Array.isArray(list)) throw new Error('The answer has no list of items.')
  const found = new Map<number, number>()
  let unknown = 0
  list.slice(0, ITEMS_MAX).forEach((entry: unknown, place) => {
    const { itemId, score } = entryOf(entry, place)
    const item = numberOf(itemId)
    if (item === undefined) unknown++
    else if (!found.has(item)) found.set(item, score)
  })
  return { kind: 'answered', items: [...found.keys()], scores: [...found.values()], unknown }
}

function entryOf(entry: unknown, place: number): { readonly itemId: string; readonly score: number } {
  if (typeof entry === 'string') return { itemId: entry, score: 1 / (place + 1) }
  const { itemId, score } = (entry ?? {}) as { itemId?: unknown; score?: unknown }
  if (typeof itemId !== 'string') throw new Error('An item of the answer has no itemId.')
  if (score === undefined) return { itemId, score: 1 / (place + 1) }
  if (typeof score !== 'number' || !Number.isFinite(score)) throw new Error('An item of the answer has a score that is no number.')
  return { itemId, score }
}
