import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn, openBanditShop, shareOf } from './bandit-shop.ts'

/** A bandit from the first request to a learned policy, over HTTP, on two nodes. */

let database: FreshDatabase
let a: TestService
let b: TestService

beforeAll(async () => {
  database = await freshDatabase()
  a = await startService({ CROUPIER_FOLD_EVERY_MS: '100' }, database.url)
  b = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000' }, database.url)
  await openBanditShop(a.call)
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
    await until(async () => (await slate(a, 'same')).body.snapshot === (await slate(b, 'same')).body.snapshot)
    const [one, other] = await Promise.all([slate(a, 'same'), slate(b, 'same')])
    const { rows } = await a.query('SELECT pi, mhat, x FROM exposures WHERE decision_id IN ($1, $2)', [
      one!.body.decisionId,
      other!.body.decisionId,
    ])
    expect(rows[0].mhat).not.toBeNull()
    if (JSON.stringify(rows[0].x) === JSON.stringify(rows[1].x)) expect(rows[0]).toEqual(rows[1])
  })
})
