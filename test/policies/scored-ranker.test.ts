import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RankRequest } from '../../src/policies/policy.ts'
import { keepBest } from '../../src/policies/scored-ranker.ts'
import { newSieve, passes, prepare } from '../../src/policies/sieve.ts'
import { newTopK, sort } from '../../src/policies/top-k.ts'
import { randomOf } from '../../src/stats/random.ts'

const ITEMS = 4_000

/** Thousands of scores, so that a sample sets a bar; few levels make ties, and some are not above 0. */
const shops = fc.record({
  seed: fc.nat(),
  levels: fc.constantFrom(2, 7, 1e6),
  size: fc.integer({ min: 0, max: 120 }),
  barred: fc.array(fc.nat({ max: ITEMS - 1 }), { maxLength: 60 }),
  allowedShare: fc.constantFrom(0.002, 0.5, 1),
  lifted: fc.boolean(),
  /** Just the items that are looked at first are the best by far: what they promise does not come. */
  deceived: fc.boolean(),
})

describe('keeping the best', () => {
  it('gives what sorting everything that passes gives, however high the bar was put', () => {
    const top = newTopK()
    const sieve = newSieve(ITEMS)
    fc.assert(
      fc.property(shops, ({ seed, levels, size, barred, allowedShare, lifted, deceived }) => {
        const random = randomOf(seed)
        const scores = Float64Array.from({ length: ITEMS }, () => Math.floor(levels * random.uniform() ** 3) - 1)
        if (deceived) for (let k = 0; k < 128; k++) scores[Math.floor((k * ITEMS) / 128)]! += 1e6
        const lift = lifted ? Float64Array.from({ length: ITEMS }, () => 0.01 + random.uniform()) : null
        const allowed = Uint8Array.from({ length: ITEMS }, () => (random.uniform() < allowedShare ? 1 : 0))
        const items = Int32Array.from({ length: ITEMS }, (_, item) => item)
        const worth = (item: number) => scores[item]! * (lift?.[item] ?? 1)
        const byWorth = Array.from(items).sort((a, b) => worth(b) - worth(a) || a - b)
        const request: RankRequest = { size, history: barred, item: null, cart: [], candidates: null, allowed }
        prepare(sieve, request, false)
        keepBest(top, { items, count: ITEMS, scores, sorted: false }, { sieve, size, lift })
        sort(top)
        const kept = Array.from(top.items.subarray(0, top.count))
        expect(kept).toEqual(byWorth.filter((item) => worth(item) > 0 && passes(sieve, item)).slice(0, size))
      }),
    )
  })
})
