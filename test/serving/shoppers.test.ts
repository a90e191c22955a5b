import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEEDS, type Deed, type Recent } from '../../src/policies/deed.ts'
import { NO_PURCHASES } from '../../src/policies/past.ts'
import { type Histories, NO_HISTORIES } from '../../src/serving/histories.ts'
import { openShoppers } from '../../src/serving/shoppers.ts'

const unitOf = (n: number) => new Uint8Array(16).fill(n)
const untrained = { trained: () => NO_HISTORIES }

const anyNoted = fc.record({
  unit: fc.nat({ max: 4 }).map(unitOf),
  item: fc.nat({ max: 6 }),
  deed: fc.constantFrom<Deed>('viewed', 'carted', 'bought', 'returned'),
  seconds: fc.nat({ max: 50 }),
})

describe('live shoppers', () => {
  it('hold every item once, newest first, with the deed that stands', () => {
    const shoppers = openShoppers(untrained)
    const did = (item: number, deed: Deed, seconds: number) => shoppers.note({ unit: unitOf(1), item, deed, seconds })
    did(1, 'carted', 10)
    did(2, 'viewed', 11)
    did(1, 'viewed', 12)
    did(3, 'bought', 13)
    did(3, 'returned', 14)
    expect(shoppers.pastOf(unitOf(1)).recent).toEqual([
      { item: 3, deed: 'returned', seconds: 14 },
      { item: 1, deed: 'carted', seconds: 12 },
      { item: 2, deed: 'viewed', seconds: 11 },
    ])
    expect(shoppers.pastOf(unitOf(2)).recent).toEqual([])
  })

  it('lay what happens now over what was trained', () => {
    const trained: readonly Recent[] = [
      { item: 5, deed: 'bought', seconds: 100 },
      { item: 4, deed: 'viewed', seconds: 90 },
    ]
    const shoppers = openShoppers({ trained: () => ({ of: () => ({ recent: trained, purchases: NO_PURCHASES }), until: 100 }) })
    expect(shoppers.pastOf(unitOf(1)).recent).toBe(trained)
    shoppers.note({ unit: unitOf(1), item: 5, deed: 'viewed', seconds: 200 })
    shoppers.note({ unit: unitOf(1), item: 4, deed: 'carted', seconds: 150 })
    expect(shoppers.pastOf(unitOf(1)).recent).toEqual([
      { item: 5, deed: 'bought', seconds: 200 },
      { item: 4, deed: 'carted', seconds: 150 },
    ])
  })

  it('come to the same whether a node hears of a deed once or twice', () => {
    fc.assert(
      fc.property(fc.array(anyNoted, { maxLength: 30 }), (deeds) => {
        const [once, twice] = [openShoppers(untrained), openShoppers(untrained)]
        for (const deed of deeds) {
          once.note(deed)
          twice.note(deed)
          twice.note(deed)
        }
        for (let n = 0; n < 5; n++) expect(twice.pastOf(unitOf(n))).toEqual(once.pastOf(unitOf(n)))
        for (const { deed } of deeds) expect(DEEDS).toContain(deed)
      }),
    )
  })

  it('stay within their memory: who has been silent longest is forgotten first', () => {
    fc.assert(
      fc.property(fc.array(anyNoted, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (deeds, itemsMax) => {
        const shoppers = openShoppers({ ...untrained, itemsMax })
        for (const deed of deeds) {
          shoppers.note(deed)
          const { items, shoppers: live } = shoppers.count()
          expect(items <= itemsMax || live === 1).toBe(true)
          expect(shoppers.pastOf(deed.unit).recent.map(({ item }) => item)).toContain(deed.item)
        }
        const told = [0, 1, 2, 3, 4].reduce((sum, n) => sum + shoppers.pastOf(unitOf(n)).recent.length, 0)
        expect(shoppers.count().items).toBeGreaterThanOrEqual(told)
        for (let n = 0; n < 5; n++) shoppers.forget(unitOf(n))
        expect(shoppers.count()).toEqual({ shoppers: 0, items: 0 })
      }),
    )
  })

  it('can be forgotten', () => {
    const shoppers = openShoppers(untrained)
    shoppers.note({ unit: unitOf(1), item: 1, deed: 'viewed', seconds: 1 })
    shoppers.forget(unitOf(1))
    expect(shoppers.pastOf(unitOf(1)).recent).toEqual([])
    expect(shoppers.count()).toEqual({ shoppers: 0, items: 0 })
  })
})

describe('purchases of live shoppers', () => {
  const HOUR = 3600
  const [A, B] = [1, 2]
  /** As training at a moment left them: [item, seconds], newest first. */
  const knowing = (bought: readonly (readonly [number, number])[], until: number): Histories => ({
    of: () => ({ recent: [], purchases: { items: bought.map(([item]) => item), seconds: bought.map(([, seconds]) => seconds) } }),
    until,
  })
  function boughtAfter(histories: Histories, trades: readonly (readonly [number, 'bought' | 'returned' | 'viewed', number])[]) {
    const shoppers = openShoppers({ trained: () => histories })
    for (const [item, deed, seconds] of trades) shoppers.note({ unit: unitOf(1), item, deed, seconds })
    const { items, seconds } = shoppers.pastOf(unitOf(1)).purchases
    return Array.from(items, (item, at) => [item, seconds[at]])
  }

  it('stand before those that were trained, each with its time; a look is none', () => {
    const trained = knowing([[A, 2 * HOUR]], 3 * HOUR)
    const since = [
      [A, 'bought', 5 * HOUR],
      [B, 'bought', 4 * HOUR],
      [B, 'viewed', 6 * HOUR],
    ] as const
    expect(boughtAfter(trained, since)).toEqual([
      [A, 5 * HOUR],
      [B, 4 * HOUR],
      [A, 2 * HOUR],
    ])
  })

  it('are one when training has them too, to the minute', () => {
    expect(boughtAfter(knowing([[A, 2 * HOUR]], 3 * HOUR), [[A, 'bought', 2 * HOUR + 59.5]])).toEqual([[A, 2 * HOUR]])
  })

  it('are taken back by returns, the latest first, and no return takes back twice', () => {
    const both = [
      [A, 2 * HOUR],
      [A, HOUR],
    ] as const
    const back = [[A, 'returned', 4 * HOUR]] as const
    expect(boughtAfter(knowing(both, 3 * HOUR), back)).toEqual([[A, HOUR]])
    expect(boughtAfter(knowing([[A, HOUR]], 5 * HOUR), back)).toEqual([[A, HOUR]])
    expect(boughtAfter(knowing([[A, HOUR]], 5 * HOUR), [[A, 'bought', 2 * HOUR], ...back])).toEqual([[A, HOUR]])
    expect(boughtAfter(knowing([], 0), [[A, 'bought', 2 * HOUR], ...back])).toEqual([])
  })
})
