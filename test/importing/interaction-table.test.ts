import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readInteractionTable, type TableRequest } from '../../src/importing/interaction-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-table-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(text: string, given: Partial<TableRequest> = {}) {
  const path = join(folder, 'log')
  writeFileSync(path, text)
  const request: TableRequest = {
    path,
    preset: null,
    asked: new Map(),
    format: 'auto',
    delimiter: 'auto',
    encoding: 'utf-8',
    decimal: 'point',
    currency: 'EUR',
    ...given,
  }
  return readInteractionTable(request, () => undefined)
}

describe('a history in memory', () => {
  it('comes oldest first, with numbers in the order of first sight, and passes over what teaches nothing', async () => {
    const { data, items, counts } = await read(
      [
        'unit,itemId,title,type,occurredAt,basket',
        'ann,b,Boot,purchase,2026-01-03,o1',
        'ben,a,,view,2026-01-01,',
        ',a,,purchase,2026-01-02,o2',
        'ann,b,Boot,return,2026-01-04,o1',
        'ann,a,,rating,2026-01-05,',
        'ann,,,view,2026-01-05,',
      ].join('\n'),
    )
    const rows = Array.from(data.items, (item, row) => [data.units[row], item, data.weights[row], data.baskets[row]])
    expect(rows).toEqual([
      [1, 2, 1, -1],
      [-1, 2, 5, 1],
      [0, 1, 5, 0],
      [0, 1, -5, 0],
    ])
    expect(items.map(({ itemNo, itemId, title }) => [itemNo, itemId, title])).toEqual([
      [1, 'b', 'Boot'],
      [2, 'a', ''],
    ])
    expect(data).toMatchObject({ unitCount: 2, itemCount: 3, now: Date.UTC(2026, 0, 4) / 1000 })
    expect(counts).toMatchObject({ read: 6, accepted: 5, refused: { missing: 1 } })
  })

  it('keeps more rows than it first made room for', async () => {
    const lines = Array.from({ length: 70_000 }, (_, i) =>
      JSON.stringify({ unit: `u${i % 7}`, itemId: `i${i % 11}`, occurredAt: 1_700_000_000 + i }),
    )
    const { data } = await read(lines.join('\n'))
    expect(data.items).toHaveLength(70_000)
    expect([data.units.at(-1), data.items.at(-1)]).toEqual([69_999 % 7, 1 + (69_999 % 11)])
  })

  it('takes titles and prices that a preset knows', async () => {
    const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
    const { items, currency } = await read(`${header}\n1,22423,REGENCY CAKESTAND,1,2010-12-01 08:26:00,12.75,17850.0,United Kingdom`, {
      preset: 'online-retail',
    })
    expect(items).toEqual([expect.objectContaining({ itemId: '22423', title: 'REGENCY CAKESTAND', priceMinor: 1275 })])
    expect(currency).toBe('GBP')
  })

  it('refuses a file that teaches nothing', async () => {
    await expect(read('unit,itemId,occurredAt,type\nann,a,2026-01-01,rating')).rejects.toThrow('holds no interaction')
  })
})
