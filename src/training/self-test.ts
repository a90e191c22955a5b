/**
 * The self-test: before a model may serve, it is opened and asked for a handful of slates.
 *
 * Known shoppers, pages of items and a stranger, spread evenly over the log. A model is refused when it cannot be opened, breaks a law of
 * the port, or recommends nothing to anybody.
 */
import type { Catalogue } from '../policies/catalogue.ts'
import { type HistoryRows, pastAt } from '../policies/history-body.ts'
import type { Ranked, Ranker, RankRequest } from '../policies/policy.ts'

export interface TestedModel {
  /** How many slates were asked for, and how many came back with something in them. */
  readonly asked: number
  readonly answered: number
  /** Part of the items that may be shown that appeared in a slate. */
  readonly coverage: number
}

const SHOPPERS = 50
const PAGES = 25
const SLATE_SIZE = 10

/** The requests of the test; the same log gives the same ones. */
export function testRequests(histories: HistoryRows, { shown, allowed }: Catalogue, now: number): readonly RankRequest[] {
  const blank: RankRequest = { size: SLATE_SIZE, history: [], item: null, cart: [], candidates: null, allowed, now }
  const shoppers = spread(histories.starts.length - 1, SHOPPERS).map((row) => {
    const past = pastAt(histories, row)
    return { ...blank, history: past.recent.map(({ item }) => item), ...past }
  })
  const pages = spread(shown.length, PAGES).map((at) => ({ ...blank, item: shown[at]! }))
  return [blank, ...shoppers, ...pages]
}

/** Asks a ranker; throws a plain sentence when it must not serve. */
export function selfTest(ranker: Ranker, requests: readonly RankRequest[], { shown }: Catalogue): TestedModel {
  const seen = new Set<number>()
  let answered = 0
  for (const request of requests) {
    const ranked = ranker.rank(request)
    const fault = faultOf(ranked, request)
    if (fault !== null) throw new Error(fault)
    if (ranked.items.length > 0) answered++
    for (const item of ranked.items) seen.add(item)
  }
  if (answered === 0) throw new Error('It has nothing to recommend to anybody yet.')
  return { asked: requests.length, answered, coverage: seen.size / shown.length }
}

function faultOf({ items, scores, why }: Ranked, { size, allowed }: RankRequest): string | null {
  if (items.length > size || scores.length !== items.length || why.length !== items.length) return 'It answers with lists of wrong lengths.'
  if (new Set(items).size !== items.length) return 'It recommends an item twice.'
  if (items.some((item) => allowed[item] !== 1)) return 'It recommends an item that may not be shown.'
  return scores.every(Number.isFinite) ? null : 'It gives scores that are not numbers.'
}

/** At most `wanted` numbers below `count`, evenly spread. */
function spread(count: number, wanted: number): number[] {
  const taken = Math.min(count, wanted)
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}
