/**
 * The next item of a visit: a policy sees the visit so far and is asked what comes next, again after every item.
 *
 *     MRR@20 = mean of 1/rank of the next item, 0 below rank 20        HR@20 = share of next items among the first 20
 *
 * The newest item is the page, the earlier ones are the history, newest first; items seen earlier in the visit may come again, the page's
 * own may not. A next item that training never saw counts as missed. Intervals resample whole visits: their questions hang together.
 * @see Ludewig & Jannach (2018), doi:10.1007/s11257-018-9209-6, for the protocol
 */
import type { Ranker, RankRequest } from '../policies/policy.ts'
import { randomOf } from '../stats/random.ts'
import type { SessionResult } from './evaluation-shape.ts'
import { bootstrapMeans } from './resampling.ts'

/** Items of a visit in the order of time; −1 for one that training never saw. */
export type VisitItems = readonly number[]

export interface NextItemOptions {
  readonly visits: readonly VisitItems[]
  /** By item number, 1 when it may be recommended. */
  readonly allowed: Uint8Array
  readonly replicates: number
  readonly level: number
  readonly seed: number
  readonly progress: (done: number) => void
}

const DEPTH = 20
const VISITS_A_REPORT = 32

/** Asks one policy about every next item of every visit. */
export function nextItems(ranker: Ranker, options: NextItemOptions): SessionResult {
  const { visits, allowed, replicates, level, seed, progress } = options
  const asked = visits.filter((visit) => visit.length > 1)
  const sizes = Float64Array.from(asked, (visit) => visit.length - 1)
  const reciprocals = new Float64Array(asked.length)
  const hits = new Float64Array(asked.length)
  asked.forEach((visit, v) => {
    if (v % VISITS_A_REPORT === 0) progress(v / asked.length)
    for (let next = 1; next < visit.length; next++) {
      const rank = ranker.rank(requestAt(visit, next, allowed)).items.indexOf(visit[next]!)
      if (rank < 0) continue
      reciprocals[v]! += 1 / (rank + 1)
      hits[v]!++
    }
  })
  const questions = sizes.reduce((sum, size) => sum + size, 0)
  const random = randomOf(seed)
  const [mrr, hr] = bootstrapMeans([reciprocals, hits], { replicates, level, random, sizes })
  return {
    ...{ policy: ranker.key, kind: ranker.kind, visits: asked.length, questions },
    metrics: { 'mrr@20': sumOf(reciprocals) / questions, 'hr@20': sumOf(hits) / questions },
    interval: { 'mrr@20': mrr!, 'hr@20': hr! },
  }
}

/** What the policy is asked before item number `next` of the visit comes. */
function requestAt(visit: VisitItems, next: number, allowed: Uint8Array): RankRequest {
  const page = visit[next - 1]!
  const before = [...new Set(visit.slice(0, next - 1).reverse())].filter((item) => item !== page)
  return { size: DEPTH, item: page, history: before, cart: [], candidates: null, allowed }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
