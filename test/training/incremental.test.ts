import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { learned, newTold, type Row, read, settled, write } from './readings.ts'
import { unitKey, writeItems } from './shop-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'croupier-known-'))
afterAll(() => rmSync(folder, { recursive: true }))

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

async function advance(shop: Shop, given: Exclude<Step, { kind: 'read' }>): Promise<void> {
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
              if (given.kind !== 'read') await advance(shop, given)
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
