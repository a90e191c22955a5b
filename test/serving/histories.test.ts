import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packHistories, UNIT_BYTES } from '../../src/policies/history-body.ts'
import { NO_PAST, NO_PURCHASES } from '../../src/policies/past.ts'
import { NO_HISTORIES, openHistories } from '../../src/serving/histories.ts'

const pseudonym = fc.uint8Array({ minLength: UNIT_BYTES, maxLength: UNIT_BYTES })
/** Pseudonyms that share their first bytes, so that guessing by them does not help. */
const alike = pseudonym.map((bytes) => bytes.map((byte, i) => (i < 12 ? 7 : byte)))
const shoppers = fc.oneof(pseudonym, alike).chain((one) =>
  fc.uniqueArray(
    fc.record({ unit: fc.oneof(pseudonym, alike, fc.constant(one)), items: fc.array(fc.nat({ max: 1e6 }), { maxLength: 50 }) }),
    {
      selector: ({ unit }) => Buffer.from(unit).toString('hex'),
      maxLength: 60,
    },
  ),
)

type Shoppers = readonly { readonly unit: Uint8Array; readonly items: readonly number[] }[]

function bodyOf(given: Shoppers): Uint8Array {
  const rows = given.toSorted((a, b) => Buffer.compare(a.unit, b.unit))
  const starts = new Int32Array(rows.length + 1)
  rows.forEach(({ items }, row) => {
    starts[row + 1] = starts[row]! + items.length
  })
  return packHistories({
    units: new Uint8Array(Buffer.concat(rows.map(({ unit }) => unit))),
    starts,
    items: Int32Array.from(rows.flatMap(({ items }) => items)),
  })
}

describe('histories at serving', () => {
  it('find every shopper’s items, and nothing for others', () => {
    fc.assert(
      fc.property(shoppers, pseudonym, (given, stranger) => {
        const histories = openHistories(bodyOf(given))
        for (const { unit, items } of given)
          expect(histories.of(unit)).toEqual({
            recent: items.map((item) => ({ item, deed: 'unknown', seconds: 0 })),
            purchases: NO_PURCHASES,
          })
        const known = given.some(({ unit }) => Buffer.compare(unit, stranger) === 0)
        if (!known) expect(histories.of(stranger)).toEqual(NO_PAST)
      }),
    )
  })

  it('read a pseudonym wherever it lies in its buffer', () => {
    const unit = Uint8Array.from({ length: UNIT_BYTES }, (_, i) => 16 * i)
    const shifted = new Uint8Array(UNIT_BYTES + 5)
    shifted.set(unit, 5)
    expect(
      openHistories(bodyOf([{ unit, items: [3, 1] }]))
        .of(shifted.subarray(5))
        .recent.map(({ item }) => item),
    ).toEqual([3, 1])
  })

  it('know nobody before anything was learned', () => {
    expect(NO_HISTORIES.of(new Uint8Array(UNIT_BYTES))).toEqual(NO_PAST)
    expect(openHistories(bodyOf([])).of(new Uint8Array(UNIT_BYTES))).toEqual(NO_PAST)
  })

  it('refuse bytes that are none', () => {
    const body = bodyOf([{ unit: new Uint8Array(UNIT_BYTES), items: [1] }])
    body[body.length - 1]! ^= 1
    expect(() => openHistories(body)).toThrow(/corrupt/)
    const uneven = packHistories({ units: new Uint8Array(UNIT_BYTES), starts: new Int32Array(3), items: new Int32Array(0) })
    expect(() => openHistories(uneven)).toThrow(/differ in number/)
  })
})
