import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEEDS, type Deed, type Recent } from '../../src/policies/deed.ts'
import { openShoppers } from '../../src/serving/shoppers.ts'

const unitOf = (n: number) => new Uint8Array(16).fill(n)
const untrained = { trained: () => [] }

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
    expect(shoppers.recentOf(unitOf(1))).toEqual([
      { item: 3, deed: 'returned', seconds: 14 },
      { item: 1, deed: 'carted', seconds: 12 },
      { item: 2, deed: 'viewed', seconds: 11 },
    ])
    expect(shoppers.recentOf(unitOf(2))).toEqual([])
  })

  it('lay what happens now over what was trained', () => {
    const trained: readonly Recent[] = [
      { item: 5, deed: 'bought', seconds: 100 },
      { item: 4, deed: 'viewed', seconds: 90 },
    ]
    const shoppers = openShoppers({ trained: () => trained })
    expect(shoppers.recentOf(unitOf(1))).toBe(trained)
    shoppers.note({ unit: unitOf(1), item: 5, deed: 'viewed', seconds: 200 })
    shoppers.note({ unit: unitOf(1), item: 4, deed: 'carted', seconds: 150 })
    expect(shoppers.recentOf(unitOf(1))).toEqual([
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
        for (let n = 0; n < 5; n++) expect(twice.recentOf(unitOf(n))).toEqual(once.recentOf(unitOf(n)))
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
          expect(shoppers.recentOf(deed.unit).map(({ item }) => item)).toContain(deed.item)
        }
        const told = [0, 1, 2, 3, 4].reduce((sum, n) => sum + shoppers.recentOf(unitOf(n)).length, 0)
        expect(shoppers.count().items).toBe(told)
      }),
    )
  })

  it('can be forgotten', () => {
    const shoppers = openShoppers(untrained)
    shoppers.note({ unit: unitOf(1), item: 1, deed: 'viewed', seconds: 1 })
    shoppers.forget(unitOf(1))
    expect(shoppers.recentOf(unitOf(1))).toEqual([])
    expect(shoppers.count()).toEqual({ shoppers: 0, items: 0 })
  })
})
