import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogueOf, SHOE_TYPES } from '../../src/shop/catalogue.ts'
import { buzzOf, collectionOf, crowdOf, seasonOf } from '../../src/shop/demand.ts'
import { LAST_DAY, SPAN } from './small-shop.ts'

const products = catalogueOf(7, { ...SPAN, products: 100 })
const day = fc.integer({ min: LAST_DAY - 800, max: LAST_DAY + 800 })
const dayOf = (iso: string) => Date.parse(iso) / 86_400_000

describe('demand', () => {
  it('is a share, and nothing before the launch', () => {
    fc.assert(
      fc.property(fc.constantFrom(...products), day, (product, on) => {
        const buzz = buzzOf(product, on)
        expect(buzz).toBeLessThanOrEqual(1)
        if (on < product.launchDay) expect(buzz).toBe(0)
        else expect(buzz).toBeGreaterThan(0)
      }),
    )
  })

  it('fades after a launch: seasons apart, to a third and no further', () => {
    const product = products.find(({ succeededDay }) => succeededDay === null)!
    const faded = [0, 7, 14, 28, 90].map(
      (age) => buzzOf(product, product.launchDay + age) / seasonOf(product.type, product.launchDay + age),
    )
    expect(faded).toEqual(faded.toSorted((a, b) => b - a))
    expect(faded[0]).toBeCloseTo(1, 12)
    expect(faded[2]).toBeCloseTo(2 / 3, 12)
    expect(faded[4]).toBeGreaterThan(1 / 3)
  })

  it('drops when the next version comes out', () => {
    const product = products.find(({ succeededDay }) => succeededDay !== null)!
    expect(buzzOf(product, product.succeededDay!)).toBeLessThan(0.45 * buzzOf(product, product.succeededDay! - 1))
  })

  it('has trail shoes in summer, walking shoes in autumn, and every type at all times', () => {
    const best = (type: (typeof SHOE_TYPES)[number]) =>
      Array.from({ length: 12 }, (_, month) => seasonOf(type, dayOf(`2026-${String(month + 1).padStart(2, '0')}-15`)))
    expect(best('trail').indexOf(Math.max(...best('trail')))).toBe(6)
    expect(best('walking').indexOf(Math.max(...best('walking')))).toBe(9)
    for (const type of SHOE_TYPES) expect(Math.min(...best(type))).toBeGreaterThan(0.4)
  })

  it('brings more visits on Saturdays and Sundays', () => {
    const week = Array.from({ length: 7 }, (_, i) => crowdOf(dayOf('2026-11-16') + i))
    expect(week).toEqual([1, 1, 1, 1, 1, 1.6, 1.6])
  })

  it('names the collection of a day by year and season', () => {
    expect(['2025-02-01', '2026-05-03', '2026-08-20', '2026-11-15'].map((iso) => collectionOf(dayOf(iso)))).toEqual([
      '2025 winter',
      '2026 spring',
      '2026 summer',
      '2026 autumn',
    ])
  })
})
