import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn } from './bandit-shop.ts'

/** Other models than lines, over HTTP: the exact posterior of a rate where rates are low. */

const SELDOM = { phone: { mobile: 0.01, desktop: 0.01 }, desk: { mobile: 0.06, desktop: 0.06 } }

let service: TestService

beforeAll(async () => {
  service = await startService({ CROUPIER_FOLD_EVERY_MS: '100' })
  await stockShop(service)
})
afterAll(async () => {
  await service?.stop()
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
    const same = await ask({})
    expect(same).toMatchObject({ kind: 'valued', overlap: { maxWeightShare: expect.any(Number) }, log: { withoutEvidence: 0 } })
    expect(same.overlap.effectiveSampleSize).toBeCloseTo(same.log.used, 6)
    const rates = await ask({ allocation: { model: 'beta' } })
    expect(rates.log).toMatchObject({ withoutEvidence: 0, used: same.log.used })
    expect(rates.overlap.effectiveSampleSize).toBeLessThan(same.overlap.effectiveSampleSize)
    expect(await ask({ objectives: [{ metric: 'net-revenue' }] })).toMatchObject({ status: 422, pointer: '/objectives/0/metric' })
  })
})
