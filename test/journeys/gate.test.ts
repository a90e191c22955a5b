import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type GateFinding, gateStore } from '../../src/store/gate-store.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody } from './bandit-shop.ts'

/** What the gate did, as it reaches requests on two nodes, and as people read it and take it back. */

/** What is done is done by the test. */
const NO_LOOKS = { CROUPIER_GATE_EVERY_MS: '3600000' }

let fresh: FreshDatabase
let database: Database
let a: TestService
let b: TestService
let epoch: { readonly id: number; readonly arm_ids: readonly number[] }

const evidence = { kind: 'a test' }
/** A change has to be heeded everywhere within a second; the rest is for a loaded machine. */
const HEEDED_MS = 1_000 + 2_000

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  a = await startService({ CROUPIER_FOLD_EVERY_MS: '100', ...NO_LOOKS }, fresh.url)
  b = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000', ...NO_LOOKS }, fresh.url)
  await stockShop(a)
  expect((await a.call('POST', '/v1/experiments', banditBody('gated', { uniformShare: 0.3 }))).status).toBe(201)
  expect((await a.call('POST', '/v1/experiments/gated/start')).status).toBe(200)
  epoch = (await a.query('SELECT id, arm_ids FROM epochs')).rows[0]
})
afterAll(async () => {
  await database.close()
  await a?.stop()
  await b?.stop()
  await fresh.drop()
})

const snapshot = async ({ call }: TestService) =>
  (await call('POST', '/v1/slates', { surface: 'home', consent: { measurement: false } })).body.snapshot
const actions = async (query = '') => (await b.call('GET', `/v1/experiments/gated/actions${query}`)).body.actions
const unmask = (arm: string, because: unknown = 'it was the weather') =>
  a.call('POST', `/v1/experiments/gated/arms/${arm}/unmask`, { because })

async function find(kind: GateFinding['kind'], arm: number): Promise<void> {
  const before = await Promise.all([a, b].map(snapshot))
  const ids = await gateStore(database).record({ experiment: 'gated', epochId: epoch.id }, [{ kind, armId: epoch.arm_ids[arm]!, evidence }])
  expect(ids).toHaveLength(1)
  await until(async () => (await Promise.all([a, b].map(snapshot))).every((id, node) => id !== before[node]), HEEDED_MS)
}

/** Which vectors are drawn from, by stratum; each decision can be made again. */
async function vectors(name: string): Promise<Readonly<Record<string, string[]>>> {
  const found: Record<string, Set<string>> = {}
  let last = ''
  for (let i = 0; i < 40; i++) {
    const { body } = await (i % 2 === 0 ? a : b).call('POST', '/v1/slates', { surface: 'home', unit: `${name} ${i}` })
    last = body.decisionId
    const { rows } = await a.query('SELECT stratum, pi FROM exposures WHERE decision_id = $1', [last])
    const { stratum, pi } = rows[0]
    found[stratum] ??= new Set()
    found[stratum].add(JSON.stringify(pi))
  }
  await until(async () => (await a.call('GET', `/v1/decisions/${last}`)).body.replay?.kind === 'same')
  return Object.fromEntries(Object.entries(found).map(([stratum, some]) => [stratum, [...some]]))
}

describe('an action of the gate', () => {
  it('that retires an arm leaves it to the uniform stratum, on both nodes within a second', async () => {
    await find('retire', 1)
    expect(await vectors('retired')).toEqual({ uniform: ['[0.5,0.5]'], bandit: ['[1,0]'] })
  })

  it('that promotes one leaves the others to the uniform stratum', async () => {
    expect((await unmask('desk')).status).toBe(200)
    await find('promote', 1)
    expect(await vectors('promoted')).toEqual({ uniform: ['[0.5,0.5]'], bandit: ['[0,1]'] })
  })

  it('that masks an arm masks it in both strata, promoted or not', async () => {
    await find('mask', 1)
    expect(await vectors('masked')).toEqual({ uniform: ['[1,0]'], bandit: ['[1,0]'] })
  })

  it('is listed with its evidence, newest first, by pages', async () => {
    const all = await actions()
    expect(all.map(({ kind, arm, stands }: { kind: string; arm: string; stands: boolean }) => [kind, arm, stands])).toEqual([
      ['mask', 'desk', true],
      ['promote', 'desk', true],
      ['unmask', 'desk', false],
      ['retire', 'desk', false],
    ])
    expect(all[0]).toMatchObject({ epoch: 1, by: 'gate', evidence, undoes: null })
    expect(all[2]).toMatchObject({ by: 'bootstrap', undoes: all[3].id, evidence: { kind: 'person', because: 'it was the weather' } })
    const first = await b.call('GET', '/v1/experiments/gated/actions?limit=3')
    expect(first.body.actions).toEqual(all.slice(0, 3))
    const [, next] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)!
    expect((await b.call('GET', next!)).body.actions).toEqual(all.slice(3))
  })

  it('is taken back by a person with a reason, and then all can be drawn again', async () => {
    const { status, body } = await unmask('desk')
    expect(status).toBe(200)
    expect(body.actions.map(({ kind }: { kind: string }) => kind)).toEqual(['unmask', 'unmask'])
    expect(Object.keys(await vectors('unmasked'))).toHaveLength(2)
    expect((await actions()).filter(({ stands }: { stands: boolean }) => stands)).toEqual([])
  })

  it('is not taken back without a reason, for an arm that is not there, or where nothing was done', async () => {
    expect((await unmask('desk', ' ')).body).toMatchObject({ type: '/problems/invalid', pointer: '/because' })
    expect(await unmask('nobody')).toMatchObject({ status: 404 })
    expect((await unmask('desk')).body).toMatchObject({ type: '/problems/wrong-status' })
    expect((await a.call('POST', '/v1/experiments/nobody/arms/desk/unmask', { because: 'x' })).status).toBe(404)
    expect((await a.call('GET', '/v1/experiments/nobody/actions')).status).toBe(404)
    const { body } = await a.call('POST', '/v1/keys', { name: 'finance', scopes: ['finance'] })
    const bearer = { authorization: `Bearer ${body.key}` }
    expect((await a.call('POST', '/v1/experiments/gated/arms/desk/unmask', { because: 'x' }, bearer)).status).toBe(403)
    expect((await a.call('GET', '/v1/experiments/gated/actions', undefined, bearer)).status).toBe(200)
  })
})
