import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { basketVotes, openBasketIndex, packBasketIndex } from '../../src/policies/basket-votes.ts'
import { basketWeights } from '../../src/policies/baskets.ts'
import { clear, newScratch } from '../../src/policies/scratch.ts'
import { gatherSeeds, newSeeds, PAGE_WEIGHT } from '../../src/policies/seeds.ts'
import type { Visits } from '../../src/policies/visits.ts'
import { NO_CATALOGUE, requestFor } from './opened.ts'

const ITEMS = 9
const NOW = 30 * 86_400
const WEIGHING = { damping: 0.5, halfLifeDays: 10, now: NOW }
const factors = Float64Array.from({ length: ITEMS }, (_, item) => Math.fround(0.5 + item / 7))

/** Baskets a day apart, the latest last. */
function visitsFrom(baskets: readonly (readonly number[])[]): Visits {
  const starts = Int32Array.from([0, ...baskets].map((_, b) => baskets.slice(0, b).flat().length))
  return { starts, items: Int32Array.from(baskets.flat()), lastSeconds: Float64Array.from(baskets, (_, b) => 86_400 * b) }
}

interface Asked {
  readonly item: number | null
  readonly cart: readonly number[]
  readonly baskets: number
  readonly latest: number
}

/** Scores, and parts by item and seed, of what is shipped. */
function voted(baskets: readonly (readonly number[])[], { item, cart, ...options }: Asked) {
  const bytes = packBasketIndex(visitsFrom(baskets), { itemCount: ITEMS, latest: options.latest, factors, ...WEIGHING })
  const votes = basketVotes(openBasketIndex(bytes), { ...options, part: 0.7 })
  const seeds = newSeeds(0, ITEMS)
  const scratch = newScratch(ITEMS)
  const ask = (page: number | null, inCart: readonly number[]) => {
    gatherSeeds(seeds, requestFor(NO_CATALOGUE, { item: page, cart: inCart }), { itemCount: ITEMS, historyMax: 0 })
    clear(scratch, votes.look(seeds))
    votes.add(scratch)
  }
  ask(1, [2, 3]) // Nothing of another request may be left over.
  ask(item, cart)
  const parts = factors
    .map((_, of) => of)
    .map((of) => {
      const bySeed = new Float64Array(seeds.items.length)
      votes.addParts(of, bySeed)
      return bySeed.reduce((sum, part) => sum + part, 0)
    })
  return { scores: scratch.scores, parts }
}

/** The formula at the head of basket-votes.ts, without an index. */
function byHand(baskets: readonly (readonly number[])[], { item, cart, baskets: k, latest }: Asked): Float64Array {
  const seeds = [...new Set([...(item === null ? [] : [item]), ...cart])]
  const weightOf = (seed: number) => (seed === item ? PAGE_WEIGHT : 1)
  const holding = (seed: number) => baskets.flatMap((held, b) => (held.includes(seed) ? [b] : [])).reverse()
  const idf = (seed: number) => Math.fround(Math.log(baskets.length / holding(seed).length))
  const counts = Float32Array.from(basketWeights(visitsFrom(baskets), WEIGHING))
  const similar = baskets.map((_, b) => {
    const shared = seeds.filter((seed) => holding(seed).slice(0, latest).includes(b))
    return { b, isMet: shared.length > 0, similarity: shared.reduce((sum, seed) => sum + weightOf(seed) * idf(seed) ** 2, 0) * counts[b]! }
  })
  const met = similar.filter(({ isMet }) => isMet)
  const nearest = met.toSorted((one, other) => other.similarity - one.similarity || other.b - one.b).slice(0, k)
  const total = nearest.reduce((sum, { similarity }) => sum + similarity, 0)
  const mean = seeds.reduce((sum, seed) => sum + weightOf(seed), 0) / seeds.length
  const shareOf = (of: number) => nearest.reduce((sum, { b, similarity }) => sum + (baskets[b]!.includes(of) ? similarity : 0), 0) / total
  return factors.map((factor, of) => (total > 0 ? 0.7 * mean * factor * shareOf(of) : 0))
}

const anyItem = fc.integer({ min: 1, max: ITEMS - 1 })
const anyBaskets = fc.array(fc.uniqueArray(anyItem, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 25 })
const asked: fc.Arbitrary<Asked> = fc.record({
  item: fc.option(anyItem),
  cart: fc.array(anyItem, { maxLength: 6 }),
  baskets: fc.integer({ min: 1, max: 12 }),
  latest: fc.integer({ min: 1, max: 8 }),
})

describe('the votes of the nearest baskets', () => {
  it('are those of the formula, whatever the baskets and the cart', () => {
    fc.assert(
      fc.property(anyBaskets, asked, (baskets, request) => {
        const { scores } = voted(baskets, request)
        byHand(baskets, request).forEach((expected, item) => {
          expect(scores[item]).toBeCloseTo(expected, 9)
        })
      }),
      { numRuns: 500 },
    )
  })

  it('are owed to the seeds to the last part', () => {
    fc.assert(
      fc.property(anyBaskets, asked, (baskets, request) => {
        const { scores, parts } = voted(baskets, request)
        parts.forEach((sum, item) => {
          expect(sum).toBeCloseTo(scores[item]!, 9)
        })
      }),
    )
  })

  it('are none where the cart is in every basket, and so tells nothing', () => {
    const { scores } = voted(
      [
        [1, 2],
        [1, 3],
        [1, 4],
      ],
      { item: null, cart: [1], baskets: 5, latest: 5 },
    )
    expect([...scores]).toEqual(Array(ITEMS).fill(0))
  })
})
