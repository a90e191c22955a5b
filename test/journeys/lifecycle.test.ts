import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { type ChildService, environmentOf, startChildService } from './child-service.ts'
import { letIn } from './shoppers.ts'

/** The life of an experiment, with traffic; and the end of a service's life, with traffic. */

describe('an experiment', () => {
  let database: FreshDatabase
  let shop: TestService

  beforeAll(async () => {
    database = await freshDatabase()
    shop = await startService({}, database.url)
    await fillShelves(shop.call)
  })
  afterAll(async () => {
    await shop?.stop()
    await database.drop()
  })

  const slate = async (unit: string) => (await shop.call('POST', '/v1/slates', { surface: 'home', unit })).body
  const act = async (key: string, action: string) => (await shop.call('POST', `/v1/experiments/${key}/${action}`)).status
  const report = async (key: string, epoch?: number) =>
    (await shop.call('GET', `/v1/experiments/${key}/report${epoch === undefined ? '' : `?epoch=${epoch}`}`)).body
  const buy = (unit: string, outcomeId: string) =>
    shop.call('POST', '/v1/outcomes', { outcomes: [{ outcomeId, unit, type: 'purchase', value: '10.00', currency: 'EUR' }] })
  const buyers = (one: { metrics: { key: string; arms: { units: number; value: number }[] }[] }) =>
    one.metrics
      .find(({ key }) => key === 'conversion')!
      .arms.reduce((sum, { units, value }) => sum + (units > 0 ? Math.round(units * value) : 0), 0)
  async function replace(key: string, change: object): Promise<{ readonly status: number }> {
    const { body, headers } = await shop.call('GET', `/v1/experiments/${key}`)
    const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
    return shop.call('PUT', `/v1/experiments/${key}`, { ...known, ...change }, { 'if-match': headers.get('etag')! })
  }

  it('changed while it runs begins a new epoch, and both epochs have their report', async () => {
    await startExperiment(shop.call, 'changed')
    const before = await Promise.all(Array.from({ length: 30 }, (_, i) => slate(`changed ${i}`)))
    await buy('changed 1', 'changed first')
    expect((await replace('changed', { hypothesis: 'words change nothing' })).status).toBe(200)
    expect((await report('changed')).epoch.no).toBe(1)
    const weights = [
      { key: 'control', policy: 'popularity', weight: 1 },
      { key: 'treatment', policy: 'hybrid', weight: 4 },
    ]
    expect((await replace('changed', { arms: weights })).status).toBe(200)
    const after = await Promise.all(Array.from({ length: 50 }, (_, i) => slate(`changed ${i}`)))
    expect(after.map(({ experiment }) => experiment.propensity).every((p) => p === 0.2 || p === 0.8)).toBe(true)
    // More traffic to an arm takes units from the others and none from it.
    for (const [i, { experiment }] of before.entries())
      if (experiment.arm === 'treatment') expect(after[i].experiment.arm).toBe('treatment')
    await buy('changed 1', 'changed second')
    const [first, second] = [await report('changed', 1), await report('changed')]
    expect(first).toMatchObject({ epoch: { no: 1 }, integrity: { exposures: 30, equal: true } })
    expect(first.epoch.endedAt).not.toBeNull()
    expect(second).toMatchObject({ epoch: { no: 2, endedAt: null }, integrity: { exposures: 50, equal: true } })
    expect([buyers(first), buyers(second)]).toEqual([1, 1])
    expect(await act('changed', 'stop')).toBe(200)
  })

  it('that is paused touches nobody, and goes on in the same epoch with the same arms', async () => {
    await startExperiment(shop.call, 'paused')
    const before = await slate('paused 1')
    expect(await act('paused', 'pause')).toBe(200)
    expect((await slate('paused 1')).experiment).toBeNull()
    expect(await act('paused', 'resume')).toBe(200)
    expect((await slate('paused 1')).experiment).toEqual(before.experiment)
    expect(await report('paused')).toMatchObject({ epoch: { no: 1 }, integrity: { exposures: 2, equal: true } })
    expect(await act('paused', 'stop')).toBe(200)
  })

  it('that was stopped stays stopped: no slate touches it, nothing starts or changes it, and its report stands', async () => {
    await startExperiment(shop.call, 'stopped')
    for (let i = 0; i < 20; i++) await slate(`stopped ${i}`)
    await buy('stopped 3', 'stopped')
    expect(await act('stopped', 'stop')).toBe(200)
    const asOf = ({ asOf: _asOf, watermark: _watermark, ...rest }: Record<string, unknown>) => rest
    const then = await report('stopped')
    for (let i = 0; i < 20; i++) expect((await slate(`stopped ${i}`)).experiment).toBeNull()
    for (const action of ['start', 'resume', 'pause', 'stop']) expect(await act('stopped', action)).toBe(409)
    expect((await replace('stopped', { traffic: 0.5 })).status).toBe(409)
    expect(asOf(await report('stopped'))).toEqual(asOf(then))
    expect(then).toMatchObject({ experiment: { status: 'stopped' }, integrity: { exposures: 20 } })
  })

  it('that began earlier has the unit where two of them want it', async () => {
    await startExperiment(shop.call, 'elder', { traffic: 0.5 })
    await startExperiment(shop.call, 'younger')
    const keys = await Promise.all(Array.from({ length: 60 }, async (_, i) => (await slate(`both ${i}`)).experiment.key as string))
    expect(new Set(keys)).toEqual(new Set(['elder', 'younger']))
    expect(await act('elder', 'stop')).toBe(200)
    for (let i = 0; i < 10; i++) expect((await slate(`both ${i}`)).experiment.key).toBe('younger')
    expect(await act('younger', 'stop')).toBe(200)
  })

  it('leaves books that balance', () => expectBooksInOrder(database.url, { decisions: [], outcomes: ['changed first', 'stopped'] }))
})

describe('a service that is told to stop under load', () => {
  let database: FreshDatabase
  let folder: string
  let service: ChildService
  const environment = () => environmentOf(folder, { DATABASE_URL: database.url })

  beforeAll(async () => {
    database = await freshDatabase()
    folder = temporaryDataFolder()
    service = await startChildService(environment())
    await fillShelves(service.call)
    await startExperiment(service.call, 'ending')
  })
  afterAll(async () => {
    await service?.end('SIGTERM')
    await database.drop()
    removeDataFolder(folder)
  })

  it('answers what it has in hand, ends well within ten seconds, and lost nothing', async () => {
    const shoppers = letIn({ url: () => service.url, name: 'e' })
    await until(() => shoppers.heard.decisions.length > 150)
    const { code, ms } = await service.end('SIGTERM')
    expect(code).toBe(0)
    // Five seconds are what clients get that neither ask nor leave; these leave with their answer.
    expect(ms).toBeLessThan(4_000)
    service = await startChildService(environment())
    const before = shoppers.heard.decisions.length
    await until(() => shoppers.heard.decisions.length > before + 50)
    const heard = await shoppers.stop()
    expect(heard.odd).toEqual([])
    await untilDrained(service.call)
    await expectBooksInOrder(database.url, heard)
  })
})
