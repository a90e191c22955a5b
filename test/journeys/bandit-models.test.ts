import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verify } from '../../src/log/verify.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn, shareOf } from './bandit-shop.ts'

/** Other models than lines, over HTTP: the exact posterior of a rate where rates are low, and lines of log-odds with context. */

const BY_DEVICE = { phone: { mobile: 0.3, desktop: 0.02 }, desk: { mobile: 0.02, desktop: 0.3 } }
const SELDOM = { phone: { mobile: 0.01, desktop: 0.01 }, desk: { mobile: 0.06, desktop: 0.06 } }

let service: TestService
let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  service = await startService({ CROUPIER_FOLD_EVERY_MS: '100' }, database.url)
  await stockShop(service)
})
afterAll(async () => {
  await service?.stop()
  await database.drop()
})

/** Puts the experiment anew with another allocation. */
async function change(key: string, allocation: object): Promise<void> {
  const { headers, body } = await service.call('GET', `/v1/experiments/${key}`)
  const { surface, arms, metrics, plan } = body
  const put = await service.call(
    'PUT',
    `/v1/experiments/${key}`,
    { key, surface, arms, metrics, plan, allocation: { ...body.allocation, ...allocation } },
    { 'if-match': headers.get('etag')! },
  )
  expect(put.status, put.text).toBe(200)
}

/** A decision of the bandit stratum whose snapshot is kept, as its receipt. */
async function receiptOfNext(name: string) {
  for (let i = 0; ; i++) {
    const asked = { surface: 'home', unit: `${name} ${i}`, context: { device: 'mobile' } }
    const { body: given } = await service.call('POST', '/v1/slates', asked)
    const read = async () => (await service.call('GET', `/v1/decisions/${given.decisionId}`)).body
    await until(async () => (await read()).replay?.kind !== 'impossible')
    const receipt = await read()
    if (receipt.stratum === 'bandit') return receipt
  }
}

describe('a bandit of rates', () => {
  it('refuses what it cannot have, with the place', async () => {
    const create = async (allocation: object) => (await service.call('POST', '/v1/experiments', banditBody('rates', allocation))).body
    expect(await create({ model: 'beta' })).toMatchObject({ status: 422, pointer: '/allocation/context' })
    const revenue = { model: 'beta', context: false, objectives: [{ metric: 'net-revenue' }] }
    expect(await create(revenue)).toMatchObject({ status: 422, pointer: '/allocation/objectives/0/metric' })
  })

  it('learns at low rates, and takes the place of lines with the next request, in the same epoch', async () => {
    const started = await service.call('POST', '/v1/experiments', banditBody('rates', { context: false }))
    expect(started.status, started.text).toBe(201)
    expect((await service.call('POST', '/v1/experiments/rates/start')).status).toBe(200)
    await letVisitorsIn(service.call, 600, { seed: 5, sells: SELDOM })
    await service.service.fold()
    expect((await receiptOfNext('lines')).belief).toMatchObject({ model: 'linear', meansAre: 'rewards' })
    await change('rates', { model: 'beta', scale: 1 })
    const receipt = await receiptOfNext('rates')
    expect(receipt).toMatchObject({ belief: { model: 'beta', meansAre: 'chances' }, replay: { kind: 'same' } })
    const [phone, desk] = receipt.arms
    expect(desk.expected.mean).toBeGreaterThan(phone.expected.mean)
    expect(phone.expected.chanceBest + desk.expected.chanceBest).toBeCloseTo(1, 9)
    expect((await service.query('SELECT count(*)::int AS n FROM epochs')).rows[0].n).toBe(1)
    const late = await letVisitorsIn(service.call, 600, { seed: 6, sells: SELDOM })
    expect(late.filter(({ arm }) => arm === 'desk').length / late.length).toBeGreaterThan(0.75)
  })

  it('logs what was expected of each outcome, and shows its belief', async () => {
    const { rows } = await service.query(
      'SELECT mhat, scale, pi FROM exposures WHERE mhat IS NOT NULL ORDER BY decided_at DESC, decision_id DESC LIMIT 1',
    )
    expect(rows[0].mhat).toHaveLength(4)
    expect(rows[0].pi[0] + rows[0].pi[1]).toBeCloseTo(1, 14)
    const { body } = await service.call('GET', '/v1/experiments/rates/bandit')
    expect(body).toMatchObject({ model: 'beta', because: null })
    const [phone, desk] = body.arms
    expect(desk.values.conversion.low).toBeGreaterThan(phone.values.conversion.mean)
    expect(desk.reward).toEqual(desk.values.conversion)
    expect((await service.call('GET', '/v1/experiments/rates/bandit?format=text')).text).toContain('model beta')
  })

  it('can be asked what lines would have been worth, and the other way round', async () => {
    const ask = async (body: object) => (await service.call('POST', '/v1/experiments/rates/what-if', body)).body
    const askBoth = async () => [await ask({}), await ask({ allocation: { model: 'beta' } })] as const
    let [same, rates] = await askBoth()
    // Both are about the same log only when nothing of it is still to be folded; other tests' transactions hold the cluster's horizon back.
    await until(async () => {
      ;[same, rates] = await askBoth()
      return same.log.used === rates.log.used
    })
    expect(same).toMatchObject({ kind: 'valued', overlap: { maxWeightShare: expect.any(Number) }, log: { withoutEvidence: 0 } })
    expect(same.overlap.effectiveSampleSize).toBeCloseTo(same.log.used, 6)
    expect(rates.log).toMatchObject({ withoutEvidence: 0 })
    expect(rates.overlap.effectiveSampleSize).toBeLessThan(same.overlap.effectiveSampleSize)
    expect(await ask({ objectives: [{ metric: 'net-revenue' }] })).toMatchObject({ status: 422, pointer: '/objectives/0/metric' })
  })
})

