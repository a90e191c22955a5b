import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newTopK, offer, reset, sort } from '../../src/policies/top-k.ts'

/** Distinct items with few different scores, so that there are ties. */
const scored = fc.uniqueArray(fc.record({ item: fc.nat({ max: 10_000 }), score: fc.integer({ min: -5, max: 5 }) }), {
  selector: ({ item }) => item,
  maxLength: 400,
})

function best(given: readonly { item: number; score: number }[], k: number) {
  return given.toSorted((a, b) => b.score - a.score || a.item - b.item).slice(0, k)
}

describe('the k best', () => {
  it('are what sorting everything gives, ties by item number', () => {
    const top = newTopK()
    fc.assert(
      fc.property(scored, fc.nat({ max: 300 }), (given, k) => {
        reset(top, k)
        for (const { item, score } of given) offer(top, item, score)
        sort(top)
        const kept = Array.from({ length: top.count }, (_, rank) => ({ item: top.items[rank]!, score: top.scores[rank]! }))
        expect(kept).toEqual(best(given, k))
      }),
    )
  })

  it('stay the same when scores that cannot be among them are passed over', () => {
    const top = newTopK()
    fc.assert(
      fc.property(scored, fc.integer({ min: 1, max: 40 }), (given, k) => {
        reset(top, k)
        for (const { item, score } of given) if (score >= top.least) offer(top, item, score)
        sort(top)
        expect(Array.from(top.items.subarray(0, top.count))).toEqual(best(given, k).map(({ item }) => item))
      }),
    )
  })
})
