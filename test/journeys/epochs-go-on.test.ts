import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSources } from '../../src/log/learned-epochs.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn, shareOf } from './bandit-shop.ts'

/** A new epoch keeps verdicts apart, not what is known: arms that stay know what they knew, whoever joins or leaves. */

const NEW = { key: 'new', policy: 'random' }

let service: TestService
let fresh: FreshDatabase

beforeAll(async () => {
  fresh = await freshDatabase()
  service = await startService({ CROUPIER_FOLD_EVERY_MS: '100' }, fresh.url)
  await stockShop(service)
})
afterAll(async () => {
  await service?.stop()
  await fresh.drop()
})

/** Changes the experiment, and says which epochs and arms (by key) the one that is open now learns from, besides itself. */
async function change(key: string, of: (body: Record<string, never>) => object): Promise<readonly string[]> {
  const { headers, body } = await service.call('GET', `/v1/experiments/${key}`)
  const { surface, unit, arms, metrics, plan, allocation } = body
  const next = { key, surface, unit, arms, metrics, plan, allocation, ...of(body) }
  const put = await service.call('PUT', `/v1/experiments/${key}`, next, { 'if-match': headers.get('etag')! })
  expect(put.status, put.text).toBe(200)
  return sourcesOf(key)
}

async function sourcesOf(key: string): Promise<readonly string[]> {
  const OPEN = 'SELECT p.id FROM epochs AS p JOIN experiments AS e ON e.id = p.experiment_id WHERE e.key = $1 AND p.ended_at IS NULL'
  const { rows } = await service.query(OPEN, [key])
  const { rows: arms } = await service.query('SELECT id, key FROM arms')
  const { rows: epochs } = await service.query('SELECT id, no FROM epochs')
  const database = openDatabase(fresh.url)
  const client = await database.learner.connect()
  try {
    const sources = await readSources(client, rows[0].id)
    return sources.epochIds.slice(1).map((id, i) => {
      const ids = sources.arms[i + 1]!.slice(1, -1).split(',').map(Number)
      return `${epochs.find((epoch) => epoch.id === id).no}: ${ids.map((one) => arms.find((arm) => arm.id === one).key).join(' ')}`
    })
  } finally {
    client.release()
    await database.close()
  }
}

/** The next decision of the bandit stratum whose snapshot is kept. */
async function nextReceipt(name: string) {
  for (let i = 0; ; i++) {
    const asked = { surface: 'home', unit: `${name} ${i}`, context: { device: 'mobile' } }
    const { body: given } = await service.call('POST', '/v1/slates', asked)
    const read = async () => (await service.call('GET', `/v1/decisions/${given.decisionId}`)).body
    await until(async () => (await read()).replay?.kind !== 'impossible')
    const receipt = await read()
    if (receipt.stratum === 'bandit') return receipt
  }
}

describe.each(['linear', 'logistic'])('a bandit whose arms change live (%s)', (model) => {
  const key = `live-${model}`

  it('knows in the new epoch what it knew in the old one', async () => {
    expect((await service.call('POST', '/v1/experiments', banditBody(key, { model }))).status).toBe(201)
    expect((await service.call('POST', `/v1/experiments/${key}/start`)).status).toBe(200)
    await letVisitorsIn(service.call, 800, { seed: 11 })
    await service.service.fold()
    const before = await nextReceipt(`${model} before`)
    await change(key, ({ arms }) => ({ arms: [...(arms as unknown as object[]), NEW] }))
    const after = await nextReceipt(`${model} after`)
    expect(after.replay).toEqual({ kind: 'same' })
    expect(after.arms).toHaveLength(3)
    expect(after.belief.decisions).toBeGreaterThanOrEqual(before.belief.decisions)
    // nothing is known of the newcomer but the prior; the others are who they were
    const [phone, desk, added] = after.arms
    expect(phone.expected.chanceBest).toBeGreaterThan(3 * desk.expected.chanceBest)
    expect(added.expected.scale).toBeGreaterThan(1.2 * phone.expected.scale)
    const now = await change(key, ({ arms }) => ({ arms: (arms as unknown as { key: string }[]).filter(({ key: arm }) => arm !== 'new') }))
    expect(now).toEqual(['1: phone desk', '2: phone desk'])
    const late = await letVisitorsIn(service.call, 200, { seed: 12 })
    expect(shareOf(late, 'mobile', 'phone')).toBeGreaterThan(0.75)
    expect(shareOf(late, 'desktop', 'desk')).toBeGreaterThan(0.75)
    expect((await service.call('POST', `/v1/experiments/${key}/stop`)).status).toBe(200)
  })
})

describe('what an epoch goes on from', () => {
  it('is what learned the same of the same', async () => {
    expect((await service.call('POST', '/v1/experiments', banditBody('lineage'))).status).toBe(201)
    expect((await service.call('POST', '/v1/experiments/lineage/start')).status).toBe(200)
    expect(await sourcesOf('lineage')).toEqual([])
    const [phone, desk] = [
      { key: 'phone', policy: 'popularity' },
      { key: 'desk', policy: 'hybrid' },
    ]
    const thompson = (more: object) => ({ kind: 'thompson', objectives: [{ metric: 'conversion' }], ...more })
    expect(await change('lineage', () => ({ allocation: thompson({ floor: 0.1 }) }))).toEqual(['1: phone desk'])
    // an arm whose policy is another one begins anew; were it what it was, it would go on
    expect(await change('lineage', () => ({ arms: [phone, { ...desk, policy: 'content' }] }))).toEqual(['1: phone', '2: phone'])
    expect(await change('lineage', () => ({ arms: [phone, desk] }))).toEqual(['1: phone desk', '2: phone desk', '3: phone'])
    // fixed shares are not learned under
    expect(await change('lineage', () => ({ allocation: { kind: 'fixed' } }))).not.toContain('5: phone desk')
    const again = ['1: phone desk', '2: phone desk', '3: phone', '4: phone desk']
    expect(await change('lineage', () => ({ allocation: thompson({}) }))).toEqual(again)
    // other outcomes are other sums
    expect(await change('lineage', () => ({ metrics: ['conversion'] }))).toEqual([])
    expect((await service.call('POST', '/v1/experiments/lineage/stop')).status).toBe(200)
  })
})
