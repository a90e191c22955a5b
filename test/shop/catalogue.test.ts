import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BRAND_NAMES, CUSHIONINGS, catalogueOf, type Product, SHOE_TYPES } from '../../src/shop/catalogue.ts'
import { SPAN } from './small-shop.ts'

const products = catalogueOf(7, { ...SPAN, products: 320 })

describe('the catalogue', () => {
  it('is the same for the same seed, another for another, and as long as asked', () => {
    expect(catalogueOf(7, { ...SPAN, products: 320 })).toEqual(products)
    expect(catalogueOf(8, { ...SPAN, products: 320 })).not.toEqual(products)
    expect(catalogueOf(7, { ...SPAN, products: 50 })).toEqual(products.slice(0, 50))
  })

  it('holds only shoes that could stand in a shop, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        for (const [i, product] of catalogueOf(seed, { ...SPAN, products: 40 }).entries()) expect(flawsOf(product, i)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('has every type and brand, news, versions that took the place of others, and some that are sold out', () => {
    expect(new Set(products.map(({ type }) => type))).toEqual(new Set(SHOE_TYPES))
    expect(new Set(products.map(({ brand }) => brand))).toEqual(new Set(BRAND_NAMES))
    const share = (is: (product: Product) => boolean) => products.filter(is).length / products.length
    expect(share(({ launchDay }) => launchDay >= SPAN.firstDay)).toBeGreaterThan(0.1)
    expect(share(({ discontinued }) => discontinued)).toBeGreaterThan(0.05)
    expect(share(({ discontinued }) => discontinued)).toBeLessThan(0.4)
    expect(products.some(({ stock }) => stock === 0)).toBe(true)
  })

  it('names a shoe by brand, line, version, type and colour', () => {
    for (const { title, brand, colour } of products) expect(title).toMatch(new RegExp(`^${brand} .+ \\d .+, ${colour}$`))
  })
})

function flawsOf(product: Product, index: number): string[] {
  const { priceMinor, marginMinor, cushioning, weightG, dropMm, launchDay, succeededDay, discontinued, appeal } = product
  const rules: readonly (readonly [boolean, string])[] = [
    [product.index === index && product.itemId === `SHOE-${String(index + 1).padStart(4, '0')}`, 'its id is its place'],
    [priceMinor % 500 === 495 && priceMinor >= 1995, 'its price ends on 4.95 or 9.95'],
    [marginMinor > 0 && marginMinor < priceMinor, 'something of the price is left, not all'],
    [CUSHIONINGS[cushioning] !== undefined, 'its cushioning has a name'],
    [weightG > 80 && weightG < 500, 'it can be worn'],
    [dropMm >= 0 && dropMm <= 12, 'so can its heel'],
    [launchDay <= SPAN.lastDay, 'it is out'],
    [succeededDay === null || succeededDay > launchDay, 'no version before the one it follows'],
    [!discontinued || succeededDay !== null, 'only what was followed is discontinued'],
    [appeal > 0 && appeal <= 1, 'its appeal is a share'],
  ]
  return rules.flatMap(([holds, rule]) => (holds ? [] : [rule]))
}
