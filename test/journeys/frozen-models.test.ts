import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'

/** An experiment that freezes its models: they serve its arms though newer ones are live, also after a restart. */

let fresh: FreshDatabase
let shop: TestService
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = await startService({}, fresh.url)
  await stockShop(shop)
})
afterAll(async () => {
  await shop.stop()
  await fresh.drop()
})

const EXPERIMENT = {
  ...{ key: 'steady', surface: 'home', freezeModels: true, metrics: ['ctr'] },
  arms: [
    { key: 'popular', policy: 'popularity', control: true },
    { key: 'fused', policy: 'hybrid' },
  ],
}

/** Versions that the log has for slates of a surface, by arm or policy. */
async function served(surface: string, units = 40): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const versions = new Map<string, Set<string>>()
  for (let i = 0; i < units; i++) {
    const { body } = await shop.call('POST', '/v1/slates', { surface, unit: `shopper ${i}` })
    const { rows } = await shop.query('SELECT policy, served_policy, model_version FROM exposures WHERE decision_id = $1', [
      body.decisionId,
    ])
    expect(rows[0].served_policy).toBe(rows[0].policy)
    versions.set(rows[0].policy, (versions.get(rows[0].policy) ?? new Set()).add(rows[0].model_version))
  }
  return versions
}

const live = async (policy: string): Promise<{ version: string; frozenBy: string[] }> =>
  (await shop.call('GET', `/v1/policies/${policy}/models`)).body.models.find(({ state }: { state: string }) => state === 'live')

async function train(item: number): Promise<void> {
  await shop.query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
     SELECT decode(md5('new ' || $1 || ' ' || i), 'hex'), $1::int, 'purchase', 1, now() FROM generate_series(1, 100) AS i`,
    [item],
  )
  await shop.service.train({ overrule: true })
  // Whoever asks for a change waits until this node heeds it, and what came before.
  await shop.call('POST', '/v1/policies/popularity/rollback', { version: (await live('popularity')).version })
  await shop.call('POST', '/v1/policies/popularity/unpin', {})
}

describe('an experiment that freezes its models', () => {
  it('keeps to what was live at its start, while everybody else gets what is newer', async () => {
    expect((await shop.call('POST', '/v1/experiments', EXPERIMENT)).status).toBe(201)
    expect((await shop.call('POST', '/v1/experiments/steady/start')).status).toBe(200)
    const before = await served('home')
    expect([...before.keys()].sort()).toEqual(['hybrid', 'popularity'])
    const { version } = await live('popularity')
    expect(before.get('popularity')).toEqual(new Set([version]))
    await train(3)
    const newer = await live('popularity')
    expect(newer.version).not.toBe(version)
    expect(await served('home')).toEqual(before)
    const { models } = (await shop.call('GET', '/v1/policies/popularity/models')).body
    expect(models.find((model: { version: string }) => model.version === version).frozenBy).toEqual(['steady'])
    await shop.call('POST', '/v1/surfaces', { key: 'other', size: 5, policy: 'popularity', fallback: 'popularity' })
    expect((await served('other', 3)).get('popularity')).toEqual(new Set([newer.version]))
  })

  it('keeps them longer than others are kept, and over a restart', async () => {
    const before = await served('home')
    for (const item of [4, 5, 6, 7, 8, 9]) await train(item)
    expect(await served('home')).toEqual(before)
    await shop.stop()
    shop = await startService({}, fresh.url)
    expect(await served('home')).toEqual(before)
  })

  it('can be replayed as any other', async () => {
    const { body } = await shop.call('POST', '/v1/slates', { surface: 'home', unit: 'ann' })
    expect((await shop.call('GET', `/v1/decisions/${body.decisionId}`)).body.replay.kind).toBe('same')
  })

  it('takes what is live when a new epoch begins, and lets go when it stops', async () => {
    const { body, headers } = await shop.call('GET', '/v1/experiments/steady')
    await shop.call('PUT', '/v1/experiments/steady', { ...body, traffic: 0.9 }, { 'if-match': headers.get('etag')! })
    const { version } = await live('popularity')
    const all = await served('home')
    expect(all.get('popularity')).toEqual(new Set([version]))
    await shop.call('POST', '/v1/experiments/steady/stop')
    expect((await live('popularity')).frozenBy).toEqual([])
  })

  it('cannot start before there are models to freeze', async () => {
    await shop.call('POST', '/v1/policies', { key: 'fresh', kind: 'session', parameters: {} })
    const arms = [
      { key: 'a', policy: 'popularity' },
      { key: 'b', policy: 'fresh' },
    ]
    await shop.call('POST', '/v1/experiments', { ...EXPERIMENT, key: 'early', arms })
    const { status, body } = await shop.call('POST', '/v1/experiments/early/start')
    expect([status, body.detail]).toEqual([422, 'The policy "fresh" has no model yet that could be frozen.'])
  })
})
