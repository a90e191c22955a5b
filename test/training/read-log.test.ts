import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHistories } from '../../src/serving/histories.ts'
import { historiesOf } from '../../src/training/histories-of.ts'
import { type LogSource, readLog } from '../../src/training/read-log.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { connected, unitKey, writeInteractions, writeItems, writeOutcomes } from './shop-rows.ts'

const [ann, ben] = [unitKey(1), unitKey(2)]
let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await connected(database.url, async (client) => {
    await writeItems(client, 4)
    await writeInteractions(client, [
      { unit: ben, item: 2, type: 'purchase', seconds: 1_000_000 },
      { unit: ann, item: 1, type: 'view', seconds: 500_000.25 },
      { unit: null, item: 3, type: 'add-to-cart', seconds: 700_000 },
      { unit: ann, item: 1, type: 'wishlist', seconds: 800_000 },
    ])
    await writeOutcomes(client, [
      { unit: ann, item: 4, type: 'click', seconds: 900_000 },
      { unit: ann, item: 3, type: 'view', seconds: 900_001 },
      { unit: ann, item: 2, type: 'view', seconds: 900_002 },
      { unit: ben, item: 2, type: 'return', seconds: 2_000_000 },
      { unit: ben, item: 4, type: 'purchase', seconds: 1_000_000 },
    ])
    // The sight of a slate; the other view is the opening of a page.
    await client.query("UPDATE outcomes SET decision_id = gen_random_uuid() WHERE type = 'view' AND item_no = 2")
    await client.query(
      `INSERT INTO outcomes (received_at, outcome_id, unit, type, quantity, occurred_at) VALUES (now(), 'no-item', $1, 'purchase', 1, now())`,
      [ann],
    )
  })
})
afterAll(() => database.drop())

function read(source: Partial<LogSource> = {}) {
  return readLog({ databaseUrl: database.url, rowsMax: 1000, now: 3_000_000, onProgress: () => undefined, ...source })
}

describe('reading the log', () => {
  it('gathers history and outcomes, oldest first, with what each weighs', async () => {
    const { data } = await read()
    const rows = Array.from(data.items, (item, i) => [data.units[i], item, data.weights[i], data.seconds[i]])
    expect(rows).toEqual([
      [0, 1, 1, 500_000.25],
      [-1, 3, 3, 700_000],
      [0, 4, 1, 900_000],
      [0, 3, 1, 900_001],
      [1, 2, 5, 1_000_000],
      [1, 4, 5, 1_000_000],
      [1, 2, -5, 2_000_000],
    ])
    expect([data.unitCount, data.itemCount, data.now]).toEqual([2, 5, 3_000_000])
  })

  it('keeps the pseudonyms by number, for histories', async () => {
    const { data, unitKeys } = await read()
    expect(Buffer.from(unitKeys)).toEqual(Buffer.concat([ann, ben]))
    const histories = openHistories(historiesOf(data, unitKeys))
    const itemsOf = (unit: Uint8Array) => histories.of(unit).recent.map(({ item }) => item)
    expect(itemsOf(ann)).toEqual([3, 4, 1])
    expect(itemsOf(ben)).toEqual([2, 4])
  })

  it('keeps what was bought when, for histories: without views, without what went back', async () => {
    const { data, unitKeys } = await read()
    const histories = openHistories(historiesOf(data, unitKeys))
    const { items, seconds } = histories.of(ben).purchases
    expect([Array.from(items), Array.from(seconds)]).toEqual([[4], [60 * Math.floor(1_000_000 / 60)]])
    expect(histories.of(ann).purchases.items).toHaveLength(0)
  })

  it('tells which rows are of one basket', async () => {
    const baskets = await connected(database.url, async (client) => {
      await client.query(`UPDATE interactions SET basket = CASE WHEN item_no = 1 THEN NULL WHEN item_no = 2 THEN 'a' ELSE 'b' END`)
      const { data } = await read()
      await client.query('UPDATE interactions SET basket = NULL')
      return data.baskets!
    })
    expect([baskets[0], baskets[2], baskets[3], baskets[5], baskets[6]]).toEqual([-1, -1, -1, -1, -1])
    expect(baskets[1]).toBeGreaterThanOrEqual(0)
    expect(baskets[4]).toBeGreaterThanOrEqual(0)
    expect(baskets[1]).not.toBe(baskets[4])
  })

  it('describes the catalogue', async () => {
    const { data, catalogue } = await read()
    expect(catalogue.shown).toEqual([1, 2, 3, 4])
    expect(data.texts[2]).toContain('trail shoe number2')
    expect(data.categories).toEqual([null, 'category 0', 'category 0', 'category 0', 'category 0'])
  })

  it('reads the latest rows of a log that is too long', async () => {
    const { data } = await read({ rowsMax: 2 })
    expect([...data.items]).toEqual([4, 2])
    expect([...data.weights]).toEqual([5, -5])
  })

  it('tells its progress up to the end', async () => {
    const told: number[] = []
    await read({ onProgress: (done) => told.push(done) })
    expect(told.at(-1)).toBe(1)
  })

  it('reads an empty shop', async () => {
    const empty = await freshDatabase()
    const { data, catalogue } = await read({ databaseUrl: empty.url })
    expect([data.items.length, data.unitCount, data.itemCount, catalogue.size]).toEqual([0, 0, 1, 1])
    await empty.drop()
  })
})
