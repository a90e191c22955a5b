import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { shadowStore } from '../../src/store/shadow-store.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** A shadow is scored beside the live model on live requests, serves nobody, and its figures are in the list of models. */

let shop: TestService
beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  await shop.call('POST', '/v1/surfaces', { key: 'shelf', size: 10, policy: 'popularity', fallback: 'popularity' })
})
afterAll(() => shop.stop())

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests
const listed = async (state: string): Promise<any> =>
  (await shop.call('GET', '/v1/policies/popularity/models')).body.models.find((model: { state: string }) => model.state === state)
const slate = (unit: string) => shop.call('POST', '/v1/slates', { surface: 'shelf', unit })
const scored = async () => Number((await shop.query('SELECT count(*) AS slates FROM shadow_slates')).rows[0].slates)

describe('a shadow', () => {
  it('is trained on request and serves nobody', async () => {
    const live = await listed('live')
    await shop.query(
      `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
       SELECT decode(md5('s' || i), 'hex'), 39, 'purchase', 1, now() FROM generate_series(1, 300) AS i`,
    )
    expect((await shop.call('POST', '/v1/policies/popularity/train', { as: 'shadow' })).status).toBe(202)
    await until(async () => (await listed('shadow')) !== undefined)
    expect((await listed('live')).version).toBe(live.version)
    const exposures = await shop.query('SELECT count(*) FROM exposures')
    await until(async () => {
      await slate('ann')
      return (await scored()) > 0
    })
    const { rows } = await shop.query('SELECT DISTINCT model_version, kind FROM exposures')
    expect(rows).toEqual([{ model_version: live.version, kind: 'default' }])
    expect(Number(exposures.rows[0].count)).toBe(0)
  })

  it('is compared with the live one: overlap, and what shoppers wanted afterwards', async () => {
    const { body } = await slate('ben')
    const shadow = await listed('shadow')
    await until(async () => (await listed('shadow')).shadow.slates > shadow.shadow.slates)
    const { overlap, hits } = (await listed('shadow')).shadow
    expect(overlap).toBeGreaterThan(0)
    expect(overlap).toBeLessThan(1)
    expect(hits).toMatchObject({ shadow: 0, live: 0 })
    // Ben buys what only the shadow would have shown.
    const { rows } = await shop.query('SELECT shadow_items, live_items FROM shadow_slates ORDER BY decided_at DESC LIMIT 1')
    const wanted = rows[0].shadow_items.find((item: number) => !rows[0].live_items.includes(item))
    expect(wanted).toBe(39)
    const outcome = { outcomeId: 'o-1', token: body.token, type: 'purchase', itemId: `SKU-${wanted}`, value: '10.00', currency: 'EUR' }
    expect((await shop.call('POST', '/v1/outcomes', { outcomes: [outcome] })).status).toBeLessThan(300)
    await until(async () => (await listed('shadow')).shadow.hits.shadow > 0)
    expect((await listed('shadow')).shadow.hits.live).toBe(0)
  })

  it('ends when somebody says so, and can be gone over to', async () => {
    const { version } = await listed('shadow')
    expect((await shop.call('POST', '/v1/policies/popularity/shadow', { version: null })).status).toBe(204)
    const before = await scored()
    for (let i = 0; i < 5; i++) await slate(`late ${i}`)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await scored()).toBe(before)
    expect((await shop.call('POST', '/v1/policies/popularity/rollback', { version })).body).toMatchObject({ version, state: 'live' })
  })
})

describe('the difference of hits', () => {
  it('is the paired one, by hand', async () => {
    const database = openDatabase(shop.databaseUrl)
    const store = shadowStore(database)
    const slateOf = (i: number, shadowItems: readonly number[], liveItems: readonly number[]) => ({
      ...{ policy: 'hand', shadowVersion: 's', liveVersion: 'l', decidedAt: Date.now() - 60_000 },
      ...{ decisionId: new Uint8Array(16).fill(i), unit: new Uint8Array(16).fill(i), shadowItems, liveItems },
    })
    // Four shoppers of whom each buys item 1: twice only the shadow had it, once only the live one, once both.
    await store.write([slateOf(1, [1, 2], [2, 3]), slateOf(2, [1, 4], [5, 6]), slateOf(3, [7, 8], [1, 9]), slateOf(4, [1, 2], [1, 2])])
    for (const i of [1, 2, 3, 4])
      await shop.query(
        `INSERT INTO outcomes (received_at, outcome_id, unit, item_no, type, quantity, occurred_at) VALUES (now(), $1, $2, 1, 'purchase', 1, now())`,
        [`hand-${i}`, Buffer.alloc(16, i)],
      )
    const figures = await store.figures('hand', 's')
    expect(figures).toMatchObject({ slates: 4, overlap: (0.5 + 0 + 0 + 1) / 4, hits: { slates: 4, shadow: 0.75, live: 0.5 } })
    // d = 1, 1, −1, 0: mean .25, s² = (3 − 1/4)/3, t(.975, 3) = 3.182446 (R: qt).
    const margin = 3.182446 * Math.sqrt((3 - 1 / 4) / 3 / 4)
    expect(figures.hits!.difference!.low).toBeCloseTo(0.25 - margin, 5)
    expect(figures.hits!.difference!.high).toBeCloseTo(0.25 + margin, 5)
    await database.close()
  })
})
