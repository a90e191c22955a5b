import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verify } from '../../src/log/verify.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'

/** Shoppers buy with a probability that depends on their arm alone, so that the truth is known. Everything goes over HTTP. */

let shop: TestService

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
})
afterAll(() => shop.stop())

interface World {
  readonly key: string
  readonly shoppers: number
  readonly rates: Readonly<Record<string, number>>
  readonly seed: number
}

async function runExperiment({ key, shoppers, rates, seed }: World): Promise<void> {
  const arms = Object.keys(rates).map((arm, i) => ({ key: arm, policy: i === 0 ? 'popularity' : 'hybrid' }))
  const body = {
    key,
    surface: 'home',
    arms,
    metrics: ['conversion', 'net-revenue', 'ctr'],
    guardrails: [
      { metric: 'net-revenue', margin: 0.05 },
      { metric: 'ctr', margin: 0.05 },
    ],
    plan: { unitsPerArm: Math.floor(shoppers / arms.length / 1.3) },
  }
  expect((await shop.call('POST', '/v1/experiments', body)).status).toBe(201)
  expect((await shop.call('POST', `/v1/experiments/${key}/start`)).status).toBe(200)
  const random = randomOf(seed)
  for (let first = 0; first < shoppers; first += 50) {
    const slates = await Promise.all(
      Array.from({ length: Math.min(50, shoppers - first) }, (_, i) =>
        shop.call('POST', '/v1/slates', { surface: 'home', unit: `${key} ${first + i}` }),
      ),
    )
    const outcomes = slates.flatMap(({ body: slate }) => outcomesOf(slate, random.uniform() < rates[slate.experiment.arm]!))
    const told = await shop.call('POST', '/v1/outcomes', { outcomes })
    expect(told.body.results.every((result: { status: string }) => result.status === 'accepted')).toBe(true)
  }
  expect((await shop.call('POST', `/v1/experiments/${key}/stop`)).status).toBe(200)
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of the service
function outcomesOf(slate: any, buys: boolean): object[] {
  const { token, decisionId, items } = slate
  const view = { outcomeId: `${decisionId}-v`, token, type: 'view' }
  if (!buys) return [view]
  const itemId = items[0].itemId
  return [
    view,
    { outcomeId: `${decisionId}-c`, token, type: 'click', itemId },
    { outcomeId: `${decisionId}-p`, token, type: 'purchase', itemId, value: '25.00', currency: 'EUR' },
    { outcomeId: `${decisionId}-r`, token, type: 'return', itemId, value: '5.00', currency: 'EUR' },
  ]
}

describe('an A/B experiment over HTTP with a known truth', () => {
  it('is reported with intervals that cover it, money that adds up, and books that balance', async () => {
    await runExperiment({ key: 'known', shoppers: 2000, rates: { control: 0.2, treatment: 0.35 }, seed: 7 })
    const { body: report } = await shop.call('GET', '/v1/experiments/known/report')
    const conversion = report.metrics.find((metric: { key: string }) => metric.key === 'conversion')
    const [comparison] = conversion.comparisons
    expect(comparison.status).toBe('better')
    expect(comparison.difference.interval.low).toBeLessThan(0.15)
    expect(comparison.difference.interval.high).toBeGreaterThan(0.15)
    expect(comparison.lift.interval.low).toBeLessThan(0.75)
    expect(comparison.lift.interval.high).toBeGreaterThan(0.75)
    const [revenue, ctr] = report.guardrails
    expect([revenue.results[0].state, ctr.results[0].state]).toEqual(['holds', 'holds'])
    expect(report.decisions).toMatchObject([{ arm: 'treatment', kind: 'ship', because: ['conversion'] }])
    expect(report.verdict.sentences[1]).toBe('Ship “treatment”: better on “conversion”, and every guardrail holds.')
    expect(comparison.shown).toBe('fixed')
    expect(comparison.alwaysValid.difference.interval.low).toBeLessThan(comparison.difference.interval.low)
    expect(comparison.alwaysValid.difference.interval.high).toBeGreaterThan(comparison.difference.interval.high)
    expect(report.trust.sampleRatio).toMatchObject({ kind: 'tested', alarm: false })
    expect(report.integrity).toMatchObject({ exposures: 2000, recount: 2000, equal: true })
    const [euro] = report.money
    for (const arm of euro.arms) expect(Number(arm.net)).toBeCloseTo(Number(arm.gross) + Number(arm.returned), 8)
    expect(euro.arms.every((arm: { gross: string; returned: string }) => Number(arm.returned) * -5 === Number(arm.gross))).toBe(true)
  })

  it('has no winner between two arms that are the same', async () => {
    await runExperiment({ key: 'same', shoppers: 1500, rates: { control: 0.3, treatment: 0.3 }, seed: 11 })
    const { body: report } = await shop.call('GET', '/v1/experiments/same/report')
    // One fixed seed; conversion at a level of 95 % is allowed to err once in twenty, this seed does not.
    expect(report.metrics[0].comparisons[0].status).toBe('no difference shown')
    expect(report.verdict.kind).toBe('no difference shown')
  })

  it('says "not yet" while it runs short of its plan', async () => {
    await runExperiment({ key: 'short', shoppers: 120, rates: { control: 0.2, treatment: 0.9 }, seed: 3 })
    await shop.call('POST', '/v1/experiments', {
      key: 'tiny',
      surface: 'home',
      arms: [
        { key: 'a', policy: 'popularity' },
        { key: 'b', policy: 'hybrid' },
      ],
      plan: { unitsPerArm: 500 },
    })
    await shop.call('POST', '/v1/experiments/tiny/start')
    for (let i = 0; i < 30; i++) await shop.call('POST', '/v1/slates', { surface: 'home', unit: `tiny ${i}` })
    const { body: report } = await shop.call('GET', '/v1/experiments/tiny/report')
    expect(report.verdict.kind).toBe('not yet')
    expect(report.metrics[0].comparisons[0]).toMatchObject({ status: 'not yet', need: 500 })
    await shop.call('POST', '/v1/experiments/tiny/stop')
  })

  it('can be read as a page of text and as a table', async () => {
    const text = await shop.call('GET', '/v1/experiments/known/report', undefined, { accept: 'text/plain' })
    expect(text.text).toMatch(/is better than/)
    expect(text.text).toContain('●')
    const csv = await shop.call('GET', '/v1/experiments/known/report', undefined, { accept: 'text/csv' })
    expect(csv.text.split('\r\n')[0]).toMatch(/metric/)
  })

  it('leaves moments that equal a recount of the log', async () => {
    const database = openDatabase(shop.databaseUrl)
    const report = await verify(database)
    await database.close()
    expect(report).toMatchObject({ equal: true, differences: 0, first: [] })
    expect(report.exposures).toBeGreaterThan(3600)
  })
})
