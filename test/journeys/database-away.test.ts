import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { type ChildService, environmentOf, startChildService } from './child-service.ts'
import { type MoodyProxy, moodyProxy } from './moody-proxy.ts'
import { letIn, type Shoppers } from './shoppers.ts'

/** A database elsewhere, behind a network that refuses, hangs and comes back. */

let database: FreshDatabase
let proxy: MoodyProxy
let folder: string
let service: ChildService

const start = async () => {
  service = await startChildService(environmentOf(folder, { DATABASE_URL: proxy.url }))
}
const slate = (body: object = {}) => service.call('POST', '/v1/slates', { surface: 'home', unit: 'somebody', ...body })
const readiness = () => service.call('GET', '/readyz')
const checksOf = async (): Promise<readonly { name: string; ok: boolean; because?: string }[]> => (await readiness()).body.checks
const failing = async () => (await checksOf()).filter(({ ok }) => !ok).map(({ name }) => name)
const untilReady = () => until(async () => (await readiness()).status === 200)

beforeAll(async () => {
  database = await freshDatabase()
  proxy = await moodyProxy(database.url)
  folder = temporaryDataFolder()
  await start()
  await fillShelves(service.call)
  await startExperiment(service.call, 'far')
})
afterAll(async () => {
  await service?.end('SIGTERM')
  await proxy.close()
  await database.drop()
  removeDataFolder(folder)
})

async function expectAllWell(shoppers: Shoppers): Promise<void> {
  const heard = await shoppers.stop()
  expect(heard.odd).toEqual([])
  expect(heard.unanswered).toBe(0)
  await untilDrained(service.call)
  await untilReady()
  await expectBooksInOrder(database.url, heard)
}

describe('a service whose database', () => {
  it('is away at the start decides as in its last life, with its callers, experiments and kill switches, says why it is not ready, and recovers by itself', async () => {
    await service.call('PUT', '/v1/flags/policy.hybrid.killed', { value: true, because: 'a test' })
    await until(async () => (await slate()).body.experiment.propensity === 1)
    const { body: before } = await slate({ unit: 'the same' })
    await service.end('SIGTERM')
    await proxy.refuse()
    await start()
    const shoppers = letIn({ url: () => service.url, name: 'away', clients: 2, pauseMs: 5 })
    const { body: away } = await slate({ unit: 'the same' })
    expect(away).toMatchObject({ experiment: before.experiment, items: before.items, snapshot: before.snapshot })
    expect((await readiness()).status).toBe(503)
    expect(await failing()).toEqual(expect.arrayContaining(['database', 'log', 'settings']))
    expect((await service.call('GET', '/readyz?for=slates')).status).toBe(200)
    await until(() => shoppers.heard.decisions.length > 50)
    expect(shoppers.heard.statuses.get('queued')).toBeGreaterThan(0)
    await proxy.pass()
    await until(() => (shoppers.heard.statuses.get('accepted') ?? 0) > 20)
    await expectAllWell(shoppers)
    expect((await slate({ unit: 'the same' })).body.experiment).toEqual(before.experiment)
    await service.call('PUT', '/v1/flags/policy.hybrid.killed', { value: false, because: 'a test' })
    await until(async () => (await slate()).body.experiment.propensity === 0.5)
  })

  it('hangs goes on with slates and answers everything else in time', async () => {
    const shoppers = letIn({ url: () => service.url, name: 'hung', clients: 3, pauseMs: 5 })
    await until(() => shoppers.heard.decisions.length > 30)
    proxy.hang()
    await until(() => (shoppers.heard.statuses.get('queued') ?? 0) > 5)
    await until(async () => (await failing()).includes('database'))
    expect((await service.call('GET', '/livez')).status).toBe(200)
    expect((await service.call('GET', '/readyz?for=slates')).status).toBe(200)
    await proxy.pass()
    const accepted = shoppers.heard.statuses.get('accepted') ?? 0
    await until(() => (shoppers.heard.statuses.get('accepted') ?? 0) > accepted + 20)
    await expectAllWell(shoppers)
  })

  it('is away while its disk takes nothing either still gives a slate, outside any experiment, and takes no outcome', async () => {
    await proxy.refuse()
    await until(async () => (await failing()).includes('log'))
    const spools = ['exposures', 'outcomes'].map((name) => join(folder, 'spool', name))
    for (const spool of spools) rmSync(spool, { recursive: true })
    try {
      const { status, body } = await slate()
      expect(status).toBe(200)
      expect(body).toMatchObject({ reason: 'unlogged', experiment: null, token: null, policy: 'hybrid' })
      expect(body.items.length).toBeGreaterThan(0)
      const outcome = { outcomeId: 'homeless', unit: 'somebody', type: 'purchase', value: '5.00', currency: 'EUR' }
      const refused = await service.call('POST', '/v1/outcomes', { outcomes: [outcome] })
      expect(refused.status).toBe(503)
      expect(refused.body).toMatchObject({ type: '/problems/storage-full' })
    } finally {
      for (const spool of spools) mkdirSync(spool)
      await proxy.pass()
    }
    await untilReady()
    const outcome = { outcomeId: 'homeless', unit: 'somebody', type: 'purchase', value: '5.00', currency: 'EUR' }
    const again = await service.call('POST', '/v1/outcomes', { outcomes: [outcome] })
    expect(again.body.results).toEqual([{ outcomeId: 'homeless', status: 'accepted' }])
    expect((await slate()).body.experiment).not.toBeNull()
  })
})

describe('a service that never saw its database', () => {
  it('starts, says what it waits for, and works as soon as the database is there', async () => {
    const elsewhere = temporaryDataFolder()
    await proxy.refuse()
    const novice = await startChildService(environmentOf(elsewhere, { DATABASE_URL: proxy.url }))
    try {
      const { status, body } = await novice.call('GET', '/readyz?for=slates')
      expect(status).toBe(503)
      expect(body.detail).toContain('snapshot: there is none yet')
    } finally {
      await proxy.pass()
      await novice.end('SIGTERM')
      removeDataFolder(elsewhere)
    }
  })
})
