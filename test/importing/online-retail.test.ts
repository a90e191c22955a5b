import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onlineRetail } from '../../src/importing/online-retail.ts'
import type { Preset, PresetReading } from '../../src/importing/preset.ts'
import { freshDatabase } from '../support/database.ts'
import { importInto, pseudonym, rowsOf } from './importer.ts'
import { fileOf } from './own-file.ts'

/** Online Retail is not part of the project; it lies beside it where the data were fetched. */
const PATH = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'online-retail', 'online_retail.csv.gz')
const present = existsSync(PATH)
if (!present) console.warn(`\n*** SKIPPED: Online Retail is not at ${PATH}; its preset is tested on made-up rows only. ***\n`)

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
const preset = { preset: 'online-retail' }

/** By an independent reading of the file (Python's csv and decimal) under the same rules. */
const GOLDEN = {
  byType: [
    { type: 'purchase', rows: 522_454, value: '1024590899', units: 4334, sign: 1 },
    { type: 'return', rows: 8667, value: '-47588616', units: 1534, sign: -1 },
  ],
  totals: { units: 4362, items: 3809, baskets: 23_191, largest: 3809 },
  items: [
    { item_id: '20725', title: 'LUNCH BAG RED RETROSPOT', price: 165 },
    { item_id: '22423', title: 'REGENCY CAKESTAND 3 TIER', price: 1275 },
    { item_id: '85123A', title: 'WHITE HANGING HEART T-LIGHT HOLDER', price: 295 },
    { item_id: 'DCGS0003', title: 'BOXED GLASS ASHTRAY', price: 246 },
  ],
}

/** One verdict a row. */
function verdicts(preset: Preset, ...rows: string[]) {
  const reading = preset.open(HEADER.split(',')) as PresetReading
  return rows.map((row) => {
    const verdict = reading.read(row.split(','), row)
    return verdict.kind === 'accepted' ? verdict.row.type : verdict.kind === 'skipped' ? verdict.rule : verdict.reason
  })
}

