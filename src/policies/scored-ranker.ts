/** From scores to a ranking: score, sieve, keep the best, say why. What the policies that score have in common. */
import type { Ranked, Ranker, Scored, Scorer, Why } from './policy.ts'
import { newSieve, passes, prepare, type Sieve } from './sieve.ts'
import { leastKept, newTopK, offer, reset, sort, type TopK } from './top-k.ts'

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

/** Leaves the best `size` items with positive scores that pass the sieve in `top`. */
export function keepBest(top: TopK, scored: Scored, { sieve, size, lift }: Selection): void {
  const { items, count, scores, sorted } = scored
  reset(top, size)
  const ordered = sorted && lift === null
  let least = LEAST_SCORE
  for (let k = 0, kept = 0; k < count; k++) {
    const item = items[k]!
    const score = lift === null ? scores[item]! : scores[item]! * lift[item]!
    if (!(score >= least) || !passes(sieve, item)) continue
    offer(top, item, score)
    if (ordered && ++kept >= size) return
    if (top.count === size) least = leastKept(top)
  }
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
