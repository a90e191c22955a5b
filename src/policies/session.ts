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
import { addParts, findNearest, holds, newNearestVisits } from './nearest-visits.ts'
import type { PolicyKind, Scorer, TrainingData, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { addList, clear, newScratch } from './scratch.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
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
  return packArrays(KIND, indexVisits(visits, { itemCount: data.itemCount, visitsMax }).arrays)
}

function scorerOf(index: VisitIndex, { visits: visitsMax, neighbours, items: itemsMax }: Parameters): Scorer {
  const { itemCount, visitStarts, visitItems, idf } = index
  const scratch = newScratch(itemCount)
  const seeds = newSeeds(itemsMax, itemCount)
  const nearest = newNearestVisits(index, null)
  const { top, firstPlaces } = nearest
  const lists = { starts: visitStarts, items: visitItems, factors: idf }
  /** p/|s| by position in the seeds, newest first. */
  const tells = new Float64Array(itemsMax)
  let length = 0

  return {
    score: (request) => {
      clear(scratch)
      gatherSeeds(seeds, request, { itemCount, historyMax: itemsMax })
      length = Math.min(seeds.count, itemsMax)
      for (let k = 0; k < length; k++) tells[k] = (length - k) / length
      findNearest(nearest, { seeds, count: length, tells, perSeed: visitsMax, latest: visitsMax, most: neighbours })
      for (let i = 0; i < top.count; i++)
        addList(scratch, lists, top.items[i]!, top.scores[i]! * (1 - FORGETTING * firstPlaces[top.items[i]!]!))
      return scratch
    },
    explain: (item): Why => {
      const parts = new Float64Array(length)
      for (let i = 0; i < top.count; i++) if (holds(index, top.items[i]!, item)) addParts(nearest, top.items[i]!, 1, parts)
      const because = parts.indexOf(Math.max(...parts))
      return { kind: 'because-of', item: seeds.items[because]!, share: parts[because]! / parts.reduce((sum, part) => sum + part, 0) }
    },
  }
}
