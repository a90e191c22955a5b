import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DueTraining, openDueTraining } from '../../src/service/due-training.ts'
import { allOf, storesOf } from '../../src/service/stores.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { trainingStore } from '../../src/store/training-store.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'

/** When a service that has learned once would learn again, asked of a real log. */

let shop: TestService
let database: Database
let due: DueTraining
beforeAll(async () => {
  shop = await startService()
  database = openDatabase(shop.databaseUrl)
  const stores = storesOf(database, 'test')
  due = openDueTraining({
    ...{ trainings: trainingStore(database), models: stores.models, policies: () => allOf(stores.policies) },
    ...{ everyMinutes: 60, driftPauseMinutes: 10 },
  })
})
afterAll(async () => {
  await database.close()
  await shop.stop()
})

/** Purchases by shoppers of their own, of items in the proportions of the shop's history or of one item. */
const sell = (name: string, count: number, item: string) =>
  shop.query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
     SELECT decode(md5($1 || i), 'hex'), ${item}, 'purchase', 1, now() FROM generate_series(1, $2::int) AS i`,
    [name, count],
  )
const aged = (minutes: number) => shop.query(`UPDATE trainings SET read_at = now() - interval '1 minute' * $1`, [minutes])

describe('a training', () => {
  it('is due as soon as there is a log, and never before', async () => {
    expect(await due.due()).toBe(null)
    await stockShop(shop)
    await shop.query('DELETE FROM trainings')
    expect(await due.due()).toBe('settings')
    await shop.service.train()
    expect(await due.due()).toBe(null)
  })

  it('is due by the schedule only when something was logged', async () => {
    await aged(61)
    expect(await due.due()).toBe(null)
    await sell('one', 1, '1')
    expect(await due.due()).toBe('schedule')
    await aged(59)
    expect(await due.due()).toBe(null)
  })

  it('is due after drift, which the list of models and the metrics show, and not again right away', async () => {
    await aged(11)
    // The rows of the last week again, as stockShop wrote them: those whose number leaves 0 to 6 when divided by twenty.
    const row = '(20 * (i % 100) + i % 7)'
    await sell('same', 300, `1 + (${row} * ${row} * 7 + ${row} / 5) % 40`)
    await due.look()
    expect(due.state().drift).toMatchObject({ kind: 'drift', drifted: false })
    expect(await due.due()).toBe(null)
    await sell('other', 300, '39')
    await due.look()
    expect(due.state().drift).toMatchObject({ kind: 'drift', drifted: true })
    expect(await due.due()).toBe('drift')
    await aged(9)
    expect(await due.due()).toBe(null)
    await shop.service.train()
    expect(await due.due()).toBe(null)
    expect(due.state().drift).toBe(null)
  })

  it('is due at once for a new policy, and not for one that is pinned', async () => {
    await shop.call('POST', '/v1/policies', { key: 'today', kind: 'popularity-decay', parameters: { halfLifeHours: 24 } })
    expect(await due.due()).toBe('settings')
    await shop.service.train({ only: ['today'] })
    expect(await due.due()).toBe(null)
    const path = '/v1/policies/today'
    const { body, headers } = await shop.call('GET', path)
    await shop.call('PUT', path, { ...body, parameters: { halfLifeHours: 12 } }, { 'if-match': headers.get('etag')! })
    expect(await due.due()).toBe('settings')
    const [{ version }] = (await shop.call('GET', `${path}/models`)).body.models
    await shop.call('POST', `${path}/rollback`, { version })
    expect(await due.due()).toBe(null)
  })
})
