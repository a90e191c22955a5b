/**
 * session: what came next in similar visits (VMIS-kNN).
 *
 *     sim(n) = Σ_{i ∈ s ∩ n} p(i)/|s|                     p: position in the visit s under way, oldest 1, newest |s| ≤ items
 *     sⱼ     = Σ_n sim(n)·(1 − d(n)/10)·ln(N/Nⱼ)          n: the k most similar of the m latest visits that share an item with s
 *
 * d(n) counts from the newest item of s back to the first that n holds: 1 for the newest. Order and recency of the visit under way count,
 * those within past visits do not. Nearest visits beat recurrent networks on most reference lists, learn in seconds and explain themselves.
 * @see Kersbergen, Sprangers & Schelter (2022), Serenade, doi:10.1145/3514221.3517901; Ludewig & Jannach (2018), doi:10.1007/s11257-018-9209-6
 */
import { z } from 'zod'
import { openArrays, packArrays } from './arrays.ts'
import type { PolicyKind, Scorer, TrainingData, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { clear, newScratch } from './scratch.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'
import { indexVisits, openVisitIndex, type VisitIndex } from './visit-index.ts'
import { visitsOf } from './visits.ts'

const KIND = 'session'

const parameters = z.strictObject({
  visits: z
    .number()
    .int()
    .min(1)
    .max(5000)
    .default(500)
    .meta({ description: 'm: so many of the latest visits that share an item are compared.' }),
  neighbours: z.number().int().min(1).max(5000).default(100).meta({ description: 'k: so many of the most similar of them vote.' }),
  items: z.number().int().min(1).max(9).default(5).meta({ description: 'How many of the latest items of the visit under way count.' }),
  gapMinutes: z
    .number()
    .min(1)
    .max(60 * 24 * 3650)
    .default(30)
    .meta({ description: 'A longer pause of a shopper ends a visit.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

/** Of a longer visit, so many items evenly spread over it. */
const ITEMS_MAX = 100
const FORGETTING = 0.1
const MINUTE_SECONDS = 60

export const session: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Session',
  description: 'What came next in the visits most like the one under way; needs no known shopper.',
  parameters,
  train,
  open: (key, body, given) => {
    if (body === null) throw new Error('session needs a trained model.')
    const index = openVisitIndex(openArrays(body.bytes, KIND))
    const { itemCount } = index
    return scoredRanker(scorerOf(index, given), { key, kind: KIND, modelVersion: body.version, itemCount, repeat: given.repeat })
  },
}

function train(data: TrainingData, { visits: visitsMax, gapMinutes }: Parameters): Uint8Array {
  const counts = (weight: number) => weight > 0
  const visits = visitsOf(data, { counts, gapSeconds: gapMinutes * MINUTE_SECONDS, itemsMax: ITEMS_MAX, byBasket: false })
  return packArrays(KIND, indexVisits(visits, { itemCount: data.itemCount, visitsMax }))
}

function scorerOf(index: VisitIndex, { visits: visitsMax, neighbours, items: itemsMax }: Parameters): Scorer {
  const { itemCount, visitCount, itemStarts, itemVisits, visitStarts, visitItems, idf } = index
  const scratch = newScratch(itemCount)
  const seeds = newSeeds(itemsMax)
  const nearest = newTopK()
  /** By visit: similarity, and how far back the newest shared item lies (1 is the newest); 0 for none. */
  const similarity = new Float64Array(visitCount)
  const distance = new Uint8Array(visitCount)
  /** By visit, bit k for the seed k that it shares; kept for the nearest until the next request. */
  const shared = new Uint16Array(visitCount)
  const met = new Int32Array(itemsMax * visitsMax)
  /** p/|s| by position in the seeds, newest first. */
  const weights = new Float64Array(itemsMax)
  let length = 0

  const findNeighbours = (): void => {
    let count = 0
    for (let k = 0; k < length; k++) {
      weights[k] = (length - k) / length
      const seed = seeds.items[k]!
      const end = Math.min(itemStarts[seed + 1]!, itemStarts[seed]! + visitsMax)
      for (let at = itemStarts[seed]!; at < end; at++) {
        const visit = itemVisits[at]!
        if (distance[visit] === 0) {
          distance[visit] = k + 1
          shared[visit] = 0
          met[count++] = visit
        }
        similarity[visit]! += weights[k]!
        shared[visit]! |= 1 << k
      }
    }
    const latest = met.subarray(0, count)
    if (count > visitsMax) latest.sort() // Visits are numbered from the latest.
    reset(nearest, neighbours)
    for (let i = 0; i < Math.min(count, visitsMax); i++) offer(nearest, latest[i]!, similarity[latest[i]!]!)
    sort(nearest)
    for (let i = 0; i < nearest.count; i++) nearest.scores[i]! *= 1 - FORGETTING * distance[nearest.items[i]!]!
    for (let i = 0; i < count; i++) {
      similarity[latest[i]!] = 0
      distance[latest[i]!] = 0
    }
  }

  const holds = (visit: number, item: number): boolean => {
    for (let at = visitStarts[visit]!; at < visitStarts[visit + 1]!; at++) if (visitItems[at] === item) return true
    return false
  }

  const vote = (visit: number, weight: number): void => {
    for (let at = visitStarts[visit]!; at < visitStarts[visit + 1]!; at++) {
      const item = visitItems[at]!
      if (scratch.seen[item] === 0) {
        scratch.seen[item] = 1
        scratch.items[scratch.count++] = item
      }
      scratch.scores[item]! += weight * idf[item]!
    }
  }

  return {
    score: (request) => {
      clear(scratch)
      gatherSeeds(seeds, request, { itemCount, historyMax: itemsMax })
      length = Math.min(seeds.count, itemsMax)
      findNeighbours()
      for (let i = 0; i < nearest.count; i++) vote(nearest.items[i]!, nearest.scores[i]!)
      return scratch
    },
    explain: (item): Why => {
      const parts = new Float64Array(length)
      for (let i = 0; i < nearest.count; i++) {
        const visit = nearest.items[i]!
        if (!holds(visit, item)) continue
        for (let k = 0; k < length; k++) if ((shared[visit]! & (1 << k)) !== 0) parts[k]! += weights[k]!
      }
      const because = parts.indexOf(Math.max(...parts))
      return { kind: 'because-of', item: seeds.items[because]!, share: parts[because]! / parts.reduce((sum, part) => sum + part, 0) }
    },
  }
}
