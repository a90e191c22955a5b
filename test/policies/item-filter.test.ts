import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalogue } from '../../src/policies/catalogue.ts'
import { allowedItems, type FilterRequest, itemFilterSchema } from '../../src/policies/item-filter.ts'
import { NO_PAST } from '../../src/policies/past.ts'
import { goods, NOW } from './assembled-pool.ts'

const DAY = 86_400
const COUNTRIES = [null, ['DE'], ['DE', 'AT'], ['FR'], []] as const

/** Twenty items: prices 100 … 2000, one a day older than the other, sold in many places. */
const shop = goods(20, (item) => ({
  ...{ priceMinor: item % 7 === 0 ? null : item * 100, addedSeconds: NOW - (item - 1) * DAY, countries: COUNTRIES[item % 5]! },
  discontinued: item === 5,
}))
const everywhere = goods(20)

function shownIn(catalogue: Catalogue, given: object = {}, asked: Partial<FilterRequest> = {}): number[] {
  const filter = itemFilterSchema.parse(given)
  const allowed = allowedItems({ catalogue, filter, country: null, now: NOW, past: NO_PAST, ...asked })
  return Array.from(allowed.keys()).filter((item) => allowed[item] === 1)
}

describe('the filter of a surface', () => {
  it('lets everything pass that is sold, and costs nothing then', () => {
    const asked = { catalogue: everywhere, country: 'DE', now: NOW, past: NO_PAST }
    expect(allowedItems(asked)).toBe(everywhere.allowed)
    expect(allowedItems({ ...asked, filter: itemFilterSchema.parse({}) })).toBe(everywhere.allowed)
  })

  it('keeps items to the countries that they are sold in; where nobody knows, to those sold everywhere', () => {
    expect(shownIn(shop, {}, { country: 'de' })).toEqual([1, 2, 6, 7, 10, 11, 12, 15, 16, 17, 20])
    expect(shownIn(shop, {}, { country: 'FR' })).toEqual([3, 8, 10, 13, 15, 18, 20])
    for (const country of [null, 'XX', '', 'a word', '__proto__']) expect(shownIn(shop, {}, { country })).toEqual([10, 15, 20])
  })

  it('knows price bands, ages and fields', () => {
    const plain = goods(20, (item) => ({ priceMinor: item % 7 === 0 ? null : item * 100, addedSeconds: NOW - (item - 1) * DAY }))
    expect(shownIn(plain, { priceMinor: { least: 300, most: 800 } })).toEqual([3, 4, 5, 6, 8])
    expect(shownIn(plain, { priceMinor: { most: 200 } })).toEqual([1, 2])
    expect(shownIn(plain, { newestDays: 3 })).toEqual([1, 2, 3])
    expect(shownIn(plain, { newestDays: 3 }, { now: NOW + DAY })).toEqual([1, 2])
    expect(shownIn(plain, { where: [{ field: 'brand', values: ['brand 1'] }] })).toEqual([2, 6, 10, 14, 18])
    const both = [
      { field: 'brand', values: ['brand 1', 'brand 2'] },
      { field: 'category', is: 'not-in', values: ['category 0'] },
    ]
    expect(shownIn(plain, { where: both })).toEqual([2, 3, 6, 11, 14, 15, 18])
  })

  it('leaves out what the shopper bought, only when asked, and for this shopper alone', () => {
    const past = { purchases: { items: [3, 9, 99], seconds: [1, 2, 3] } }
    expect(shownIn(everywhere, { hideBought: true }, { past })).toEqual(shownIn(everywhere).filter((item) => item !== 3 && item !== 9))
    expect(shownIn(everywhere, {}, { past })).toHaveLength(20)
    expect(shownIn(everywhere, { hideBought: true })).toHaveLength(20)
  })

  it('never shows what is not sold, whatever it says', () => {
    const filter = fc.record({
      priceMinor: fc.record({ least: fc.option(fc.nat(500)), most: fc.option(fc.integer({ min: 500, max: 3000 })) }),
      newestDays: fc.option(fc.integer({ min: 1, max: 30 })),
      hideBought: fc.boolean(),
      where: fc.array(
        fc.record({
          field: fc.constantFrom('brand', 'seller'),
          is: fc.constantFrom('in', 'not-in'),
          values: fc.constant(['brand 1', 'seller 0']),
        }),
        { maxLength: 2 },
      ),
    })
    fc.assert(
      fc.property(filter, fc.constantFrom(null, 'DE', 'AT', 'FR', 'US'), (given, country) => {
        const shown = shownIn(shop, given, { country })
        expect(shown).not.toContain(5)
        for (const item of shown) expect(COUNTRIES[item % 5] === null || COUNTRIES[item % 5]!.includes(country as never)).toBe(true)
        // Asked again it is the same mask.
        expect(shownIn(shop, given, { country })).toEqual(shown)
      }),
    )
  })

  it.each([
    [{ priceMinor: { least: 5, most: 4 } }, 'priceMinor'],
    [{ priceMinor: { least: -1 } }, 'priceMinor.least'],
    [{ newestDays: 0 }, 'newestDays'],
    [{ where: [{ field: 'colour', values: ['red'] }] }, 'where.0.field'],
    [{ where: [{ field: 'brand', values: [] }] }, 'where.0.values'],
    [{ region: 'EU' }, ''],
  ])('is refused where it makes no sense: %j', (given, path) => {
    expect(itemFilterSchema.safeParse(given).error!.issues[0]!.path.join('.')).toBe(path)
  })
})
