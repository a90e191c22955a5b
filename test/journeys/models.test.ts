import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { SECRET, startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { environmentOf, PROGRAM, runProgram } from './child-service.ts'

/** Models through the API and the command line: trained on request, gone back from, refused, and whole whatever is killed. */

let shop: TestService
let folder: string
const environment = () => environmentOf(folder, { DATABASE_URL: shop.databaseUrl, CROUPIER_SECRET_FILE: join(folder, 'test-secret') })

beforeAll(async () => {
  shop = await startService()
  folder = temporaryDataFolder()
  writeFileSync(join(folder, 'test-secret'), SECRET, { mode: 0o600 })
  await stockShop(shop)
})
afterAll(async () => {
  await shop.stop()
  removeDataFolder(folder)
})

const models = async (policy = 'popularity') => (await shop.call('GET', `/v1/policies/${policy}/models`)).body.models
const live = async () => (await models()).find(({ state }: { state: string }) => state === 'live')
const act = (action: string, body: unknown = {}) => shop.call('POST', `/v1/policies/popularity/${action}`, body)

/** A slate of the policy, and the version that the log has for it. */
async function servedVersion(): Promise<string> {
  const { body } = await shop.call('POST', '/v1/slates', { surface: 'home', unit: 'ann' })
  const { rows } = await shop.query('SELECT model_version FROM exposures WHERE decision_id = $1', [body.decisionId])
  return rows[0].model_version
}

/** Purchases of the last hour by some shoppers; changes every model. */
async function sell(name: string, item: number, shoppers = 60): Promise<void> {
  await shop.query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
     SELECT decode(md5($1 || i), 'hex'), $2, 'purchase', 1, now() - interval '1 minute' FROM generate_series(1, $3::int) AS i`,
    [name, item, shoppers],
  )
}

async function trainNow(body: unknown = {}): Promise<void> {
  const before = (await models()).length
  // The training before may still be putting its things away after its models are listed.
  await until(async () => (await act('train', body)).status === 202)
  await until(async () => (await models()).length > before)
}

describe('the models of a policy', () => {
  it('are trained on request, and every exposure names the version that served it', async () => {
    await shop.query(`UPDATE surfaces SET body = jsonb_set(body, '{policy}', '"popularity"') WHERE key = 'home'`)
    await shop.query("SELECT pg_notify('croupier_changes', 'test settings')")
    const first = await live()
    expect(first).toMatchObject({ because: 'asked', rows: 2000, pinned: false, frozenBy: [], reasons: [] })
    expect(Number(first.watermark)).toBeGreaterThan(0)
    expect(first.quality).toMatchObject({ asked: expect.any(Number), coverage: expect.any(Number), gate: { kind: 'first' } })
    await until(async () => (await servedVersion()) === first.version)
    await sell('more', 3)
    await trainNow()
    const second = await live()
    expect(second.version).not.toBe(first.version)
    await until(async () => (await servedVersion()) === second.version)
    expect((await models()).map(({ state }: { state: string }) => state)).toEqual(['live', 'previous'])
  })

  it('go back from one request to the next, stay there, and go on when they are unpinned', async () => {
    const [newest, older] = await models()
    expect((await act('rollback')).body).toMatchObject({ version: older.version, state: 'live', pinned: true })
    expect(await servedVersion()).toBe(older.version)
    await sell('pinned', 5)
    await shop.service.train({ because: 'schedule' })
    expect(await servedVersion()).toBe(older.version)
    expect((await act('unpin')).body).toMatchObject({ version: newest.version, pinned: false })
    expect(await servedVersion()).toBe(newest.version)
    expect((await act('unpin')).status).toBe(409)
  })

  it('end a pin when a training is asked for', async () => {
    await act('rollback')
    await trainNow()
    expect(await live()).toMatchObject({ pinned: false, because: 'asked' })
  })

  it('are refused when a robot has spoilt them, with figures; the live one stays, unless somebody overrules', async () => {
    const before = await live()
    await shop.query(`UPDATE models SET summary = jsonb_set(summary, '{until}', to_jsonb(extract(epoch FROM now() - interval '6 days')))`)
    await shop.query(
      `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
       SELECT decode(md5('robot'), 'hex'), 31 + i % 10, 'purchase', 1, now() - interval '10 seconds' FROM generate_series(1, 20000) AS i`,
    )
    await trainNow()
    const [refused] = await models()
    expect(refused).toMatchObject({ state: 'refused', quality: { gate: { kind: 'compared', against: before.version } } })
    expect(refused.reasons.join(' ')).toMatch(/NDCG@10 is .* against .* of the live model/)
    expect((await live()).version).toBe(before.version)
    expect(await servedVersion()).toBe(before.version)
    expect((await act('rollback', { version: refused.version })).body.detail).toContain('its bytes are not kept')
    await trainNow({ overrule: true })
    expect((await live()).version).toBe(refused.version)
    await act('rollback', { version: before.version })
  })

  it('say what is not possible', async () => {
    expect((await act('rollback', { version: 'ffff' })).status).toBe(404)
    expect((await shop.call('GET', '/v1/policies/nothing/models')).status).toBe(404)
    await shop.call('POST', '/v1/policies', { key: 'curated', kind: 'fixed', parameters: { items: ['SKU-1'] } })
    const { status, body } = await shop.call('POST', '/v1/policies/curated/train', {})
    expect([status, body.detail]).toEqual([409, '"curated" is of kind fixed, which learns nothing.'])
    expect((await act('shadow', { version: (await live()).version })).status).toBe(409)
  })
})

describe('the command line', () => {
  it('lists, goes back, goes on and trains one policy only', async () => {
    const listed = await runProgram(environment(), 'models', 'popularity')
    expect(listed.text).toMatch(/refused/)
    const serving = await live()
    const back = await runProgram(environment(), 'rollback', 'popularity', serving.version)
    expect(back.text).toContain(`popularity serves ${serving.version} and is pinned`)
    const trained = await runProgram(environment(), 'train', '--only', 'content')
    expect(trained.text).toMatch(/^content {2}[0-9a-f]{16}/m)
    expect(trained.text).not.toMatch(/^popularity/m)
    expect((await runProgram(environment(), 'unpin', 'popularity')).code).toBe(0)
  })
})

describe('kill -9 in the middle of a publication', () => {
  it('leaves the live models as they were, and the next training goes through', async () => {
    const before = await models()
    await sell('late', 9, 200)
    const holder = await shop.query('BEGIN').then(() => shop.query('LOCK TABLE models IN SHARE MODE'))
    expect(holder.command).toBe('LOCK')
    const child = spawn(process.execPath, [PROGRAM, 'train', '--overrule'], { env: environment(), stdio: 'ignore' })
    // The pieces are written; the row that names them waits for the lock.
    const waits = `SELECT 1 FROM pg_locks l WHERE NOT l.granted AND l.relation = 'models'::regclass`
    await until(async () => (await shop.query(waits)).rows.length > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await shop.query('COMMIT')
    expect(await models()).toEqual(before)
    expect(await servedVersion()).toBe(before.find(({ state }: { state: string }) => state === 'live').version)
    const again = await runProgram(environment(), 'train', '--overrule')
    expect(again.text).toMatch(/^popularity {2}[0-9a-f]{16}/m)
    expect((await live()).version).not.toBe(before.find(({ state }: { state: string }) => state === 'live').version)
  })
})
