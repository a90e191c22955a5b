import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readShown } from '../../src/training/read-shown.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { unitKey } from './shop-rows.ts'

let database: FreshDatabase
let client: pg.Client
const [ann, ben] = [unitKey(1), unitKey(2)].sort(Buffer.compare) as [Buffer, Buffer]

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client(database.url)
  await client.connect()
  const show = (unit: Buffer, seconds: number, policy: string, items: readonly number[]) =>
    client.query(
      `INSERT INTO exposures (decided_at, decision_id, unit, surface, stratum, kind, pi, x, policy, served_policy, model_version, snapshot_id, items, reason)
       VALUES (to_timestamp($2), gen_random_uuid(), $1, 'home', 'none', 'default', '{}', '{}', 'hybrid', $3, 'v', 's', $4, 'fixed')`,
      [unit, seconds, policy, items],
    )
  await show(ben, 2_000_000, 'popularity', [3, 4])
  await show(ann, 2_000_100, 'hybrid', [1])
  await show(ann, 2_000_050, 'random', [2, 1, 5])
  await show(ann, 1_000_000, 'hybrid', [9])
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const hex = (unit: Buffer) => unit.toString('hex')

describe('what was shown', () => {
  it('comes shopper by shopper, oldest first, with places and who served', async () => {
    const shown = await readShown(client, { after: 1_900_000, until: 2_000_100 }, (unit) => (unit === hex(ann) ? 7 : -1))
    expect(Array.from(shown.units)).toEqual([7, -1])
    const rows = Array.from(shown.items, (item, i) => [item, shown.seconds[i], shown.places[i], shown.policies[shown.served[i]!]])
    expect(rows.slice(shown.starts[0], shown.starts[1])).toEqual([
      [2, 2_000_050, 1, 'random'],
      [1, 2_000_050, 2, 'random'],
      [5, 2_000_050, 3, 'random'],
      [1, 2_000_100, 1, 'hybrid'],
    ])
    expect(rows.slice(shown.starts[1], shown.starts[2])).toEqual([
      [3, 2_000_000, 1, 'popularity'],
      [4, 2_000_000, 2, 'popularity'],
    ])
  })

  it('is nothing where nothing was shown', async () => {
    const shown = await readShown(client, { after: 3_000_000, until: 4_000_000 }, () => 0)
    expect([shown.units.length, shown.items.length, Array.from(shown.starts)]).toEqual([0, 0, [0]])
  })
})
