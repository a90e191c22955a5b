import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { gateBody, letVisitorsBuy, type Rates, SENT_BACK } from './gate-shop.ts'

/** The gate by itself: shoppers, what they buy, the fold, the look, and what comes of it. */

let database: FreshDatabase
let shop: TestService

beforeAll(async () => {
  database = await freshDatabase()
  shop = await startService({ CROUPIER_FOLD_EVERY_MS: '100', CROUPIER_GATE_EVERY_MS: '200' }, database.url)
  await stockShop(shop)
  expect((await shop.call('POST', '/v1/metrics', SENT_BACK)).status).toBe(201)
})
afterAll(async () => {
  await shop?.stop()
  await database.drop()
})

/** One after the other has the surface, also when a test failed before its end. */
let running = ''
afterEach(async () => void (await shop.call('POST', `/v1/experiments/${running}/stop`)))

const actionsOf = async (key: string) => (await shop.call('GET', `/v1/experiments/${key}/actions`)).body.actions

/** Lets visitors in until the gate has done something of the kind; what it did, and how many visits that took. */
async function untilActed(key: string, kind: string, rates: Readonly<Record<string, Rates>>) {
  for (let visits = 0; visits < 6_000; visits += 200) {
    await letVisitorsBuy(shop.call, { surface: 'home', rates, count: 200 })
    await shop.service.fold()
    const found = (await actionsOf(key)).find((action: { kind: string }) => action.kind === kind)
    if (found) return found
  }
  throw new Error(`nothing was done to ${key}: ${JSON.stringify(await actionsOf(key))}`)
}

/** Kinds of what was done, newest first; by chance one equal arm in a hundred is retired. */
const guardedOf = async (key: string) =>
  (await actionsOf(key)).map(({ kind }: { kind: string }) => kind).filter((kind: string) => kind !== 'retire')

async function started(key: string, change: object = {}): Promise<void> {
  running = key
  const made = await shop.call('POST', '/v1/experiments', gateBody(key, change))
  expect(made.status, made.text).toBe(201)
  expect((await shop.call('POST', `/v1/experiments/${key}/start`)).status).toBe(200)
}

const seen = (rates: Readonly<Record<string, Rates>>) => letVisitorsBuy(shop.call, { surface: 'home', rates, count: 200 })

describe('the gate', () => {
  it('retires an arm that sells nothing: the evidence can be read, and only the uniform stratum still shows the arm', async () => {
    await started('sells-nothing')
    const rates = { control: { buys: 0.5 }, one: { buys: 0.02 }, two: { buys: 0.5 } }
    const action = await untilActed('sells-nothing', 'retire', rates)
    expect(action).toMatchObject({
      arm: 'one',
      by: 'gate',
      stands: true,
      evidence: { kind: 'tests', objectives: [{ metric: 'conversion' }] },
    })
    const [test] = action.evidence.tests
    expect(test).toMatchObject({ of: 'reward', arm: 'one', against: 'control', comparisons: 2 })
    expect(test.high).toBeLessThan(0)
    expect(test.estimate).toBeLessThan(-0.3)
    expect(Number(action.evidence.watermark)).toBeGreaterThan(0)
    await until(async () => {
      await seen(rates)
      const { rows } = await shop.query('SELECT stratum, pi FROM exposures WHERE epoch_id IS NOT NULL ORDER BY decided_at DESC LIMIT 100')
      return rows.every(({ stratum, pi }) => (stratum === 'uniform' ? pi[1] > 0.3 : pi[1] === 0))
    })
    const { body } = await shop.call('GET', '/v1/experiments/sells-nothing/report')
    expect(body.gate).toMatchObject([{ kind: 'retire', arm: 'one', stands: true }])
    const page = await shop.call('GET', '/v1/experiments/sells-nothing/report?format=text')
    expect(page.text).toContain('retired “one”')
  })

  it('masks an arm that breaches a guardrail, though it sells as well, and a person’s word keeps it in until there is new evidence', async () => {
    await started('sent-back', { guardrails: [{ metric: 'sent-back', margin: 0.2 }] })
    const rates = { control: { buys: 0.5, returns: 0.05 }, one: { buys: 0.5, returns: 0.05 }, two: { buys: 0.5, returns: 0.5 } }
    const action = await untilActed('sent-back', 'mask', rates)
    expect(action).toMatchObject({ arm: 'two', evidence: { tests: [{ of: 'sent-back', margin: 0.2, against: 'control' }] } })
    await until(async () => !('two' in (await seen(rates))))
    expect(await guardedOf('sent-back')).toEqual(['mask'])
    const word = await shop.call('POST', '/v1/experiments/sent-back/arms/two/unmask', { because: 'a broken scanner' })
    expect(word.status).toBe(200)
    expect(await seen(rates)).toHaveProperty('two')
    await shop.service.fold()
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await guardedOf('sent-back')).toEqual(['unmask', 'mask'])
  })

  it('promotes the arm that is shown better than every other, where that is wanted', async () => {
    const allocation = { kind: 'thompson', objectives: [{ metric: 'conversion' }], uniformShare: 0.2, gate: { promote: true } }
    await started('promoted', { allocation })
    const rates = { control: { buys: 0.3 }, one: { buys: 0.3 }, two: { buys: 0.8 } }
    const action = await untilActed('promoted', 'promote', rates)
    expect(action).toMatchObject({ arm: 'two' })
    expect(action.evidence.tests.map(({ against }: { against: string }) => against)).toEqual(['control', 'one'])
  })

  it('does nothing where it is switched off, and begins with the next look once it is switched on', async () => {
    const allocation = (gate: object) => ({ kind: 'thompson', objectives: [{ metric: 'conversion' }], uniformShare: 0.2, gate })
    await started('switched-off', { allocation: allocation({ enabled: false }) })
    const rates = { control: { buys: 0.9 }, one: { buys: 0.02 }, two: { buys: 0.9 } }
    for (let i = 0; i < 5; i++) await seen(rates)
    await shop.service.fold()
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await actionsOf('switched-off')).toEqual([])
    const { headers } = await shop.call('GET', '/v1/experiments/switched-off')
    const body = gateBody('switched-off', { allocation: allocation({ enabled: true }) })
    const put = await shop.call('PUT', '/v1/experiments/switched-off', body, { 'if-match': headers.get('etag')! })
    expect(put.status, put.text).toBe(200)
    await until(async () => (await actionsOf('switched-off')).length > 0)
    expect((await actionsOf('switched-off'))[0]).toMatchObject({ kind: 'retire', arm: 'one', epoch: 1 })
  })

  it('stops an experiment that harms as a whole, and says so in its report', async () => {
    await started('harms')
    const rates = { control: { buys: 0.7 }, one: { buys: 0.1 }, two: { buys: 0.1 } }
    const action = await untilActed('harms', 'stop', rates)
    expect(action).toMatchObject({ arm: null, by: 'gate' })
    expect((await shop.call('GET', '/v1/experiments/harms')).body).toMatchObject({ status: 'stopped' })
    expect(await seen(rates)).toEqual({})
    const page = await shop.call('GET', '/v1/experiments/harms/report?format=text')
    expect(page.text).toContain('stopped the experiment')
  })
})
