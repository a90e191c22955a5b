import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { moodyProxy } from './moody-proxy.ts'

/** What is told about shoppers, in every way in which shops tell it, down to the numbers of the report. Each test has an experiment of its own. */

let database: FreshDatabase
let shop: TestService

beforeAll(async () => {
  database = await freshDatabase()
  shop = await startService({}, database.url)
  await fillShelves(shop.call)
  // Counts clicks within one second of the first exposure.
  const quick = { key: 'quick', kind: 'mean', of: { types: ['click'], aggregate: 'count' }, windowHours: 1 / 3600 }
  expect((await shop.call('POST', '/v1/metrics', quick)).status).toBe(201)
})
afterAll(async () => {
  await shop?.stop()
  await database.drop()
})

interface Slate {
  readonly decisionId: string
  readonly token: string
  readonly experiment: { readonly arm: string }
}

/** Runs the work while an experiment runs, then reads its report. */
async function during(key: string, work: () => Promise<void>) {
  await startExperiment(shop.call, key, { metrics: ['conversion', 'net-revenue', 'quick', 'ctr'] })
  await work()
  expect((await shop.call('POST', `/v1/experiments/${key}/stop`)).status).toBe(200)
  const { body: report } = await shop.call('GET', `/v1/experiments/${key}/report`)
  expect(report.integrity.equal).toBe(true)
  return report
}
const slateFor = async (unit: string, call = shop.call): Promise<Slate> =>
  (await call('POST', '/v1/slates', { surface: 'home', unit })).body
const tell = async (outcomes: readonly unknown[], call = shop.call) => call('POST', '/v1/outcomes', { outcomes })
const statusesOf = (answer: { body: { results: { status: string }[] } }) => answer.body.results.map(({ status }) => status)
const logged = async (outcomeId: string) => (await shop.query('SELECT * FROM outcomes WHERE outcome_id = $1', [outcomeId])).rows[0]
const decidedAtOf = ({ decisionId }: Slate) => Number.parseInt(decisionId.replaceAll('-', '').slice(0, 12), 16)
const at = (ms: number) => ({ occurredAt: new Date(ms).toISOString() })
const bought = (outcomeId: string, value: string, currency = 'EUR') => ({ outcomeId, type: 'purchase', value, currency })

/** Sum over all units of both arms. */
// biome-ignore lint/suspicious/noExplicitAny: a report as JSON
function totalOf(report: any, metric: string): number {
  const { arms } = report.metrics.find(({ key }: { key: string }) => key === metric)
  const total = arms.reduce((sum: number, { units, value }: { units: number; value: number }) => sum + (units > 0 ? units * value : 0), 0)
  return Math.round(total * 1e6) / 1e6
}
// biome-ignore lint/suspicious/noExplicitAny: a report as JSON
function moneyOf(report: any, currency: string) {
  const { arms } = report.money.find((one: { currency: string }) => one.currency === currency)
  const sum = (what: 'gross' | 'returned' | 'net') =>
    arms.reduce((total: number, arm: Record<string, string>) => total + Number(arm[what]), 0)
  return { gross: sum('gross'), returned: sum('returned'), net: sum('net') }
}

