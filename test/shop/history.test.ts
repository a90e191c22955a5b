import { describe, expect, it } from 'vitest'
import { SHOE_TYPES } from '../../src/shop/catalogue.ts'
import { historyOf, type PastEvent } from '../../src/shop/history.ts'
import { KINDS } from '../../src/shop/shoppers.ts'
import { SPAN, smallShop } from './small-shop.ts'

const DAY = 86_400
const { past, events, products, shoppers } = smallShop(5)
const dayOf = ({ seconds }: PastEvent) => Math.floor(seconds / DAY)

describe('the history', () => {
  it('is the same for the same shop', () => {
    const first = (count: number) => {
      const some: PastEvent[] = []
      for (const event of historyOf(past)) {
        if (some.length === count) break
        some.push(event)
      }
      return some
    }
    expect(first(500)).toEqual(events.slice(0, 500))
  })

  it('runs forward, from the first day to the last and not beyond', () => {
    for (const [i, event] of events.entries()) if (i > 0) expect(event.seconds).toBeGreaterThanOrEqual(events[i - 1]!.seconds)
    expect(dayOf(events[0]!)).toBe(SPAN.firstDay)
    expect(dayOf(events.at(-1)!)).toBe(SPAN.lastDay)
  })

  it('has no shoe before its launch', () => {
    expect(events.filter((event) => dayOf(event) < event.product.launchDay)).toEqual([])
  })

  it('takes back only what the same shopper bought in the same basket, for the same money', () => {
    const bought = new Map(events.filter(({ type }) => type === 'purchase').map((event) => [event.basket, event]))
    const returns = events.filter(({ type }) => type === 'return')
    expect(returns.length).toBeGreaterThan(20)
    for (const { basket, shopper, product, quantity, valueMinor, seconds } of returns) {
      const purchase = bought.get(basket)!
      expect({ shopper, product, quantity, valueMinor }).toEqual({
        ...{ shopper: purchase.shopper, product: purchase.product },
        ...{ quantity: purchase.quantity, valueMinor: -purchase.valueMinor },
      })
      expect(seconds).toBeGreaterThan(purchase.seconds)
    }
  })

  it('narrows from views to carts to purchases to returns', () => {
    const counts = (['view', 'add-to-cart', 'purchase', 'return'] as const).map(
      (type) => events.filter((event) => event.type === type).length,
    )
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    expect(counts[2]).toBeGreaterThan(0.05 * counts[0]!)
  })

  it('is busier at weekends and in the evening', () => {
    const views = events.filter(({ type }) => type === 'view')
    const isWeekend = (event: PastEvent) => [0, 6].includes(new Date(event.seconds * 1000).getUTCDay())
    // 16 of 56 days; at 1.6 times the visits of a working day a weekend day has 0.39 of all views instead of 0.29.
    expect(views.filter(isWeekend).length / views.length).toBeGreaterThan(0.34)
    const at = (hour: number) => views.filter((event) => new Date(event.seconds * 1000).getUTCHours() === hour).length
    expect(at(20)).toBeGreaterThan(4 * at(3))
  })

  it('has tastes in it: shoppers of a kind turn to their own type far more than others do', () => {
    const share = (kind: number, inKind: boolean) => {
      const own = SHOE_TYPES.find((type) => KINDS[kind]!.types[type] === 1)!
      const seen = events.filter(({ shopper }) => (shopper.kind === kind) === inKind)
      return seen.filter(({ product }) => product.type === own).length / seen.length
    }
    for (const kind of KINDS.keys()) expect(share(kind, true)).toBeGreaterThan(2 * share(kind, false))
  })

  it('has fashions in it: what is launched sells most in its first two weeks', () => {
    const launched = products.filter(({ launchDay }) => launchDay >= SPAN.firstDay && launchDay <= SPAN.lastDay - 42)
    const age = (event: PastEvent) => dayOf(event) - event.product.launchDay
    const inWeeks = (from: number, to: number) =>
      events.filter((event) => launched.includes(event.product) && age(event) >= 7 * from && age(event) < 7 * to).length
    expect(launched.length).toBeGreaterThan(5)
    expect(inWeeks(0, 2)).toBeGreaterThan(1.2 * inWeeks(4, 6))
  })

  it('knows most shoppers, some well and some hardly', () => {
    const counts = new Map<number, number>()
    for (const { shopper } of events) counts.set(shopper.number, (counts.get(shopper.number) ?? 0) + 1)
    expect(counts.size).toBeGreaterThan(0.85 * shoppers.length)
    expect(Math.max(...counts.values())).toBeGreaterThan(30)
  })
})
