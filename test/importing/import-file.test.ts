import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { fingerprintOf, importInto, pseudonym, rowsOf } from './importer.ts'
import { fileOf } from './own-file.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const ITEMS = 'itemId,title,price,stock,attributes.drop\nA,Alpha,10.00,5,8\nB,Beta,20.00,0,\n'
const HISTORY = [
  'shopper,item,event,qty,price,at,order',
  'u1,A,view,,,2026-11-01T10:00:00Z,',
  'u1,A,purchase,2,10.00,2026-11-01T10:05:00Z,o-1',
  ',N,purchase,1,5.00,2026-11-02T10:00:00Z,o-2',
  'u2,N,return,1,5.00,2026-11-03T10:00:00Z,',
].join('\n')
const asked = new Map([['occurredAt', 'at']])

describe('importing items', () => {
  it('adds new ones, replaces what the file has a column for, and burns no item numbers', async () => {
    const first = await importInto(database.url, await fileOf('a.csv', ITEMS), { kind: 'items' })
    expect(first).toMatchObject({ status: 'imported', read: 2, accepted: 2, items: { itemsAdded: 2, itemsChanged: 0 } })
    const second = await importInto(database.url, await fileOf('b.csv', 'sku,price\nB,21.50\nC,7\nA,10.00\n'), { kind: 'items' })
    expect(second).toMatchObject({ items: { itemsAdded: 1, itemsChanged: 1 } })
    expect(
      await rowsOf(
        database.url,
        'SELECT item_no, item_id, title, price_minor::text AS price, currency, stock, attributes FROM items ORDER BY item_no',
      ),
    ).toEqual([
      { item_no: 1, item_id: 'A', title: 'Alpha', price: '1000', currency: 'EUR', stock: 5, attributes: { drop: '8' } },
      { item_no: 2, item_id: 'B', title: 'Beta', price: '2150', currency: 'EUR', stock: 0, attributes: {} },
      { item_no: 3, item_id: 'C', title: '', price: '700', currency: 'EUR', stock: null, attributes: {} },
    ])
  })

  it('lets the later row win when an id comes twice', async () => {
    await importInto(database.url, await fileOf('a.csv', 'sku,title\nA,first\nA,second\n'), { kind: 'items' })
    expect(await rowsOf(database.url, 'SELECT item_no, title FROM items')).toEqual([{ item_no: 1, title: 'second' }])
  })
})

