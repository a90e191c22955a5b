import { describe, expect, it } from 'vitest'
import { interactionReader } from '../../src/importing/interaction-reader.ts'
import { itemReader } from '../../src/importing/item-reader.ts'
import { type Mapping, mappingOf } from '../../src/importing/mapping.ts'
import type { ReadingOptions } from '../../src/importing/row-reader.ts'
import { sniff } from '../../src/importing/sniff.ts'

const options: ReadingOptions = { currency: 'EUR', decimal: 'point' }
const noWishes: ReadonlyMap<string, string> = new Map()

function reading<Row>(
  make: (mapping: Mapping, options: ReadingOptions) => (cells: readonly string[], raw: string) => Row,
  kind: 'items' | 'interactions',
  columns: string,
) {
  const read = make(mappingOf(kind, columns.split(','), noWishes) as Mapping, options)
  return (row: string): Row => read(row.split(','), row)
}

describe('the reader of items', () => {
  const read = reading(itemReader, 'items', 'itemId,title,brand,price,margin,currency,stock,discontinued,attributes.drop')

  it('reads every field', () => {
    expect(read(' A-1 ,Shoe,Fjell,129.90,40,EUR,7,no,8 mm')).toEqual({
      kind: 'accepted',
      notes: [],
      row: {
        itemId: 'A-1',
        title: 'Shoe',
        brand: 'Fjell',
        priceMinor: 12_990,
        marginMinor: 4000,
        currency: 'EUR',
        stock: 7,
        discontinued: false,
        attributes: { drop: '8 mm' },
      },
    })
  })

  it('empties what is empty and leaves alone what has no column', () => {
    expect(read('A-1,,,,,,,,')).toMatchObject({
      row: { title: '', brand: null, priceMinor: null, stock: null, discontinued: false, attributes: {} },
    })
    expect(reading(itemReader, 'items', 'sku,stock')('A-1,3')).toEqual({ kind: 'accepted', notes: [], row: { itemId: 'A-1', stock: 3 } })
  })

  it.each([
    [',Shoe,,,,,,,', 'missing'],
    ['A,Shoe,,-1,,EUR,,,', 'number-out-of-range'],
    ['A,Shoe,,cheap,,EUR,,,', 'not-a-number'],
    ['A,Shoe,,1,,euro,,,', 'not-a-currency'],
    ['A,Shoe,,1,,EUR,1.5,,', 'not-an-integer'],
    ['A,Shoe,,1,,EUR,,maybe,', 'not-a-flag'],
    [`A,${'x'.repeat(1001)},,1,,EUR,,,`, 'too-long'],
  ])('refuses %s: %s', (row, reason) => {
    expect(read(row)).toMatchObject({ kind: 'refused', reason })
  })
})

describe('the reader of interactions', () => {
  const read = reading(interactionReader, 'interactions', 'unit,itemId,type,quantity,value,currency,occurredAt,basket')
  const plain = reading(interactionReader, 'interactions', 'unit,itemId,quantity,unitPrice,occurredAt')

  it('reads every field', () => {
    expect(read('u1,A,addtocart,2,59.80,EUR,2026-11-20 10:00,b1')).toEqual({
      kind: 'accepted',
      notes: [],
      row: {
        unit: 'u1',
        itemId: 'A',
        title: '',
        type: 'add-to-cart',
        quantity: 2,
        valueMinor: 5980,
        currency: 'EUR',
        occurredAt: Date.UTC(2026, 10, 20, 10),
        basket: 'b1',
      },
    })
  })

  it('takes a purchase of one for granted, money from the unit price, and the shop’s currency', () => {
    expect(plain('u1,A,,2.50,2026-11-20')).toMatchObject({ row: { type: 'purchase', quantity: 1, valueMinor: 250, currency: 'EUR' } })
    expect(plain('u1,A,3,,2026-11-20')).toMatchObject({ row: { quantity: 3, valueMinor: null, currency: null } })
  })

  it('stores returns with quantity and money below zero, whichever sign the file uses', () => {
    const back = { row: { type: 'return', quantity: -2, valueMinor: -500 } }
    expect(plain('u1,A,-2,2.50,2026-11-20')).toMatchObject(back)
    expect(read('u1,A,return,2,5.00,EUR,2026-11-20,')).toMatchObject(back)
    expect(read('u1,A,refund,-2,-5.00,EUR,2026-11-20,')).toMatchObject(back)
  })

  it('keeps rows without a shopper, and counts them', () => {
    expect(plain(',A,1,2.50,2026-11-20')).toMatchObject({ kind: 'accepted', row: { unit: null }, notes: ['without a shopper'] })
  })

  it.each([
    ['u1,,purchase,1,,,2026-11-20,', 'missing'],
    ['u1,A,purchase,1,,,,', 'missing'],
    ['u1,A,purchase,1,,,2026-02-30,', 'no-such-time'],
    ['u1,A,purchase,9999999,,,2026-11-20,', 'number-out-of-range'],
    ['u1,A,purchase,0,,,2026-11-20,', 'number-out-of-range'],
    ['u1,A,purchase,1,1e309,EUR,2026-11-20,', 'not-a-number'],
    ['u1,A,purchase,1,5,EURO,2026-11-20,', 'not-a-currency'],
    ['u1,A,purchase,-1,,,2026-11-20,', 'negative-purchase'],
    ['u1,A,purchase,1,-5,EUR,2026-11-20,', 'negative-purchase'],
    ['u1,A,buy!,1,5,EUR,2026-11-20,', 'not-a-type'],
    [`${'u'.repeat(257)},A,purchase,1,5,EUR,2026-11-20,`, 'too-long'],
  ])('refuses %s: %s', (row, reason) => {
    expect(read(row)).toMatchObject({ kind: 'refused', reason })
  })
})

describe('the first look at a file', () => {
  const auto = { format: 'auto', delimiter: 'auto' } as const

  it('tells NDJSON from CSV and finds the delimiter', () => {
    expect(sniff('{"a":1}\n', auto, []).format).toEqual({ kind: 'ndjson' })
    expect(sniff('a;b;c\n1,5;2;3\n', auto, [])).toEqual({ format: { kind: 'csv', delimiter: ';' }, columns: ['a', 'b', 'c'] })
    expect(sniff('a\tb\n', auto, []).format).toEqual({ kind: 'csv', delimiter: '\t' })
    expect(sniff('"a,x";b;c\n', auto, []).columns).toEqual(['a,x', 'b', 'c'])
    expect(sniff('a,b|c\n', { format: 'csv', delimiter: '|' }, []).columns).toEqual(['a,b', 'c'])
  })

  it('refuses a file without rows', () => {
    expect(() => sniff(' \n\n', auto, [])).toThrow('no rows')
  })
})