describe('the preset of Online Retail', () => {
  it('has a rule for everything that is no plain sale', () => {
    const rows = {
      '1,85123a,LAMP,6,2010-12-01 08:26:00,2.55,17850.0,EIRE': 'purchase',
      'C2,85123A,LAMP,-6,2010-12-02 08:26:00,2.55,17850.0,EIRE': 'return',
      '3,POST,POSTAGE,1,2010-12-02 08:26:00,18,17850.0,EIRE': 'not-a-product',
      '4,gift_0001_20,VOUCHER,1,2010-12-02 08:26:00,16,,EIRE': 'not-a-product',
      '5,85123A,damaged?,-6,2010-12-02 08:26:00,0,,EIRE': 'stock-adjustment',
      '6,85123A,LAMP,6,2010-12-02 08:26:00,0,17850.0,EIRE': 'price-not-positive',
      '7,85123A,LAMP,6,2010-12-32 08:26:00,1,17850.0,EIRE': 'no-such-time',
      '8,85123A,LAMP,many,2010-12-02 08:26:00,1,17850.0,EIRE': 'not-a-number',
      '9,85123A,LAMP,1,2010-12-02 08:26:00,1e309,17850.0,EIRE': 'not-a-number',
    }
    expect(verdicts(onlineRetail, ...Object.keys(rows))).toEqual(Object.values(rows))
    const [sale] = Object.keys(rows)
    expect(verdicts(onlineRetail, sale!, sale!)).toEqual(['purchase', 'exact-duplicate'])
  })

  it('names items by their most frequent description and prices them at the lower median', async () => {
    const rows = [
      '1,A1,RED LAMP,1,2010-12-01 08:26:00,1.00,1.0,EIRE',
      '2,A1,damaged?,1,2010-12-01 08:27:00,3.00,1.0,EIRE',
      '3,a1,damaged?,1,2010-12-01 08:28:00,2.00,1.0,EIRE',
      '4,A1,RED LAMP,1,2010-12-01 08:29:00,9.00,1.0,EIRE',
      '5,B1,Dad’s Meter,1,2010-12-01 08:29:00,5.00,1.0,EIRE',
    ]
    const path = await fileOf('small.csv', `${HEADER}\n${rows.join('\n')}\n`)
    const database = await freshDatabase()
    expect(await importInto(database.url, path, { ...preset, kind: 'items' })).toMatchObject({
      accepted: 5,
      items: { itemsAdded: 2, itemsChanged: 0 },
    })
    const items = [
      { item_no: 1, item_id: 'A1', title: 'RED LAMP', price: 200, currency: 'GBP' },
      { item_no: 2, item_id: 'B1', title: 'Dad’s Meter', price: 500, currency: 'GBP' },
    ]
    const sql = 'SELECT item_no, item_id, title, price_minor::integer AS price, currency FROM items ORDER BY item_no'
    expect(await rowsOf(database.url, sql)).toEqual(items)
    await database.drop()

    const other = await freshDatabase()
    expect(await importInto(other.url, path, preset)).toMatchObject({ accepted: 5, items: { itemsAdded: 2, itemsChanged: 0 } })
    expect(await rowsOf(other.url, sql)).toEqual(items)
    await other.drop()
  })

  it('leaves the titles and prices alone that the catalogue has already', async () => {
    const database = await freshDatabase()
    await importInto(database.url, await fileOf('items.csv', 'sku,title,price,currency\nA1,Our own title,,\n'), { kind: 'items' })
    const row = '1,A1,RED LAMP,1,2010-12-01 08:26:00,1.00,1.0,EIRE'
    await importInto(database.url, await fileOf('small.csv', `${HEADER}\n${row}\n`), preset)
    expect(await rowsOf(database.url, 'SELECT title, price_minor::integer AS price FROM items')).toEqual([
      { title: 'Our own title', price: 100 },
    ])
    await database.drop()
  })

  it.skipIf(!present)('reads the whole file, every row counted, every published number met', { timeout: 180_000 }, async () => {
    const database = await freshDatabase()
    const report = await importInto(database.url, PATH, preset)
    expect(report).toMatchObject({
      read: 541_909,
      accepted: 531_121,
      skipped: { 'exact-duplicate': 5268, 'not-a-product': 3030, 'stock-adjustment': 1336, 'price-not-positive': 1154 },
      refused: {},
      items: { itemsAdded: 3809, itemsChanged: 0 },
      refusedFile: null,
    })
    expect(report.facts.length).toBe(11)
    expect(report.facts.map(({ count }) => count)).toEqual(report.facts.map(({ published }) => published))
    expect(
      await rowsOf(
        database.url,
        `SELECT type, count(*)::integer AS rows, sum(value_minor)::bigint::text AS value, count(DISTINCT unit)::integer AS units, max(sign(quantity)) AS sign
         FROM interactions GROUP BY type ORDER BY type`,
      ),
    ).toEqual(GOLDEN.byType)
    const [totals] = await rowsOf(
      database.url,
      'SELECT count(DISTINCT unit)::integer AS units, count(DISTINCT item_no)::integer AS items, count(DISTINCT basket)::integer AS baskets, max(item_no) AS largest FROM interactions',
    )
    expect(totals).toEqual(GOLDEN.totals)
    expect(
      await rowsOf(
        database.url,
        "SELECT item_id, title, price_minor::integer AS price FROM items WHERE item_id IN ('85123A', '22423', 'DCGS0003', '20725') ORDER BY item_id",
      ),
    ).toEqual(GOLDEN.items)
    const [first] = await rowsOf(
      database.url,
      'SELECT unit, quantity, value_minor::integer AS value, occurred_at FROM interactions WHERE line = 2',
    )
    expect(first).toEqual({
      unit: Buffer.from(pseudonym('17850')),
      quantity: 6,
      value: 1530,
      occurred_at: new Date('2010-12-01T08:26:00Z'),
    })
    await database.drop()
  })
})
