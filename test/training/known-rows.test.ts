import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { HEADER_AT, headerOf, learned, newTold, read, settled, type Told, write } from './readings.ts'
import { writeItems } from './shop-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-known-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('kept rows that do not fit', () => {
  let database: FreshDatabase
  let client: pg.Client
  const whole = join(folder, 'whole')
  const path = join(folder, 'kept')

  beforeAll(async () => {
    database = await freshDatabase()
    client = new pg.Client(database.url)
    await client.connect()
    await writeItems(client, 8)
    const many = Array.from({ length: 40 }, (_, i) => ({
      unit: i % 5,
      item: 1 + (i % 7),
      type: 'purchase',
      seconds: 1_000 + i,
      basket: null,
    }))
    await write(client, 'interactions', many)
    await settled(() => read(database.url, { path: whole }), whole, many.length)
  })
  afterAll(async () => {
    await client.end()
    await database.drop()
  })

  async function readKept(rowsMax?: number): Promise<Told> {
    const told = newTold()
    const reading = await read(database.url, { path, told, ...(rowsMax && { rowsMax }) })
    expect(learned(reading)).toEqual(learned(await read(database.url, rowsMax ? { rowsMax } : {})))
    return told
  }

  it('are used while they do, and only their owner may look at them', async () => {
    copyFileSync(whole, path)
    const { notes, doing } = await readKept()
    expect([notes, [...doing]]).toEqual([[], ['reading 0 new rows, 40 known']])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  it('are passed over with a line when a byte of them is wrong, wherever it is', async () => {
    const bytes = readFileSync(whole)
    for (const at of [0, 9, 13, 40, 400, 700, bytes.length - 90, bytes.length - 2]) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 0x10
      writeFileSync(path, damaged)
      const { notes, doing } = await readKept()
      expect([notes.length, ...doing], `byte ${at}`).toEqual([1, 'reading 40 rows'])
    }
  })

  it('are passed over when they end too early, and when there is nothing in the file', async () => {
    for (const length of [0, 10, 200, readFileSync(whole).length - 1]) {
      writeFileSync(path, readFileSync(whole).subarray(0, length))
      expect((await readKept()).notes, `${length} bytes`).toEqual([expect.stringContaining('is of no use')])
    }
  })

  it.each([
    [{ format: 2 }, 'of another release'],
    [{ events: 'another query' }, 'of another release'],
    [{ endianness: 'BE' }, 'of another release'],
    [{ origin: '1 2 3' }, 'of another database'],
    [{ position: '999999999999' }, 'ahead of the database'],
    [{ isWhole: false }, 'fewer rows were kept'],
    [{ settled: 41 }, 'removed, rewritten or put back'],
    [{ settledMix: '1' }, 'removed, rewritten or put back'],
  ])('are passed over when their header says %j', async (change, because) => {
    rewriteHeader(whole, path, change)
    expect((await readKept()).notes).toEqual([expect.stringContaining(because)])
    expect(headerOf(path)).toMatchObject({ format: 1, rows: 40, isWhole: true })
  })

  it('are not used without a word when very much is new: reading everything is no dearer', async () => {
    copyFileSync(whole, path)
    await write(
      client,
      'outcomes',
      Array.from({ length: 30 }, (_, i) => ({ unit: 1, item: 2, type: 'click', seconds: 900 + i, basket: null })),
    )
    const { notes, doing } = await readKept(100)
    expect([notes, [...doing]]).toEqual([[], ['reading 70 rows']])
  })

  it('cost a training nothing when they cannot be written', async () => {
    const told = newTold()
    const blocked = join(whole, 'no folder', 'kept')
    const { data } = await read(database.url, { path: blocked, told })
    expect(data.items.length).toBeGreaterThanOrEqual(40)
    expect(told.notes.at(-1)).toContain('could not be kept')
  })
})

/** The same file with another header, whose checksum is right. */
function rewriteHeader(from: string, to: string, change: object): void {
  const bytes = readFileSync(from)
  const body = bytes.subarray(HEADER_AT + bytes.readUInt32LE(8))
  const text = Buffer.from(JSON.stringify({ ...headerOf(from), ...change }))
  const start = Buffer.from(bytes.subarray(0, HEADER_AT))
  start.writeUInt32LE(text.length, 8)
  start.writeUInt32LE(crc32(text), 12)
  writeFileSync(to, Buffer.concat([start, text, body]))
}
