import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHOE_TYPES } from '../../src/shop/catalogue.ts'
import { KINDS, matchOf, shopperOf } from '../../src/shop/shoppers.ts'
import { smallShop } from './small-shop.ts'

const { products, shoppers } = smallShop(3)

describe('shoppers', () => {
  it('follow from seed and number, whoever else there is', () => {
    expect(shopperOf(3, 41)).toEqual(shoppers[41])
    expect(shopperOf(4, 41)).not.toEqual(shoppers[41])
    expect(new Set(shoppers.map(({ unit }) => unit)).size).toBe(shoppers.length)
  })

  it('are suited by a product to a share', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), fc.constantFrom(...products), (number, product) => {
        const match = matchOf(shopperOf(3, number), product)
        expect(match).toBeGreaterThan(0)
        expect(match).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('come in kinds, each of which is suited best by its own type of shoe', () => {
    for (const [kind, { types }] of KINDS.entries()) {
      const ours = shoppers.filter((shopper) => shopper.kind === kind)
      expect(ours.length).toBeGreaterThan(30)
      const own = SHOE_TYPES.find((type) => types[type] === 1)!
      const mean = (isOwn: boolean) => {
        const matches = ours.flatMap((shopper) =>
          products.filter(({ type }) => (type === own) === isOwn).map((product) => matchOf(shopper, product)),
        )
        return matches.reduce((sum, match) => sum + match, 0) / matches.length
      }
      expect(mean(true)).toBeGreaterThan(2 * mean(false))
    }
  })

  it('differ within a kind: no two like the same shoes alike', () => {
    const best = shoppers.map((shopper) =>
      products.map((product) => matchOf(shopper, product)).reduce((at, match, i, all) => (match > all[at]! ? i : at), 0),
    )
    expect(new Set(best).size).toBeGreaterThan(40)
  })
})
