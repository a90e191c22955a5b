import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLog, type WholeReading } from '../../src/training/read-log.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { unitKey, writeItems } from './shop-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-known-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Told {
  readonly notes: string[]
  readonly doing: Set<string>
}

const newTold = (): Told => ({ notes: [], doing: new Set() })

function read(url: string, { path, rowsMax = 1_000, told }: { path?: string; rowsMax?: number; told?: Told } = {}): Promise<WholeReading> {
  return readLog({
    ...{ databaseUrl: url, rowsMax, now: 3_000_000 },
    onProgress: (_, doing) => told?.doing.add(doing),
    ...(path !== undefined && { known: { path, onNote: (note: string) => told?.notes.push(note) } }),
  })
}

/** Everything that models learn from. */
const learned = ({ data, unitKeys, shown, catalogue }: WholeReading) => ({ data, unitKeys, shown, items: catalogue.shown })

interface Row {
  readonly unit: number | null
  readonly item: number
  readonly type: string
  readonly seconds: number
  readonly basket: string | null
}

async function write(client: pg.Client, source: string, rows: readonly Row[]): Promise<void> {
  for (const { unit, item, type, seconds, basket } of rows) {
    const values = [unit === null ? null : unitKey(unit), item, type, seconds]
    if (source === 'interactions') {
      await client.query(
        `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at, basket) VALUES ($1, $2, $3, 1, to_timestamp($4), $5)`,
        [...values, basket],
      )
    } else {
      await client.query(
        `INSERT INTO outcomes (received_at, outcome_id, unit, item_no, type, quantity, occurred_at)
         VALUES (now(), gen_random_uuid()::text, $1, $2, $3, 1, to_timestamp($4))`,
        values,
      )
    }
  }
}

const SHOW = `
INSERT INTO exposures (decided_at, decision_id, unit, surface, stratum, kind, pi, x, policy, served_policy, model_version, snapshot_id, items, reason)
VALUES (to_timestamp($2), gen_random_uuid(), $1, 'home', 'none', 'default', '{}', '{}', 'hybrid', 'hybrid', 'v', 's', '{1,2}', 'fixed')`

