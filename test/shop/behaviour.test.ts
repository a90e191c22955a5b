import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestOf, type Reaction, reactTo } from '../../src/shop/behaviour.ts'
import { seedOf } from '../../src/shop/picking.ts'
import { randomOf } from '../../src/stats/random.ts'
import { LAST_DAY, smallShop } from './small-shop.ts'

const { products, shoppers } = smallShop(3)
const day = LAST_DAY + 1
const slate = fc.uniqueArray(fc.constantFrom(...products), { minLength: 1, maxLength: 20, selector: ({ index }) => index })
const visit = fc.record({ shopper: fc.constantFrom(...shoppers), slate, seed: fc.nat() })
const money = (reactions: readonly Reaction[]) => reactions.filter(({ valueMinor }) => valueMinor !== 0)

describe('a shopper before a slate', () => {
  it('does the same by the same chance', () => {
    fc.assert(
      fc.property(visit, ({ shopper, slate: shown, seed }) => {
        expect(reactTo(shopper, shown, randomOf(seed), { day })).toEqual(reactTo(shopper, shown, randomOf(seed), { day }))
      }),
    )
  })

  it('sees, clicks, fills the cart, buys and sends back in this order, and buys at most once', () => {
    fc.assert(
      fc.property(visit, ({ shopper, slate: shown, seed }) => {
        const reactions = reactTo(shopper, shown, randomOf(seed), { day, effect: 2 })
        expect(reactions[0]).toMatchObject({ type: 'view', rank: null, delaySeconds: 0 })
        const delays = reactions.map(({ delaySeconds }) => delaySeconds)
        expect(delays).toEqual(delays.toSorted((a, b) => a - b))
        const ranks = (type: Reaction['type']) => reactions.filter((reaction) => reaction.type === type).map(({ rank }) => rank)
        expect(ranks('click')).toEqual(expect.arrayContaining(ranks('add-to-cart')))
        expect(ranks('add-to-cart')).toEqual(expect.arrayContaining(ranks('purchase')))
        expect(ranks('purchase').length).toBeLessThanOrEqual(1)
        expect(ranks('purchase')).toEqual(expect.arrayContaining(ranks('return')))
      }),
    )
  })

  it('pays the price of what was bought, and gets all of it back', () => {
    fc.assert(
      fc.property(visit, ({ shopper, slate: shown, seed }) => {
        for (const { type, rank, quantity, valueMinor } of money(reactTo(shopper, shown, randomOf(seed), { day, effect: 2 })))
          expect(valueMinor).toBe((type === 'return' ? -1 : 1) * quantity * shown[rank!]!.priceMinor)
      }),
    )
  })

  it('passes over what is not the shop’s', () => {
    expect(reactTo(shoppers[0]!, [null, null], randomOf(1), { day })).toHaveLength(1)
  })

  it('hardly looks at what is owned already', () => {
    const [shopper] = shoppers
    const best = products.toSorted((a, b) => interestOf(shopper!, b, day) - interestOf(shopper!, a, day)).slice(0, 5)
    const clicks = (owned: ReadonlySet<number>) => {
      const random = randomOf(2)
      return Array.from({ length: 500 }, () => reactTo(shopper!, best, random, { day, owned }).length - 1).reduce((sum, n) => sum + n, 0)
    }
    expect(clicks(new Set(best.map(({ index }) => index)))).toBeLessThan(0.25 * clicks(new Set()))
  })
})

describe('a planted effect', () => {
  it('changes nothing but whether a purchase comes about: a greater one adds purchases and takes none away', () => {
    const effects = fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }))
    fc.assert(
      fc.property(visit, effects, ({ shopper, slate: shown, seed }, [one, other]) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((effect) =>
          reactTo(shopper, shown, randomOf(seed), { day, effect }),
        )
        const unpaid = (reactions: readonly Reaction[]) => reactions.filter(({ valueMinor }) => valueMinor === 0)
        expect(unpaid(less!)).toEqual(unpaid(more!))
        if (money(less!).length > 0) expect(less).toEqual(more)
      }),
    )
  })

  it('multiplies the purchases by exactly itself', () => {
    const shown = products.filter(({ discontinued }) => !discontinued).slice(0, 12)
    const purchases = (effect: number) =>
      Array.from({ length: 20_000 }, (_, i) =>
        reactTo(shoppers[i % shoppers.length]!, shown, randomOf(seedOf(11, i)), { day, effect }).some(({ type }) => type === 'purchase'),
      ).filter(Boolean).length
    const wanted = purchases(2)
    expect(purchases(0)).toBe(0)
    // Of those who want to buy, Binomial(wanted, effect/2) do: within five standard deviations.
    for (const effect of [0.5, 1, 1.3]) {
      const share = effect / 2
      expect(Math.abs(purchases(effect) - wanted * share)).toBeLessThan(5 * Math.sqrt(wanted * share * (1 - share)))
    }
  })

  it('is refused where it would be no probability', () => {
    expect(() => reactTo(shoppers[0]!, [], randomOf(1), { day, effect: 2.1 })).toThrow('between 0 and 2')
  })
})