describe('an outcome', () => {
  it('counts once for ever, however often and by whatever name of its shopper it is told, also after a restart', async () => {
    const report = await during('once', async () => {
      const slate = await slateFor('once')
      const outcome = bought('order 1', '10.00')
      expect(statusesOf(await tell([{ ...outcome, token: slate.token }]))).toEqual(['accepted'])
      expect(statusesOf(await tell([{ ...outcome, token: slate.token }]))).toEqual(['duplicate'])
      expect(statusesOf(await tell([{ ...outcome, unit: 'once' }]))).toEqual(['duplicate'])
      const twins = [bought('order 2', '1.00'), bought('order 2', '1.00')].map((one) => ({ ...one, unit: 'once' }))
      expect(statusesOf(await tell(twins))).toEqual(['accepted', 'duplicate'])
      const later = await startService({}, database.url)
      expect(statusesOf(await tell([{ ...outcome, token: slate.token }], later.call))).toEqual(['duplicate'])
      await later.stop()
    })
    expect(totalOf(report, 'net-revenue')).toBe(11)
  })

  it('with an id that was used for something else is refused and changes nothing', async () => {
    const report = await during('conflict', async () => {
      await slateFor('a')
      await slateFor('b')
      await tell([{ ...bought('order 3', '10.00'), unit: 'a' }])
      for (const other of [
        { ...bought('order 3', '10.01'), unit: 'a' },
        { ...bought('order 3', '10.00'), unit: 'b' },
        { ...bought('order 3', '10.00', 'USD'), unit: 'a' },
      ]) {
        const { status, body } = await tell([other])
        expect(status).toBe(409)
        expect(body).toMatchObject({ type: '/problems/outcome-id-reused', pointer: '/outcomes/0/outcomeId' })
      }
    })
    expect(totalOf(report, 'net-revenue')).toBe(10)
  })

  it('finds its shopper by token, by decision and by unit', async () => {
    const report = await during('attributed', async () => {
      const byToken = await slateFor('by token')
      const byDecision = await slateFor('by decision')
      await slateFor('by unit')
      await slateFor('buys nothing')
      const answer = await tell([
        { ...bought('t', '1.00'), token: byToken.token },
        { ...bought('d', '2.00'), decisionId: byDecision.decisionId },
        { ...bought('u', '4.00'), unit: 'by unit' },
        { ...bought('never seen', '8.00'), unit: 'somebody who never came' },
      ])
      expect(statusesOf(answer)).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
      const forged = await tell([{ ...bought('forged', '9.00'), token: `${byToken.token.slice(0, -4)}AAAA` }])
      expect(forged.status).toBe(422)
      expect(forged.body).toMatchObject({ type: '/problems/bad-token', pointer: '/outcomes/0/token' })
    })
    expect(totalOf(report, 'conversion')).toBe(3)
    expect(totalOf(report, 'net-revenue')).toBe(7)
    expect(report.metrics[0].arms.reduce((sum: number, { units }: { units: number }) => sum + units, 0)).toBe(4)
  })

  it('whose decision still waits on another node’s disk is kept as an orphan and joined when the decision arrives', async () => {
    const proxy = await moodyProxy(database.url)
    const far = await startService({}, proxy.url)
    try {
      const report = await during('orphaned', async () => {
        await until(async () => (await slateFor('a first look', far.call)).experiment !== null)
        await proxy.refuse()
        await until(async () =>
          (await far.call('GET', '/readyz')).body.checks.some(({ name, ok }: { name: string; ok: boolean }) => name === 'log' && !ok),
        )
        const slate = await slateFor('orphan', far.call)
        expect(statusesOf(await tell([{ ...bought('orphan', '7.00'), decisionId: slate.decisionId }]))).toEqual(['accepted'])
        expect((await logged('orphan')).flags).toEqual(['orphan'])
        await shop.service.fold()
        await proxy.pass()
        await until(async () => (await shop.query('SELECT 1 FROM exposures WHERE decision_id = $1', [slate.decisionId])).rowCount === 1)
        await untilDrained(far.call)
      })
      expect(totalOf(report, 'net-revenue')).toBe(7)
    } finally {
      await far.stop()
      await proxy.close()
    }
  })

  it('told late is flagged, told too late refused, and one from before the first slate counts nowhere', async () => {
    const report = await during('late', async () => {
      await slateFor('late')
      const daysAgo = (days: number) => at(Date.now() - days * 24 * 3_600_000)
      const answer = await tell([
        { ...bought('two days ago', '3.00'), unit: 'late', ...daysAgo(2) },
        { ...bought('an hour ago', '5.00'), unit: 'late', ...daysAgo(1 / 24) },
      ])
      expect(statusesOf(answer)).toEqual(['accepted', 'accepted'])
      expect((await logged('two days ago')).flags).toEqual(['late'])
      expect((await logged('an hour ago')).flags).toEqual([])
      const refused = await tell([{ ...bought('ages ago', '3.00'), unit: 'late', ...daysAgo(401) }])
      expect(refused.status).toBe(422)
      expect(refused.body).toMatchObject({ type: '/problems/too-old', pointer: '/outcomes/0/occurredAt' })
    })
    expect(totalOf(report, 'net-revenue')).toBe(0)
  })

  it('by a clock that is ahead happened now, and by one that is behind not before its decision', async () => {
    const report = await during('skewed', async () => {
      const slate = await slateFor('skewed')
      const { token } = slate
      await tell([{ ...bought('ahead', '1.00'), token, ...at(Date.now() + 3_600_000) }])
      await tell([{ ...bought('behind', '2.00'), token, ...at(Date.now() - 3_600_000) }])
      const ahead = await logged('ahead')
      expect(ahead.occurred_at).toEqual(ahead.received_at)
      expect((await logged('behind')).occurred_at.getTime()).toBe(decidedAtOf(slate))
    })
    expect(totalOf(report, 'net-revenue')).toBe(3)
  })

  it('counts from the moment of the first slate to the end of the window, which is not in it', async () => {
    const report = await during('edges', async () => {
      const slate = await slateFor('edges')
      const start = decidedAtOf(slate)
      await until(() => Date.now() > start + 1_000)
      const moments = [-1, 0, 999, 1_000]
      await tell(moments.map((ms) => ({ outcomeId: `edge ${ms}`, unit: 'edges', type: 'click', ...at(start + ms) })))
    })
    expect(totalOf(report, 'quick')).toBe(2)
  })
})