describe('a bandit of log-odds', () => {
  const epochs = async () => (await service.query('SELECT count(*)::int AS n FROM epochs')).rows[0].n
  const cells = async () => (await service.query('SELECT count(*)::int AS n FROM logit_cells')).rows[0].n

  it('opens an epoch, keeps cells from then on, and learns which arm suits which device', async () => {
    expect((await service.call('POST', '/v1/experiments/rates/stop')).status).toBe(200)
    expect((await service.call('POST', '/v1/experiments', banditBody('logits'))).status).toBe(201)
    expect((await service.call('POST', '/v1/experiments/logits/start')).status).toBe(200)
    await letVisitorsIn(service.call, 20, { seed: 7, sells: BY_DEVICE })
    const [before, none] = [await epochs(), await cells()]
    expect(none).toBe(0)
    await change('logits', { model: 'logistic' })
    expect(await epochs()).toBe(before + 1)
    await letVisitorsIn(service.call, 1_500, { seed: 8, sells: BY_DEVICE })
    const late = await letVisitorsIn(service.call, 600, { seed: 9, sells: BY_DEVICE })
    expect(shareOf(late, 'mobile', 'phone')).toBeGreaterThan(0.75)
    expect(shareOf(late, 'desktop', 'desk')).toBeGreaterThan(0.75)
    expect(await cells()).toBeGreaterThan(3)
  })

  it('explains itself in log-odds, and decides again bit for bit', async () => {
    const receipt = await receiptOfNext('logits')
    expect(receipt).toMatchObject({ belief: { model: 'logistic', meansAre: 'log-odds' }, replay: { kind: 'same' } })
    for (const { expected } of receipt.arms) {
      const sum = expected.contributions.reduce((total: number, { contribution }: { contribution: number }) => total + contribution, 0)
      expect(sum).toBeCloseTo(expected.mean, 12)
    }
    const [phone, desk] = receipt.arms
    expect(phone.expected.mean).toBeGreaterThan(desk.expected.mean)
    expect(phone.expected.mean).toBeLessThan(0)
    expect(phone.expected.chanceBest + desk.expected.chanceBest).toBeCloseTo(1, 9)
  })

  it('shows chances, and is believed alike by a node that begins now', async () => {
    const { body } = await service.call('GET', '/v1/experiments/logits/bandit')
    expect(body).toMatchObject({ model: 'logistic', because: null })
    for (const { values, reward } of body.arms) {
      expect(reward).toEqual(values.conversion)
      expect(values.conversion.low).toBeGreaterThan(0)
      expect(values.conversion.high).toBeLessThan(1)
    }
    const other = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000' }, database.url)
    try {
      const snapshot = async (of: TestService) =>
        (await of.call('POST', '/v1/slates', { surface: 'home', consent: { measurement: false } })).body.snapshot
      await service.service.fold()
      await until(async () => (await snapshot(service)) === (await snapshot(other)))
    } finally {
      await other.stop()
    }
  })

  it('can be asked about other scales and lines, and says of what it cannot', async () => {
    const ask = async (body: object) => (await service.call('POST', '/v1/experiments/logits/what-if', body)).body
    const same = await ask({})
    expect(same.log).toMatchObject({ withoutEvidence: 0 })
    expect(same.overlap.effectiveSampleSize).toBeCloseTo(same.log.used, 6)
    const wider = await ask({ allocation: { scale: 1 } })
    expect(wider.log).toMatchObject({ withoutEvidence: 0, used: same.log.used })
    expect(wider.overlap.effectiveSampleSize).toBeLessThan(same.overlap.effectiveSampleSize)
    // Both models are nearly sure of such arms: the vectors differ by next to nothing.
    expect((await ask({ allocation: { model: 'linear' } })).log).toMatchObject({ withoutEvidence: 0, used: same.log.used })
    expect(await ask({ objectives: [{ metric: 'net-revenue' }] })).toMatchObject({ status: 422, pointer: '/objectives/0/metric' })
    expect(await ask({ allocation: { model: 'logistic' } })).toMatchObject({ status: 422, pointer: '/allocation/model' })
    const rates = await ask({ allocation: { model: 'beta' } })
    expect(rates.errors).toEqual([
      {
        pointer: '/allocation/model',
        detail: 'cannot be "beta" here: context has to be false: the model "beta" knows no requests',
      },
    ])
  })

  it('has cells that a recount finds', async () => {
    await service.service.fold()
    const database = openDatabase(service.databaseUrl)
    try {
      const { first } = await verify(database)
      expect(first).toEqual([])
    } finally {
      await database.close()
    }
  })
})
