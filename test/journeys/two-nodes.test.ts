import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { redisHere, startRedis, type TestRedis } from '../support/redis.ts'
import { type Call, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, undisturbed, untilDrained } from './books.ts'
import { moodyProxy } from './moody-proxy.ts'
import { letIn } from './shoppers.ts'

/** Two services on one database, one of them with Redis where there is one: to a shop they are one. */

let database: FreshDatabase
let redis: TestRedis | null = null
let a: TestService
let b: TestService

const QUICK = { CROUPIER_FOLD_EVERY_MS: '50' }
/** A change has to be heeded everywhere within a second; the rest is for a loaded machine. */
const HEEDED_MS = 1_000 + 2_000

beforeAll(async () => {
  database = await freshDatabase()
  if (redisHere() !== 'none') redis = await startRedis()
  a = await startService({ ...QUICK, ...(redis ? { REDIS_URL: redis.url } : {}) }, database.url)
  b = await startService(QUICK, database.url)
  await fillShelves(a.call)
  await startExperiment(a.call, 'shared')
})
afterAll(async () => {
  await a?.stop()
  await b?.stop()
  await redis?.stop()
  await database.drop()
})

const slate = (call: Call, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  call('POST', '/v1/slates', { surface: 'home', unit: 'somebody', ...body }, headers)
const nodes = () => [a.call, b.call]
let requests = 0
const fresh = () => `request ${++requests}`
const heeded = (so: () => Promise<boolean>) => until(so, HEEDED_MS)

describe('two nodes on one database', () => {
  it('give the same bytes to a repeated requestId, and a conflict to another body', async () => {
    await heeded(async () => (await slate(b.call)).body.experiment !== null)
    const { body, first, again } = await undisturbed(nodes(), async () => {
      const body = { requestId: fresh(), unit: 'shopper 1' }
      return { body, first: await slate(a.call, body), again: await slate(b.call, body) }
    })
    expect(again.status).toBe(200)
    expect(again.text).toBe(first.text)
    const other = await slate(b.call, { ...body, size: 2 })
    expect(other.status).toBe(409)
    expect(other.body).toMatchObject({ type: '/problems/request-id-reused', pointer: '/requestId' })
  })

  it('of many simultaneous requests with one requestId let one decide', async () => {
    const answers = await undisturbed(nodes(), () => {
      const requestId = fresh()
      return Promise.all(Array.from({ length: 24 }, (_, i) => slate((i % 2 === 0 ? a : b).call, { requestId })))
    })
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const [answer] = answers
    const { rows } = await a.query('SELECT count(*)::int AS n FROM request_keys WHERE decision_id = $1', [answer!.body.decisionId])
    expect(rows[0].n).toBe(1)
  })

  it('log both slates of a requestId that each of them answered while the database was away for one', async () => {
    const proxy = await moodyProxy(database.url)
    const far = await startService(QUICK, proxy.url)
    try {
      const body = { requestId: fresh(), unit: 'shopper 2' }
      const near = await slate(a.call, body)
      await proxy.refuse()
      const away = await slate(far.call, body)
      expect(away.body).toMatchObject({ experiment: near.body.experiment })
      expect(away.body.decisionId).not.toBe(near.body.decisionId)
      await proxy.pass()
      await untilDrained(far.call)
      const { rows } = await a.query('SELECT FROM exposures WHERE decision_id IN ($1, $2)', [near.body.decisionId, away.body.decisionId])
      expect(rows).toHaveLength(2)
      expect((await slate(b.call, body)).text).toBe(near.text)
    } finally {
      await far.stop()
      await proxy.close()
    }
  })

  it('deal a shopper the same arm and items', async () => {
    for (let i = 0; i < 40; i++) {
      const [one, other] = await Promise.all([slate(a.call, { unit: `both ${i}` }), slate(b.call, { unit: `both ${i}` })])
      expect(other.body.experiment).toEqual(one.body.experiment)
      expect(other.body.items).toEqual(one.body.items)
      expect(other.body.snapshot).toBe(one.body.snapshot)
    }
  })

  it('know each outcome once between them, and attribute it by the token that the other one gave', async () => {
    const { body } = await slate(a.call, { unit: 'buyer' })
    const outcomes = [{ outcomeId: 'order 1', token: body.token, type: 'purchase', value: '30.00', currency: 'EUR' }]
    const answers = await Promise.all([a, b, a, b].map(({ call }) => call('POST', '/v1/outcomes', { outcomes })))
    const statuses = answers.map(({ body: { results } }) => results[0].status).sort()
    expect(statuses).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate'])
    const changed = await b.call('POST', '/v1/outcomes', { outcomes: [{ ...outcomes[0], value: '31.00' }] })
    expect(changed.status).toBe(409)
    expect(changed.body.type).toBe('/problems/outcome-id-reused')
  })

  it('heed each other’s experiments and kill switches within a second', async () => {
    await a.call('POST', '/v1/surfaces', { key: 'cart', policy: 'popularity', fallback: 'popularity' })
    await heeded(async () => (await b.call('POST', '/v1/slates', { surface: 'cart' })).status === 200)
    await startExperiment(a.call, 'on-cart', { surface: 'cart' })
    await heeded(async () => (await b.call('POST', '/v1/slates', { surface: 'cart' })).body.experiment?.key === 'on-cart')
    await b.call('POST', '/v1/experiments/on-cart/stop')
    await heeded(async () => (await a.call('POST', '/v1/slates', { surface: 'cart' })).body.experiment === null)
    const killed = async ({ call }: TestService) => (await slate(call)).body.experiment.propensity === 1
    await a.call('PUT', '/v1/flags/policy.hybrid.killed', { value: true, because: 'a test' })
    await heeded(async () => (await killed(b)) && (await killed(a)))
    await b.call('DELETE', '/v1/flags/policy.hybrid.killed')
    await heeded(async () => !(await killed(a)) && !(await killed(b)))
  })

  it('let nobody in with a key that the other one revoked, and everybody with one that it made', async () => {
    const made = await a.call('POST', '/v1/keys', { name: 'shop', scopes: ['storefront'] })
    const headers = { authorization: `Bearer ${made.body.key}` }
    await heeded(async () => (await slate(b.call, {}, headers)).status === 200)
    await a.call('DELETE', `/v1/keys/${made.body.selector}`)
    expect((await slate(a.call, {}, headers)).status).toBe(401)
    await heeded(async () => (await slate(b.call, {}, headers)).status === 401)
  })

  it('fold together, count everything once, and give the same report', async () => {
    const crowds = [a, b].map(({ url }, i) => letIn({ url: () => url, name: `n${i}`, clients: 3, units: 60 }))
    await until(async () => {
      await Promise.all([a.service.fold(), b.service.fold()])
      return crowds.every(({ heard }) => heard.decisions.length > 200)
    })
    const heard = await Promise.all(crowds.map((crowd) => crowd.stop()))
    expect(heard.flatMap(({ odd }) => odd)).toEqual([])
    for (const { call } of [a, b]) await untilDrained(call)
    await expectBooksInOrder(database.url, {
      decisions: heard.flatMap(({ decisions }) => decisions),
      outcomes: heard.flatMap(({ outcomes }) => outcomes),
    })
    const [one, other] = await Promise.all([a, b].map(({ call }) => call('GET', '/v1/experiments/shared/report')))
    expect(other!.body.metrics).toEqual(one!.body.metrics)
    expect(other!.body.integrity).toEqual(one!.body.integrity)
    expect(one!.body.integrity.equal).toBe(true)
  })

  it.runIf(redisHere() === 'own')('go on when Redis dies, and hear each other all the same', async () => {
    await redis!.stop()
    await startExperiment(b.call, 'without-redis', { surface: 'cart' })
    await heeded(async () => (await a.call('POST', '/v1/slates', { surface: 'cart' })).body.experiment?.key === 'without-redis')
    await redis!.start()
    await a.call('POST', '/v1/experiments/without-redis/stop')
    await heeded(async () => (await b.call('POST', '/v1/slates', { surface: 'cart' })).body.experiment === null)
  })
})
