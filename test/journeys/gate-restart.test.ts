import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { fillShelves } from './books.ts'
import { type ChildService, environmentOf, startChildService } from './child-service.ts'
import { gateBody, letVisitorsBuy, SENT_BACK } from './gate-shop.ts'

/** kill -9 between the gate's look and its action: nothing was done, and the next life does it, once. */

let database: FreshDatabase
let folder: string
let service: ChildService
let client: pg.Client
const environment = () => environmentOf(folder, { DATABASE_URL: database.url, CROUPIER_GATE_EVERY_MS: '200' })
/** Who writes settings waits for it. */
const LOCK = "hashtext('croupier settings')"
const count = async (sql: string) => Number((await client.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0].n)

beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client(database.url)
  client.on('error', () => undefined)
  await client.connect()
  folder = temporaryDataFolder()
  service = await startChildService(environment())
  await fillShelves(service.call)
})
afterAll(async () => {
  await client.end()
  await service.end('SIGKILL')
  await database.drop()
  removeDataFolder(folder)
})

describe('a gate whose service is killed', () => {
  it('after it has looked and before it has acted has done nothing, and acts once in its next life', async () => {
    expect((await service.call('POST', '/v1/metrics', SENT_BACK)).status).toBe(201)
    expect((await service.call('POST', '/v1/experiments', gateBody('killed'))).status).toBe(201)
    expect((await service.call('POST', '/v1/experiments/killed/start')).status).toBe(200)
    await client.query(`SELECT pg_advisory_lock(${LOCK})`)
    const rates = { control: { buys: 0.6 }, one: { buys: 0.02 }, two: { buys: 0.6 } }
    const waits = () => count("pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for (let visits = 0; visits < 4_000 && (await waits()) === 0; visits += 200)
      await letVisitorsBuy(service.call, { surface: 'home', rates, count: 200 })
    await until(async () => (await waits()) > 0)
    await service.end('SIGKILL')
    await client.query(`SELECT pg_advisory_unlock(${LOCK})`)
    await until(async () => (await waits()) === 0)
    expect(await count('gate_actions')).toBe(0)
    service = await startChildService(environment())
    await until(async () => (await count('gate_actions')) > 0)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { rows } = await client.query('SELECT kind, count(*)::int AS n FROM gate_actions GROUP BY kind')
    expect(rows).toEqual([{ kind: 'retire', n: 1 }])
    await until(async () => {
      const seen = await letVisitorsBuy(service.call, { surface: 'home', rates, count: 20 })
      const { rows: last } = await client.query("SELECT pi FROM exposures WHERE stratum = 'bandit' ORDER BY decided_at DESC LIMIT 1")
      return Object.keys(seen).length > 0 && last[0].pi[1] === 0
    })
  })
})
