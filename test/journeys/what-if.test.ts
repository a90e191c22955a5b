import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn } from './bandit-shop.ts'

/** What another policy would have been worth in a shop whose truth is known: each arm sells .5 on its device and .1 on the other. */

const DECISIONS = 5_000
const ALWAYS_ONE_ARM = (0.5 + 0.1) / 2
/** 1 − 1e-6 on both sides: the truth is outside in no run that anybody sees. */
const LEVEL = 0.9999

let database: FreshDatabase
let service: TestService
const ask = (body: object, headers?: Record<string, string>) => service.call('POST', '/v1/experiments/devices/what-if', body, headers)

beforeAll(async () => {
  database = await freshDatabase()
  service = await startService({ CROUPIER_FOLD_EVERY_MS: '100' }, database.url)
  await stockShop(service)
  await service.call('POST', '/v1/experiments', banditBody('devices'))
  await service.call('POST', '/v1/experiments/devices/start')
  await letVisitorsIn(service.call, DECISIONS)
}, 120_000)
afterAll(async () => {
  await service?.stop()
  await database.drop()
})

describe('a what-if', () => {
  it('covers the truth of an arm that nobody was always given, and of its opposite', async () => {
    for (const arm of ['phone', 'desk']) {
      const { status, body, text } = await ask({ arm, level: LEVEL })
      expect(status, text).toBe(200)
      expect(body).toMatchObject({ kind: 'valued', because: null, log: { used: DECISIONS, units: DECISIONS, withoutSnapshot: 0 } })
      const [conversion] = body.metrics
      expect(conversion).toMatchObject({ name: 'conversion', kind: 'valued', measure: { kind: 'share' } })
      for (const name of ['IPS', 'SNIPS', 'DR']) {
        expect(conversion.estimates[name].low).toBeLessThan(ALWAYS_ONE_ARM)
        expect(conversion.estimates[name].high).toBeGreaterThan(ALWAYS_ONE_ARM)
      }
      expect(conversion.would.high - conversion.would.low).toBeLessThan(0.25)
      expect(conversion.difference.high).toBeLessThan(0)
      expect(conversion.ran.value).toBeGreaterThan(0.4)
      // purchases of 10 euros each
      expect(body.metrics[1].ran.value).toBeCloseTo(10 * conversion.ran.value, 9)
      expect(body.traffic.find((one: { arm: string }) => one.arm === arm).would).toBe(1)
    }
  })

  it('of the settings as they were is the log itself, bit for bit', async () => {
    const { body } = await ask({})
    expect(body.overlap).toMatchObject({ effectiveSampleSize: DECISIONS, meanWeight: { value: 1, standardError: 0 } })
    for (const { ran, would } of body.traffic) expect(would).toBe(ran)
    expect(body.reward.would.value).toBeCloseTo(body.reward.ran.value, 2)
  })

  it('is worth less with more floor, and an even draw is a floor of 1', async () => {
    // One after the other: there are two places for such questions, and on a busy machine a third one at once is sent away (429).
    const some = await ask({ allocation: { floor: 0.5 } })
    const all = await ask({ allocation: { floor: 1 } })
    const even = await ask({ shares: { phone: 1, desk: 1 } })
    for (const { status, text } of [some, all, even]) expect(status, text).toBe(200)
    const value = ({ body }: typeof some) => body.metrics[0].would.value
    expect(value(all)).toBeLessThan(value(some))
    expect(some.body.metrics[0].difference.high).toBeLessThan(0)
    expect(value(all)).toBeCloseTo(value(even), 9)
    expect(Math.abs(value(even) - ALWAYS_ONE_ARM)).toBeLessThan(0.06)
  })

  it('asks about other weights, whose reward is in those weights', async () => {
    const { body } = await ask({ objectives: [{ metric: 'net-revenue', weight: 2 }] })
    expect(body).toMatchObject({ kind: 'valued', asked: { words: 'weights net-revenue 2' }, log: { withoutEvidence: 0 } })
    expect(body.reward.ran.value).toBeCloseTo(2 * body.metrics[1].ran.value, 9)
    // every purchase is worth the same, so that the draws hardly change
    expect(body.overlap.effectiveSampleSize).toBeGreaterThan(0.99 * DECISIONS)
  })

  it('refuses thin overlap with a remedy, as an answer', async () => {
    const { status, body } = await ask({ arm: 'phone', rows: 60 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'refused', reward: { would: null, estimates: null } })
    expect(body.because).toMatch(/The log is worth \d+ decisions of the new policy, and 100 are needed\./)
    expect(body.remedy).toMatch(/[Cc]ollect about [\d,]+ decisions more|raise the floor|closer to the one/)
    expect(body.log).toMatchObject({ decisions: DECISIONS, used: 60, rowsMax: 60 })
    const nothing = await ask({ maturity: 'mature' })
    expect(nothing.body).toMatchObject({ kind: 'refused', log: { used: 0, since: null }, traffic: [] })
  })

  it('comes as a page, too', async () => {
    const { text, headers } = await ask({ arm: 'desk' }, { accept: 'text/plain' })
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toMatch(/WHAT IF {2}devices, epoch 1: always desk/)
    expect(text).toMatch(/conversion {2,}\d\d/)
    expect(text).toContain('So far: the window has not ended for 100.0 % of the decisions (conversion, net-revenue)')
  })

  it('leaves the prices of floors as they were; a receipt shows them', async () => {
    const { headers, body } = await service.call('GET', '/v1/experiments/devices')
    const { key, surface, arms, metrics, plan, allocation } = body
    const objectives = [{ metric: 'conversion' }, { metric: 'net-revenue', weight: 0, floor: { margin: 0.1 } }]
    const changed = { key, surface, arms, metrics, plan, allocation: { ...allocation, objectives } }
    const put = await service.call('PUT', '/v1/experiments/devices', changed, { 'if-match': headers.get('etag')! })
    expect(put.status, put.text).toBe(200)
    const { body: given } = await service.call('POST', '/v1/slates', { surface: 'home', unit: 'careful', context: { device: 'mobile' } })
    const read = async () => (await service.call('GET', `/v1/decisions/${given.decisionId}`)).body
    await until(async () => (await read()).replay?.kind !== 'impossible')
    const receipt = await read()
    expect(receipt).toMatchObject({ replay: { kind: 'same' }, belief: { prices: { kind: 'feasible', contexts: 2_000 } } })
    // whoever converts pays as well, so that the floor costs nothing
    expect(receipt.belief.prices.floors).toMatchObject([{ metric: 'net-revenue', margin: 0.1, violation: 0 }])
    const { body: asked } = await ask({})
    expect(asked.overlap.meanWeight).toEqual({ value: 1, standardError: 0 })
  })

  it('stands beside what the bandit believes now, as JSON, a page and a picture', async () => {
    const read = (query = '', headers = {}) => service.call('GET', `/v1/experiments/devices/bandit${query}`, undefined, headers)
    const { status, body, text } = await read()
    expect(status, text).toBe(200)
    expect(body).toMatchObject({
      format: 'croupier-bandit/1',
      contexts: 2_000,
      because: null,
      slider: { first: 'conversion', second: 'net-revenue' },
    })
    expect(body.arms.map(({ arm }: { arm: string }) => arm)).toEqual(['phone', 'desk'])
    for (const { values, traffic } of body.arms) {
      // at the average of both devices the arms are as good as each other
      expect(Math.abs(values.conversion.mean - ALWAYS_ONE_ARM)).toBeLessThan(0.1)
      expect(values['net-revenue'].mean).toBeCloseTo(10 * values.conversion.mean, 6)
      expect(traffic.day).toBeGreaterThan(0.3)
    }
    expect((await read('', { accept: 'text/plain' })).text).toMatch(/BELIEFS {2}devices, epoch 1/)
    const picture = await read('?format=svg&between=net-revenue,conversion')
    expect(picture.headers.get('content-type')).toBe('image/svg+xml')
    expect(picture.text).toMatch(/^<svg /)
    expect((await read('?between=ctr,conversion')).status).toBe(400)
  })

  it('refuses what it cannot ask about, with its place', async () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ arm: 'tablet' }, '/arm'],
      [{ shares: { phone: 1, tablet: 1 } }, '/shares/tablet'],
      [{ objectives: [{ metric: 'ctr' }] }, '/objectives/0/metric'],
      [{ arm: 'phone', allocation: { floor: 0.2 } }, '/arm'],
      [{ allocation: { discountDays: 5 } }, '/allocation/discountDays'],
    ]
    for (const [body, pointer] of wrong) {
      const answer = await ask(body)
      expect(answer.status).toBe(422)
      expect(answer.body.pointer ?? answer.body.errors[0].pointer).toBe(pointer)
    }
    expect((await service.call('POST', '/v1/experiments/nobody/what-if', {})).status).toBe(404)
    const { metrics, surface, arms } = banditBody('even') as Record<string, unknown>
    await service.call('POST', '/v1/experiments', { key: 'even', metrics, surface, arms })
    expect((await service.call('POST', '/v1/experiments/even/what-if', {})).status).toBe(409)
  })
})
