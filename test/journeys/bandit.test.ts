import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn, shareOf } from './bandit-shop.ts'

/** A bandit from the first request to a learned policy, over HTTP, on two nodes. */

let database: FreshDatabase
let a: TestService
let b: TestService

beforeAll(async () => {
  database = await freshDatabase()
  a = await startService({ CROUPIER_FOLD_EVERY_MS: '100' }, database.url)
  b = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000' }, database.url)
  await stockShop(a)
  expect((await a.call('POST', '/v1/experiments', banditBody('devices'))).status).toBe(201)
  expect((await a.call('POST', '/v1/experiments/devices/start')).status).toBe(200)
})
afterAll(async () => {
  await a?.stop()
  await b?.stop()
  await database.drop()
})

describe('a bandit in a shop', () => {
  it('begins even and learns which arm suits which device', async () => {
    const first = await letVisitorsIn(a.call, 40)
    expect(first[0]!.propensity).toBe(0.5)
    await letVisitorsIn(a.call, 2_000, { seed: 2 })
    const late = await letVisitorsIn(a.call, 600, { seed: 3 })
    expect(shareOf(late, 'mobile', 'phone')).toBeGreaterThan(0.75)
    expect(shareOf(late, 'desktop', 'desk')).toBeGreaterThan(0.75)
  })

  it('logs for every decision a vector that adds up, with what the model expected', async () => {
    const { rows } = await a.query(
      `SELECT x.stratum, x.kind, x.reason, x.pi, x.mhat, x.scale, array_position(e.arm_ids, x.arm_id) - 1 AS arm
       FROM exposures x JOIN epochs e ON e.id = x.epoch_id`,
    )
    expect(rows.length).toBe(2_640)
    for (const { stratum, kind, reason, pi, mhat, scale, arm } of rows) {
      expect([kind, reason]).toEqual(['drawn', 'thompson'])
      expect(pi[arm]).toBeGreaterThanOrEqual(0.025)
      expect(Math.abs(pi[0] + pi[1] - 1)).toBeLessThan(1e-15)
      if (stratum === 'uniform') expect(pi).toEqual([0.5, 0.5])
      if (mhat) for (const each of scale) expect(each).toBeGreaterThan(0)
    }
    const uniform = rows.filter(({ stratum }) => stratum === 'uniform').length
    expect(uniform).toBeGreaterThan(60)
    expect(uniform).toBeLessThan(220)
  })

  it('gives the same vector for the same request on two nodes after the same fold', async () => {
    const slate = (of: TestService, unit: string) => of.call('POST', '/v1/slates', { surface: 'home', unit, context: { device: 'mobile' } })
    await a.service.fold()
    // Exposures are learned from, too, so a fold may come between two slates.
    let pair: readonly string[] = []
    await until(async () => {
      const [one, other] = await Promise.all([slate(a, 'same'), slate(b, 'same')])
      pair = [one.body.decisionId, other.body.decisionId]
      return one.body.snapshot === other.body.snapshot
    })
    const { rows } = await a.query('SELECT pi, mhat, x FROM exposures WHERE decision_id = ANY ($1)', [pair])
    expect(rows[0].mhat).not.toBeNull()
    if (JSON.stringify(rows[0].x) === JSON.stringify(rows[1].x)) expect(rows[0]).toEqual(rows[1])
  })

  it('is learned from within a second of the fold, on the node that does not fold as well', async () => {
    const snapshot = async () => (await b.call('POST', '/v1/slates', { surface: 'home', consent: { measurement: false } })).body.snapshot
    await a.service.fold()
    let before = ''
    await until(async () => {
      const last = before
      before = await snapshot()
      return before === last
    })
    const shown = performance.now()
    await letVisitorsIn(b.call, 10, { seed: 4 })
    await until(async () => (await snapshot()) !== before)
    // The fold comes within 100 ms; beyond the second there is room for a loaded machine.
    expect(performance.now() - shown).toBeLessThan(1_100 + 2_000)
  })

  it('gives a receipt that explains a decision, and makes it again bit for bit', async () => {
    const slate = (body: object) =>
      a.call('POST', '/v1/slates', { surface: 'home', unit: 'curious', context: { device: 'desktop' }, ...body })
    for (const body of [{}, { requestId: 'request 1' }]) {
      const { body: given } = await slate(body)
      const read = async () => (await a.call('GET', `/v1/decisions/${given.decisionId}`)).body
      await until(async () => (await read()).replay?.kind !== 'impossible')
      const receipt = await read()
      expect(receipt).toMatchObject({
        ...{ decisionId: given.decisionId, reason: 'thompson', snapshot: given.snapshot, replay: { kind: 'same' } },
        experiment: { key: 'devices', arm: given.experiment.arm },
        belief: { kind: 'models', memoryDays: null },
      })
      expect(receipt.items).toEqual(given.items.map(({ itemId }: { itemId: string }) => itemId))
      expect(receipt.features.find(({ name }: { name: string }) => name === 'device=desktop').value).toBe(1)
      const [phone, desk] = receipt.arms
      for (const { expected } of receipt.arms) {
        const sum = expected.contributions.reduce((total: number, { contribution }: { contribution: number }) => total + contribution, 0)
        expect(sum).toBeCloseTo(expected.mean, 12)
      }
      expect(desk.expected.mean).toBeGreaterThan(phone.expected.mean)
      expect(phone.expected.chanceBest + desk.expected.chanceBest).toBeCloseTo(1, 9)
      expect(receipt.arms.find(({ drawn }: { drawn: boolean }) => drawn).propensity).toBe(given.experiment.propensity)
    }
    expect((await a.call('GET', '/v1/decisions/019aa5c2-7d1e-7000-8000-5f1c3c1de001')).status).toBe(404)
  })

  it('has a report with honest figures beside the naive ones, and draws that agree with their propensities', async () => {
    const { status, body } = await a.call('GET', '/v1/experiments/devices/report')
    expect(status).toBe(200)
    expect(body.bandit.draws).toBeGreaterThan(100)
    expect(body.trust.blockedBy).toBeNull()
    for (const one of body.bandit.strata) expect(one.alarm ?? false).toBe(false)
    const [contrast] = body.bandit.metrics[0].contrasts
    expect([contrast.honest.kind, contrast.naive.kind]).toEqual(['estimate', 'estimate'])
    expect(body.bandit.reward.choosing.perDraw.value).toBeGreaterThan(0)
    const { text } = await a.call('GET', '/v1/experiments/devices/report?format=text')
    expect(text).toContain('naive, biased')
  })

  it('takes other weights with the next request, in the same epoch', async () => {
    const { headers, body } = await a.call('GET', '/v1/experiments/devices')
    const epochs = async () => (await a.query('SELECT count(*)::int AS n FROM epochs')).rows[0].n
    const before = await epochs()
    const decide = async () => {
      const { body: given } = await a.call('POST', '/v1/slates', { surface: 'home', unit: 'impatient', context: { device: 'mobile' } })
      const { rows } = await a.query('SELECT scale FROM exposures WHERE decision_id = $1', [given.decisionId])
      return rows[0].scale[0]
    }
    const small = await decide()
    const { key, surface, arms, metrics, plan } = body
    const changed = {
      key,
      surface,
      arms,
      metrics,
      plan,
      allocation: { ...body.allocation, objectives: [{ metric: 'conversion', weight: 100 }] },
    }
    const put = await a.call('PUT', '/v1/experiments/devices', changed, { 'if-match': headers.get('etag')! })
    expect(put.status, put.text).toBe(200)
    const large = await decide()
    expect(large / small).toBeGreaterThan(95)
    expect(large / small).toBeLessThan(105)
    expect(await epochs()).toBe(before)
  })

  it('refuses an objective that is a ratio, with its place', async () => {
    const refused = await a.call('POST', '/v1/experiments', {
      ...banditBody('ratios', { objectives: [{ metric: 'ctr' }] }),
      metrics: ['ctr'],
    })
    expect(refused.status).toBe(422)
    expect(refused.body.pointer).toBe('/allocation/objectives/0/metric')
  })
})
