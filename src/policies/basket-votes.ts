/**
 * The votes of the nearest baskets, beside a weighted sum over the same seeds.
 *
 *     voteᵢ = η·x̄·fᵢ·Σ_{b ∈ N, b ∋ i} sim(b) / Σ_{b ∈ N} sim(b)      sim(b) = v_b·Σ_{j ∈ s ∩ b} xⱼ·idfⱼ²
 *
 * N the k baskets nearest to the seeds s, v what a basket counts by size and age (baskets.ts): with β = ½ much like the cosine between basket
 * and cart, whose own length is the same for all. An item that all of them hold gets η·x̄·f whatever the cart is; x̄, the mean weight of the
 * seeds, keeps the votes in step with the sum. f is the factor of an item, its trend.
 * A sum over pairs knows that two things go together; a basket knows what goes with all of them.
 */
import { openArrays, packArrays } from './arrays.ts'
import { type BasketDamping, basketWeights } from './baskets.ts'
import type { Votes } from './item-weights.ts'
import { addParts, findNearest, holds, newNearestVisits } from './nearest-visits.ts'
import { addList } from './scratch.ts'
import { SEEDS_MAX, type Seeds } from './seeds.ts'
import { indexVisits, openVisitIndex, type VisitIndex } from './visit-index.ts'
import type { Visits } from './visits.ts'

export interface BasketIndex {
  readonly index: VisitIndex
  /** v, by number in the index. */
  readonly counts: Float32Array
  /** f, by item number. */
  readonly factors: Float32Array
}

export interface IndexOptions extends BasketDamping {
  readonly itemCount: number
  /** m: so many of the latest baskets of each item are kept. */
  readonly latest: number
  /** The moment of training, seconds since 1970. */
  readonly now: number
  /** f, by item number. */
  readonly factors: Float64Array
}

const KIND = 'baskets'

/** Packs an index of the latest baskets. O(touches). */
export function packBasketIndex(baskets: Visits, { itemCount, latest, factors, ...weighing }: IndexOptions): Uint8Array {
  const { arrays, visits } = indexVisits(baskets, { itemCount, visitsMax: latest })
  const weights = basketWeights(baskets, weighing)
  return packArrays(KIND, {
    ...arrays,
    counts: Float32Array.from(visits, (basket) => weights[basket]!),
    factors: Float32Array.from(factors),
  })
}

export function openBasketIndex(bytes: Uint8Array): BasketIndex {
  const arrays = openArrays(bytes, KIND)
  return { index: openVisitIndex(arrays), counts: arrays.float32('counts'), factors: arrays.float32('factors') }
}

export interface VoteOptions {
  /** k: so many of the nearest baskets vote; at least 1. */
  readonly baskets: number
  /** η. */
  readonly part: number
  /** m: so many of the latest baskets of each seed are looked at. */
  readonly latest: number
}

/** Votes of the nearest baskets; for seeds that no basket of the index holds, none. */
export function basketVotes({ index, counts, factors }: BasketIndex, { baskets: most, part, latest }: VoteOptions): Votes {
  const { visitStarts, visitItems, idf } = index
  const nearest = newNearestVisits(index, counts)
  const { top } = nearest
  const tells = new Float64Array(SEEDS_MAX)
  const lists = { starts: visitStarts, items: visitItems, factors }
  /** η·x̄ / Σ sim of this request. */
  let scale = 0
  return {
    look: (seeds) => {
      for (let k = 0; k < seeds.count; k++) tells[k] = seeds.weights[k]! * idf[seeds.items[k]!]! ** 2
      findNearest(nearest, { seeds, count: seeds.count, tells, perSeed: latest, latest: Number.POSITIVE_INFINITY, most })
      let total = 0
      let entries = 0
      for (let i = 0; i < top.count; i++) {
        total += top.scores[i]!
        entries += visitStarts[top.items[i]! + 1]! - visitStarts[top.items[i]!]!
      }
      // What lies in every basket tells nothing, and baskets of long ago may count for nothing.
      scale = total > 0 ? (part * meanWeight(seeds)) / total : 0
      return scale > 0 ? entries : 0
    },
    add: (scratch) => {
      if (scale === 0) return
      for (let i = 0; i < top.count; i++) addList(scratch, lists, top.items[i]!, scale * top.scores[i]!)
    },
    addParts: (item, parts) => {
      if (scale === 0) return
      for (let i = 0; i < top.count; i++) {
        const basket = top.items[i]!
        if (holds(index, basket, item)) addParts(nearest, basket, scale * factors[item]! * counts[basket]!, parts)
      }
    },
  }
}

function meanWeight({ weights, count }: Seeds): number {
  let sum = 0
  for (let k = 0; k < count; k++) sum += weights[k]!
  return sum / count
}