describe('importing interactions', () => {
  it('writes pseudonyms, money in minor units and stubs for items that are new', async () => {
    await importInto(database.url, await fileOf('items.csv', ITEMS), { kind: 'items' })
    const report = await importInto(database.url, await fileOf('history.csv', HISTORY), { asked })
    expect(report).toMatchObject({ read: 4, accepted: 4, notes: { 'without a shopper': 1 }, items: { itemsAdded: 1 } })
    const rows = await rowsOf(
      database.url,
      `SELECT line::integer, unit, item_id, type, quantity, value_minor::integer AS value, interactions.currency, basket, occurred_at
       FROM interactions JOIN items USING (item_no) ORDER BY line`,
    )
    const [u1, u2] = ['u1', 'u2'].map((unit) => Buffer.from(pseudonym(unit)))
    const at = (text: string) => new Date(`2026-11-${text}:00Z`)
    expect(rows).toEqual([
      {
        line: 2,
        unit: u1,
        item_id: 'A',
        type: 'view',
        quantity: 1,
        value: null,
        currency: null,
        basket: null,
        occurred_at: at('01T10:00'),
      },
      {
        line: 3,
        unit: u1,
        item_id: 'A',
        type: 'purchase',
        quantity: 2,
        value: 2000,
        currency: 'EUR',
        basket: 'o-1',
        occurred_at: at('01T10:05'),
      },
      {
        line: 4,
        unit: null,
        item_id: 'N',
        type: 'purchase',
        quantity: 1,
        value: 500,
        currency: 'EUR',
        basket: 'o-2',
        occurred_at: at('02T10:00'),
      },
      {
        line: 5,
        unit: u2,
        item_id: 'N',
        type: 'return',
        quantity: -1,
        value: -500,
        currency: 'EUR',
        basket: null,
        occurred_at: at('03T10:00'),
      },
    ])
    expect(await rowsOf(database.url, "SELECT item_no FROM items WHERE item_id = 'N'")).toEqual([{ item_no: 3 }])
  })

  it('means the same as CSV, NDJSON, gzip, with a byte order mark, semicolons or another line end', async () => {
    const [header, ...rows] = HISTORY.split('\n').map((line) => line.split(','))
    const ndjson = rows.map((cells) => JSON.stringify(Object.fromEntries(header!.map((name, i) => [name, cells[i]])))).join('\n')
    const files = {
      'a.csv': HISTORY,
      'b.csv': gzipSync(HISTORY),
      'c.csv': `\ufeff${HISTORY.replaceAll('\n', '\r\n')}\r\n`,
      'd.txt': HISTORY.replaceAll(',', ';'),
      // The first line is empty, so that every row has the line that it has in the CSV.
      'e.ndjson': `\n${ndjson}`,
      'f.gz': gzipSync(`\n${ndjson}`),
    }
    const fingerprints = new Set<string>()
    for (const [name, content] of Object.entries(files)) {
      const own = await freshDatabase()
      await importInto(own.url, await fileOf(name, content), { asked })
      fingerprints.add(JSON.stringify(await fingerprintOf(own.url)))
      await own.drop()
    }
    expect(fingerprints.size).toBe(1)
  })

  it('refuses rows with their line, a stable reason and the row itself, and takes the rest', async () => {
    const bad = [
      'u1,A,view,1,,2026-02-30,',
      'u1,A,view',
      'u1,A\0,view,1,,2026-11-01,',
      'u1,"A"x,view,1,,2026-11-01,',
      'u1,A,purchase,1,1e309,2026-11-01,',
    ]
    const path = await fileOf(
      'bad.csv',
      Buffer.concat([Buffer.from(`${HISTORY}\n${bad.join('\n')}\nu1,`), Buffer.from([0xe9]), Buffer.from(',view,1,,2026-11-01,\n')]),
    )
    const report = await importInto(database.url, path, { asked })
    const refused = { 'no-such-time': 1, 'wrong-columns': 1, 'nul-character': 1, 'stray-quote': 1, 'not-a-number': 1, 'not-utf8': 1 }
    expect(report).toMatchObject({ read: 10, accepted: 4, refused, skipped: {}, refusedFile: `${path}.refused.ndjson` })
    const lines = (await readFile(`${path}.refused.ndjson`, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ line, reason }) => [line, reason])).toEqual(Object.keys(refused).map((reason, i) => [i + 6, reason]))
    expect(lines[0]).toEqual({ line: 6, reason: 'no-such-time', because: 'occurredAt "2026-02-30" does not exist', row: bad[0] })
    expect(await rowsOf(database.url, 'SELECT rows_accepted::integer AS a, rows_refused::integer AS r, reasons FROM imports')).toEqual([
      { a: 4, r: 6, reasons: { refused, skipped: {}, notes: { 'without a shopper': 1 } } },
    ])
  })

  it('says "already imported" the second time and changes nothing', async () => {
    const path = await fileOf('history.csv', HISTORY)
    await importInto(database.url, path, { asked })
    const before = await fingerprintOf(database.url)
    const again = await importInto(database.url, await fileOf('copy.csv', HISTORY), { asked })
    expect(again).toMatchObject({ status: 'already-imported', read: 4, accepted: 4, notes: { 'without a shopper': 1 } })
    expect(await fingerprintOf(database.url)).toEqual(before)
    expect(existsSync(`${path}.refused.ndjson`)).toBe(false)
  })

  it('does not count a file twice under another mapping unless told to', async () => {
    const path = await fileOf('history.csv', HISTORY)
    await importInto(database.url, path, { asked })
    await expect(importInto(database.url, path, { asked, currency: 'GBP' })).rejects.toThrow('--again')
    expect(await importInto(database.url, path, { asked, currency: 'GBP', again: true })).toMatchObject({ status: 'imported', accepted: 4 })
  })

  it('lets two processes import the same file at once: one does it, the other finds it done', async () => {
    const path = await fileOf('history.csv', HISTORY)
    const reports = await Promise.all([importInto(database.url, path, { asked }), importInto(database.url, path, { asked })])
    expect(reports.map(({ status }) => status).sort()).toEqual(['already-imported', 'imported'])
    expect(await fingerprintOf(database.url)).toMatchObject({ rows: 4, lines: 4 })
  })

  it('checks everything and writes nothing in a dry run', async () => {
    const report = await importInto(null, await fileOf('history.csv', `${HISTORY}\nu1,A,view,x,,2026-11-01,\n`), { asked })
    expect(report).toMatchObject({ status: 'dry-run', read: 5, accepted: 4, refused: { 'not-a-number': 1 } })
    expect(await rowsOf(database.url, 'SELECT FROM imports')).toEqual([])
  })

  it('changes nothing for a damaged, empty or foreign file', async () => {
    const damaged = await fileOf('history.csv.gz', gzipSync(HISTORY).subarray(0, 60))
    await expect(importInto(database.url, damaged, { asked })).rejects.toThrow(/is damaged: .*\. Nothing was imported\.$/)
    await expect(importInto(database.url, await fileOf('empty.csv', ''))).rejects.toThrow('is empty')
    await expect(importInto(database.url, await fileOf('book.xlsx', 'PK\u0003\u0004…'))).rejects.toThrow('spreadsheet')
    await expect(importInto(database.url, '/no/such/file.csv')).rejects.toThrow('There is no file')
    await expect(importInto(database.url, await fileOf('other.csv', 'a,b\n1,2\n'))).rejects.toThrow(
      'No column was recognised for itemId and occurredAt',
    )
    expect(await rowsOf(database.url, 'SELECT FROM imports')).toEqual([])
  })

  it('tells those who listen that the catalogue changed', async () => {
    const { default: pg } = await import('pg')
    const listener = new pg.Client(database.url)
    await listener.connect()
    await listener.query('LISTEN croupier_changes')
    const heard = new Promise((resolve) => listener.once('notification', ({ payload }) => resolve(payload)))
    await importInto(database.url, await fileOf('items.csv', ITEMS), { kind: 'items' })
    expect(await heard).toMatch(/ items$/)
    await listener.end()
  })
})