describe('money', () => {
  it('that is returned is taken away, whichever sign it was sent with, and currencies are kept apart', async () => {
    const report = await during('money', async () => {
      const { token } = await slateFor('money')
      const answer = await tell(
        [
          bought('m1', '100.00'),
          { outcomeId: 'm2', type: 'return', value: '30.00', currency: 'EUR' },
          { outcomeId: 'm3', type: 'return', value: '-20.50', currency: 'EUR' },
          bought('m4', '70.00', 'USD'),
          bought('m5', '900', 'JPY'),
          { outcomeId: 'm6', type: 'return', value: '+5.00', currency: 'USD' },
          { outcomeId: 'm7', type: 'click', value: '1000.00', currency: 'EUR' },
        ].map((one) => ({ ...one, token })),
      )
      expect(new Set(statusesOf(answer))).toEqual(new Set(['accepted']))
    })
    expect(moneyOf(report, 'EUR')).toEqual({ gross: 100, returned: -50.5, net: 49.5 })
    expect(moneyOf(report, 'USD')).toEqual({ gross: 70, returned: -5, net: 65 })
    expect(moneyOf(report, 'JPY')).toEqual({ gross: 900, returned: 0, net: 900 })
    expect(totalOf(report, 'net-revenue')).toBe(49.5)
  })
})

describe('a batch', () => {
  it('of good and bad outcomes changes what the good ones say, and tells of each bad one where it is bad', async () => {
    const report = await during('mixed', async () => {
      const { token } = await slateFor('mixed')
      const answer = await tell([
        { ...bought('good 1', '1.00'), token },
        { ...bought('nobody', '2.00') },
        { ...bought('not money', 'cheap'), token },
        { outcomeId: 'no currency', token, type: 'purchase', value: '4.00' },
        'not even an object',
        { ...bought('good 2', '8.00'), token },
        { ...bought('good 1', '1.00'), token },
        { ...bought('unknown field', '16.00'), token, colour: 'red' },
      ])
      expect(answer.status).toBe(200)
      expect(statusesOf(answer)).toEqual(['accepted', 'refused', 'refused', 'refused', 'refused', 'accepted', 'duplicate', 'refused'])
      const pointers = answer.body.results.flatMap(({ problem }: { problem?: { pointer: string } }) => problem?.pointer ?? [])
      expect(pointers).toEqual(['/outcomes/1', '/outcomes/2/value', '/outcomes/3/currency', '/outcomes/4', '/outcomes/7/colour'])
      const { rows } = await shop.query(
        "SELECT outcome_id FROM outcomes WHERE outcome_id IN ('nobody', 'not money', 'no currency', 'unknown field')",
      )
      expect(rows).toEqual([])
    })
    expect(totalOf(report, 'net-revenue')).toBe(9)
  })
})

describe('in the end', () => {
  it('the books balance', () => expectBooksInOrder(database.url, { decisions: [], outcomes: ['order 1', 'orphan', 'm7', 'good 2'] }))
})
