import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mixed } from '../../src/decisions/cold-start.ts'
import { serve } from '../../src/decisions/ladder.ts'
import { surfaceSchema } from '../../src/policies/surface.ts'
import { randomOf } from '../../src/stats/random.ts'
import { plainRequest, snapshotOf } from '../support/deck.ts'

const anyMixing = fc.record({
  length: fc.integer({ min: 0, max: 30 }),
  temperature: fc.constantFrom(0.05, 0.3, 1),
  within: fc.integer({ min: 2, max: 20 }),
  pinned: fc.array(fc.nat({ max: 12 })).map((places) => new Set(places)),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
})

describe('mixing for strangers', () => {
  it('moves the free places within its reach and no others, with probabilities in (0, 1]', () => {
    fc.assert(
      fc.property(anyMixing, ({ length, ...mixing }) => {
        const { order, probabilities } = mixed(length, mixing)
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, place) => place))
        order.forEach((from, place) => {
          if (place < mixing.within && !mixing.pinned.has(place)) return
          expect([from, probabilities[place]]).toEqual([place, 1])
        })
        for (const p of probabilities) expect(p > 0 && p <= 1).toBe(true)
      }),
    )
  })

  it('puts items where it says with the probability it says', () => {
    const stream = randomOf(3)
    const said = new Map<string, number>()
    const seen = new Map<string, number>()
    const draws = 30_000
    for (let draw = 0; draw < draws; draw++) {
      const seed = Math.floor(stream.uniform() * 2 ** 53)
      const { order, probabilities } = mixed(6, { temperature: 0.5, within: 5, pinned: new Set([1]), seed })
      order.forEach((from, place) => {
        seen.set(`${from} at ${place}`, (seen.get(`${from} at ${place}`) ?? 0) + 1)
        said.set(`${from} at ${place}`, probabilities[place]!)
      })
    }
    expect(said.size).toBe(4 * 4 + 2)
    for (const [what, p] of said)
      expect(Math.abs(seen.get(what)! / draws - p), what).toBeLessThanOrEqual(6 * Math.sqrt((p * (1 - p)) / draws))
  })
})

describe('a slate for somebody of whom nothing is known', () => {
  const { snapshot, state } = snapshotOf()
  const home = { ...state, surface: surfaceSchema.parse({ key: 'home', assembly: { coldStart: { temperature: 0.5, within: 5 } } }) }
  const cold = { ...plainRequest(snapshot, 3), seed: 12345 }

  it('is mixed, and says with which probability each item stands at its place', () => {
    const slates = Array.from({ length: 50 }, (_, i) => serve('popularity', home, snapshot, { ...cold, seed: 977 * i }))
    expect(new Set(slates.map(({ items }) => items.join())).size).toBeGreaterThan(5)
    for (const { items, rankPi } of slates) {
      expect(items).toHaveLength(3)
      expect(rankPi).toHaveLength(3)
      for (const item of items) expect([1, 2, 3, 4, 5]).toContain(item)
    }
  })

  it('stays as it is where anything is known, where nothing is logged, and by default', () => {
    const plain = serve('popularity', state, snapshot, cold)
    expect(plain).toMatchObject({ items: [1, 2, 3], rankPi: null })
    for (const known of [{ history: [9] }, { item: 9 }, { cart: [9] }, { candidates: [1, 2, 3] }])
      expect(serve('popularity', home, snapshot, { ...cold, ...known }).rankPi).toBeNull()
    expect(serve('popularity', home, snapshot, plainRequest(snapshot, 3))).toMatchObject({ items: [1, 2, 3], rankPi: null })
  })
})
