import { describe, expect, it } from 'vitest'
import { itemSchema } from '../../src/http/item-request.ts'
import { outcomeEnvelopeSchema, outcomeSchema } from '../../src/http/outcome-request.ts'
import { pointerOf } from '../../src/http/pointer.ts'
import { slateRequestSchema } from '../../src/http/slate-request.ts'

interface Parsed {
  readonly success: boolean
  readonly error?: {
    readonly issues: readonly { readonly code?: string; readonly path: readonly PropertyKey[]; readonly keys?: readonly string[] }[]
  }
}
const placesOf = ({ error }: Parsed) => error?.issues.map(pointerOf) ?? []
const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
const keys = (n: number) => Object.fromEntries(many(n, (i) => [`k${i}`, i]))

describe('a slate request', () => {
  const places = (request: object) => placesOf(slateRequestSchema.safeParse({ surface: 'home', ...request }) as Parsed)

  it.each([
    {},
    { unit: 'shopper-42', size: 10, requestId: 'r-1', candidates: ['A', 'B'], consent: { measurement: true } },
    { context: { device: 'mobile', country: 'DE', itemId: 'SKU-1', cart: ['SKU-7'], returning: true } },
    { context: { weather: 'rain', score: 3, tags: ['a', 1, true], nothing: null } },
    { context: keys(64) },
    { candidates: many(1000, (i) => `SKU-${i}`), unit: 'u'.repeat(256) },
    { consent: {} },
  ])('may be %j', (request) => {
    expect(places(request)).toEqual([])
  })

  it.each([
    [{ surface: 'Home' }, '/surface'],
    [{ unit: '' }, '/unit'],
    [{ unit: 'u'.repeat(257) }, '/unit'],
    [{ unit: 42 }, '/unit'],
    [{ size: 0 }, '/size'],
    [{ size: 101 }, '/size'],
    [{ size: 2.5 }, '/size'],
    [{ candidates: [] }, '/candidates'],
    [{ candidates: many(1001, (i) => `SKU-${i}`) }, '/candidates'],
    [{ candidates: ['a', ''] }, '/candidates/1'],
    [{ requestId: 'r'.repeat(129) }, '/requestId'],
    [{ context: keys(65) }, '/context'],
    [{ context: { itemId: 7 } }, '/context/itemId'],
    [{ context: { device: 'd'.repeat(257) } }, '/context/device'],
    [{ context: { nested: { a: 1 } } }, '/context/nested'],
    [{ context: { cart: many(101, String) } }, '/context/cart'],
    [{ consent: { all: true } }, '/consent/all'],
    [{ consent: { measurement: 'yes' } }, '/consent/measurement'],
    [{ colour: 'red' }, '/colour'],
  ])('may not be %j', (request, place) => {
    expect(places(request)).toEqual([place])
  })
})

describe('an outcome', () => {
  const places = (outcome: object) =>
    placesOf(outcomeSchema.safeParse({ outcomeId: 'o-1', unit: 'u', type: 'click', ...outcome }) as Parsed)

  it.each([
    {},
    { unit: undefined, token: 'v1.abc' },
    { unit: undefined, decisionId: '0193e2b0-7d1e-7000-8000-5f1c3c1de001' },
    { value: '89.90', currency: 'EUR' },
    { value: '-3', currency: 'JPY', type: 'return', quantity: -1 },
    { occurredAt: '2026-11-20T10:00:00Z' },
    { occurredAt: '2028-02-29T10:00:00.123+01:00' },
    { type: 'my.own_event-2' },
  ])('may have %j', (outcome) => {
    expect(places(outcome)).toEqual([])
  })

  it.each([
    [{ outcomeId: '' }, '/outcomeId'],
    [{ outcomeId: 'o'.repeat(257) }, '/outcomeId'],
    [{ unit: undefined }, ''],
    [{ decisionId: 'not-a-uuid' }, '/decisionId'],
    [{ type: 'Click' }, '/type'],
    [{ value: 89.9, currency: 'EUR' }, '/value'],
    [{ value: 'NaN', currency: 'EUR' }, '/value'],
    [{ value: '1e5', currency: 'EUR' }, '/value'],
    [{ value: '1234567890123456', currency: 'EUR' }, '/value'],
    [{ value: '1' }, '/currency'],
    [{ value: '1', currency: 'eur' }, '/currency'],
    [{ quantity: 1.5 }, '/quantity'],
    [{ quantity: 1e9 }, '/quantity'],
    [{ occurredAt: '2026-02-29T10:00:00Z' }, '/occurredAt'],
    [{ occurredAt: '2026-11-20 10:00' }, '/occurredAt'],
    [{ occurredAt: 1_700_000_000 }, '/occurredAt'],
    [{ colour: 'red' }, '/colour'],
  ])('may not have %j', (outcome, place) => {
    expect(places(outcome)).toEqual([place])
  })

  it('comes in batches of 1 to 500', () => {
    expect(outcomeEnvelopeSchema.safeParse({ outcomes: many(500, () => null) }).success).toBe(true)
    expect(outcomeEnvelopeSchema.safeParse({ outcomes: many(501, () => null) }).success).toBe(false)
    expect(outcomeEnvelopeSchema.safeParse({ outcomes: [] }).success).toBe(false)
    expect(outcomeEnvelopeSchema.safeParse([]).success).toBe(false)
  })
})

describe('an item', () => {
  const places = (item: object) => placesOf(itemSchema.safeParse({ itemId: 'SKU-1', ...item }) as Parsed)

  it('is whole with its id alone', () => {
    expect(itemSchema.parse({ itemId: 'SKU-1' })).toEqual({
      itemId: 'SKU-1',
      title: '',
      category: null,
      brand: null,
      price: null,
      margin: null,
      currency: null,
      stock: null,
      discontinued: false,
      seller: null,
      returnRate: null,
      countries: null,
      attributes: {},
    })
  })

  it.each([
    [{ itemId: '' }, '/itemId'],
    [{ title: 't'.repeat(501) }, '/title'],
    [{ price: 89.9, currency: 'EUR' }, '/price'],
    [{ price: '89.90' }, '/currency'],
    [{ margin: '1' }, '/currency'],
    [{ stock: -1 }, '/stock'],
    [{ stock: 1e12 }, '/stock'],
    [{ attributes: { deep: { a: 1 } } }, '/attributes/deep'],
    [{ attributes: keys(65) }, '/attributes'],
    [{ colour: 'red' }, '/colour'],
  ])('may not have %j', (item, place) => {
    expect(places(item)).toEqual([place])
  })
})