const row = fc.record({
  unit: fc.option(fc.nat(7), { freq: 8 }),
  item: fc.integer({ min: 1, max: 9 }),
  type: fc.constantFrom('view', 'click', 'add-to-cart', 'purchase', 'return', 'wishlist'),
  // Few moments, so that many rows are of one; microseconds, too.
  seconds: fc.tuple(fc.nat(12), fc.nat(2)).map(([second, micros]) => 1_700_000_000 + 1000 * second + micros / 1e6),
  basket: fc.option(fc.constantFrom('a', 'b')),
})
const rows = fc.array(row, { minLength: 1, maxLength: 7 })
const source = fc.constantFrom('interactions', 'outcomes')
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), source, rows }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write-late' as const), source, rows }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit-late' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('item' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('show' as const), unit: fc.nat(9), seconds: row.map(({ seconds }) => seconds) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewrite' as const), which: fc.nat(20) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), lessMemory: fc.boolean() }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** A shop whose second connection holds transactions open while the first commits. */
interface Shop {
  readonly url: string
  readonly now: pg.Client
  readonly late: pg.Client
  items: number
  isOpen: boolean
}

async function write1(shop: Shop, given: Exclude<Step, { kind: 'read' }>): Promise<void> {
  switch (given.kind) {
    case 'write':
      return write(shop.now, given.source, given.rows)
    case 'write-late':
      if (!shop.isOpen) await shop.late.query('BEGIN')
      shop.isOpen = true
      return write(shop.late, given.source, given.rows)
    case 'commit-late':
      if (shop.isOpen) await shop.late.query('COMMIT')
      shop.isOpen = false
      return
    case 'item':
      await shop.now.query(`INSERT INTO items (item_id, title) VALUES ('new ' || $1::text, 'something new')`, [shop.items++])
      return
    case 'show':
      await shop.now.query(SHOW, [unitKey(given.unit), given.seconds])
      return
    case 'remove':
      await shop.now.query('DELETE FROM interactions WHERE interaction_id = $1', [given.which])
      return
    case 'rewrite':
      await shop.now.query(`UPDATE interactions SET type = 'click', xid = xid WHERE interaction_id = $1`, [given.which])
  }
}

async function inShop(work: (shop: Shop) => Promise<void>): Promise<void> {
  const database = await freshDatabase()
  const shop: Shop = { url: database.url, now: new pg.Client(database.url), late: new pg.Client(database.url), items: 0, isOpen: false }
  await Promise.all([shop.now.connect(), shop.late.connect()])
  try {
    await writeItems(shop.now, 8)
    await work(shop)
  } finally {
    await Promise.all([shop.now.end(), shop.late.end()])
    await database.drop()
  }
}

describe('reading what is new', () => {
  it('gives bit for bit what reading everything gives, whatever was written, late or out of order, removed or rewritten', async () => {
    let merged = 0
    const path = join(folder, 'law')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1_000, 60, 28),
        rows,
        fc.array(step, { minLength: 4, maxLength: 24 }),
        async (rowsMax, first, steps) => {
          rmSync(path, { force: true })
          await inShop(async (shop) => {
            for (let i = 0; i < 6; i++) await write(shop.now, 'interactions', first)
            for (const given of [{ kind: 'read' as const, lessMemory: false }, ...steps, { kind: 'read' as const, lessMemory: false }]) {
              if (given.kind !== 'read') await write1(shop, given)
              else {
                const told = newTold()
                const bound = given.lessMemory ? rowsMax - 4 : rowsMax
                const read1 = await read(shop.url, { path, rowsMax: bound, told })
                expect(learned(read1)).toEqual(learned(await read(shop.url, { rowsMax: bound })))
                if ([...told.doing].some((doing) => doing.endsWith('known'))) merged++
              }
            }
          })
        },
      ),
      // A failure is costly to shrink here; its seed and path are told.
      { numRuns: 25, endOnFailure: true },
    )
    expect(merged).toBeGreaterThan(20)
  }, 240_000)

  it('leaves out the oldest of known and new rows together, under the same bound and under a smaller one', () =>
    inShop(async (shop) => {
      const path = join(folder, 'bounded')
      const at = (seconds: number): Row => ({ unit: seconds % 7, item: 1 + (seconds % 8), type: 'purchase', seconds, basket: null })
      const many = Array.from({ length: 40 }, (_, i) => at(1_000 + i))
      await write(shop.now, 'interactions', many)
      await settled(() => read(shop.url, { path, rowsMax: 28 }), path, 28)
      for (const [rowsMax, more] of [
        [28, [at(2_000), at(1_025), at(500), at(2_001)]],
        [26, [at(1_014), at(2_002)]],
      ] as const) {
        await write(shop.now, 'outcomes', more)
        const told = newTold()
        const reading = await read(shop.url, { path, rowsMax, told })
        expect([...told.doing]).toEqual([expect.stringMatching(/known$/)])
        expect(reading.data.items).toHaveLength(rowsMax)
        expect(learned(reading)).toEqual(learned(await read(shop.url, { rowsMax })))
      }
    }))

  it('takes back what was left out, when what took its place was removed before its transactions had settled', () =>
    inShop(async (shop) => {
      const path = join(folder, 'room-again')
      const at = (seconds: number): Row => ({ unit: 1, item: 1 + (seconds % 8), type: 'purchase', seconds, basket: null })
      await write(
        shop.now,
        'interactions',
        [1, 2, 3, 4, 5, 6, 7, 8].map((second) => at(1_000 + second)),
      )
      await shop.late.query('BEGIN')
      await shop.late.query('SELECT pg_current_xact_id()')
      await write(shop.now, 'outcomes', [at(2_000), at(2_001)])
      expect((await read(shop.url, { path, rowsMax: 8 })).data.seconds[0]).toBe(1_003)
      await shop.now.query('DELETE FROM outcomes')
      await write(shop.now, 'outcomes', [at(500), at(501)])
      expect((await read(shop.url, { path, rowsMax: 8 })).data.seconds[0]).toBe(1_001)
      await shop.late.query('COMMIT')
    }))

  it('finds rows of a transaction that began before others ended, and never takes a row twice', () =>
    inShop(async (shop) => {
      const path = join(folder, 'out-of-order')
      const one = (item: number, seconds: number): Row => ({ unit: 1, item, type: 'purchase', seconds, basket: null })
      await shop.late.query('BEGIN')
      await write(shop.late, 'interactions', [one(1, 500)])
      await write(shop.now, 'interactions', [one(2, 1_000)])
      expect([...(await read(shop.url, { path })).data.items]).toEqual([2])
      await shop.late.query('COMMIT')
      expect([...(await read(shop.url, { path })).data.items]).toEqual([1, 2])
      await write(shop.now, 'outcomes', [one(3, 700)])
      expect([...(await read(shop.url, { path })).data.items]).toEqual([1, 3, 2])
    }))
})

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

/** Reads until so many rows are kept: another test's transaction may hold the horizon back for a moment. */
async function settled(again: () => Promise<unknown>, path: string, rows: number): Promise<void> {
  for (;;) {
    await again()
    if (headerOf(path).rows === rows) return
    await sleep(20)
  }
}

const HEADER_AT = 16

function headerOf(path: string): { rows: number } {
  const bytes = readFileSync(path)
  return JSON.parse(bytes.toString('utf8', HEADER_AT, HEADER_AT + bytes.readUInt32LE(8)))
}

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
