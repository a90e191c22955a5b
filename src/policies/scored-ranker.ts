/** From scores to a ranking: score, sieve, keep the best, say why. What the policies that score have in common. */
import type { Ranked, Ranker, Scored, Scorer, Why } from './policy.ts'
import { newSieve, passes, prepare, type Sieve } from './sieve.ts'
import { newTopK, offer, reset, sort, type TopK } from './top-k.ts'

export interface ScoredRankerOptions {
  readonly key: string
  readonly kind: string
  readonly modelVersion: string
  /** Item numbers that the scorer may return lie below. */
  readonly itemCount: number
  /** Whether what is in the shopper's history may be shown again. */
  readonly repeat: boolean
}

/** A ranker that shows the best of what a scorer scores. */
export function scoredRanker(scorer: Scorer, { key, kind, modelVersion, itemCount, repeat }: ScoredRankerOptions): Ranker {
  const sieve = newSieve(itemCount)
  const top = newTopK()
  return {
    key,
    kind,
    modelVersion,
    scorer,
    rank: (request) => {
      prepare(sieve, request, repeat)
      keepBest(top, scorer.score(request, request.size), { sieve, size: request.size, lift: null })
      return rankedOf(top, scorer.explain)
    },
  }
}

export interface Selection {
  readonly sieve: Sieve
  readonly size: number
  /** Multiplies the score of each item; null multiplies nothing. */
  readonly lift: Float64Array | null
}

/** What is not above 0 is not worth a place; no NaN passes either. */
const LEAST_SCORE = Number.MIN_VALUE

/** Leaves the best `size` items with positive scores that pass the sieve in `top`; `sort` puts them in order. */
export function keepBest(top: TopK, scored: Scored, selection: Selection): void {
  const { size, lift } = selection
  if (scored.sorted && lift === null) {
    keepFirst(top, scored, selection)
    return
  }
  const bar = barOf(top, scored, selection)
  offerFrom(bar, top, scored, selection)
  if (top.count < size && bar > LEAST_SCORE) offerFrom(LEAST_SCORE, top, scored, selection)
}

function keepFirst(top: TopK, { items, count, scores }: Scored, { sieve, size }: Selection): void {
  reset(top, size)
  for (let k = 0; k < count && top.count < size; k++) {
    const item = items[k]!
    if (scores[item]! >= LEAST_SCORE && passes(sieve, item)) offer(top, item, scores[item]!)
  }
}

/** Looks first, in a loop that does nothing else, and sieves what it found: few of thousands reach the bar. */
function offerFrom(bar: number, top: TopK, scored: Scored, { sieve, size, lift }: Selection): void {
  const { found } = sieve
  const { scores } = scored
  const count = lift === null ? reaching(bar, scored, found) : reachingLifted(bar, scored, lift, found)
  reset(top, size)
  for (let k = 0; k < count; k++) {
    const item = found[k]!
    if (passes(sieve, item)) offer(top, item, lift === null ? scores[item]! : scores[item]! * lift[item]!)
  }
}

function reaching(bar: number, { items, count, scores }: Scored, found: Int32Array): number {
  let n = 0
  for (let k = 0; k < count; k++) {
    const item = items[k]!
    found[n] = item
    n += scores[item]! >= bar ? 1 : 0
  }
  return n
}

function reachingLifted(bar: number, { items, count, scores }: Scored, lift: Float64Array, found: Int32Array): number {
  let n = 0
  for (let k = 0; k < count; k++) {
    const item = items[k]!
    found[n] = item
    n += scores[item]! * lift[item]! >= bar ? 1 : 0
  }
  return n
}

/** A sample of so many says how high the bar may lie. */
const SAMPLE = 128
/** Where there are fewer than so many times as many as are wanted, a bar saves nothing. */
const MANY = 16

/** A score that more than `size` items reach, most probably: it saves keeping what falls out again. Whoever relies on it has to check. */
function barOf(top: TopK, { items, count, scores }: Scored, { sieve, size, lift }: Selection): number {
  if (count < MANY * size || count < SAMPLE) return LEAST_SCORE
  const place = sampleRank(size / count)
  reset(top, place)
  for (let k = 0; k < SAMPLE; k++) {
    const item = items[Math.floor((k * count) / SAMPLE)]!
    const score = lift === null ? scores[item]! : scores[item]! * lift[item]!
    if (score >= LEAST_SCORE && passes(sieve, item)) offer(top, item, score)
  }
  if (top.count < place) return LEAST_SCORE
  sort(top)
  return top.scores[place - 1]!
}

/** The rank in a sample behind which the best `share` of all lie, but for three standard deviations. */
function sampleRank(share: number): number {
  const expected = SAMPLE * share
  return Math.ceil(expected + 3 * Math.sqrt(expected + 1))
}

/** Reads the selection out, best first. */
export function rankedOf(top: TopK, explain: (item: number) => Why): Ranked {
  sort(top)
  const items: number[] = []
  const scores: number[] = []
  const why: Why[] = []
  for (let rank = 0; rank < top.count; rank++) {
    const item = top.items[rank]!
    items.push(item)
    scores.push(top.scores[rank]!)
    why.push(explain(item))
  }
  return { items, scores, why }
}
