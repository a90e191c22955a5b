import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type ExperimentStore, experimentStore } from '../../src/store/experiment-store.ts'
import { nounStore } from '../../src/store/noun-store.ts'
import { seed } from '../../src/store/seed.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { experimentOf } from '../support/settings.ts'

let fresh: FreshDatabase
let database: Database
let experiments: ExperimentStore
let key = ''
let count = 0

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  experiments = experimentStore(database)
  await seed(database, { currency: 'EUR' })
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})
beforeEach(async () => {
  key = `experiment-${++count}`
  await experiments.create(experimentOf({ key }))
})

const running = async () => (await experiments.runningEpochs()).filter((epoch) => epoch.key === key)
const revision = async () => (await experiments.get(key))!.revision

describe('a draft', () => {
  it('may be edited and removed, and decides nothing', async () => {
    expect(await experiments.replace(key, experimentOf({ key, traffic: 0.5 }), 1)).toMatchObject({
      kind: 'done',
      noun: { status: 'draft', revision: 2 },
    })
    expect(await experiments.epochs(key)).toEqual([])
    expect(await running()).toEqual([])
    expect(await experiments.remove(key, 2)).toMatchObject({ kind: 'done' })
    expect(await experiments.get(key)).toBeNull()
  })
})

describe('starting an experiment', () => {
  it('opens its first epoch with arms and frozen settings', async () => {
    expect(await experiments.act(key, 'start')).toMatchObject({ kind: 'done', noun: { status: 'running', revision: 2 } })
    const [epoch] = await experiments.epochs(key)
    expect(epoch).toMatchObject({
      no: 1,
      endedAt: null,
      settings: { surface: 'home', traffic: 1, metrics: ['conversion', 'ctr', 'net-revenue'] },
    })
    expect(epoch!.settings.metricBodies.map((metric) => metric.key)).toEqual(['conversion', 'ctr', 'net-revenue'])
    expect(epoch!.settingsHash).toMatch(/^[0-9a-f]{64}$/)
    const arms = await database.knex('arms').where({ experiment_id: epoch!.experimentId }).orderBy('id').select('id', 'key')
    expect(arms).toEqual([
      { id: epoch!.armIds[0], key: 'popular' },
      { id: epoch!.armIds[1], key: 'hybrid' },
    ])
    expect(await running()).toMatchObject([
      { epochId: epoch!.id, armIds: epoch!.armIds, settings: { surface: 'home' }, startedAt: epoch!.startedAt },
    ])
  })

  it('copies what the fold adds up, slot by slot, from its metrics', async () => {
    await experiments.act(key, 'start')
    const [epoch] = await experiments.epochs(key)
    const slots = await database
      .knex('epoch_slots')
      .where({ epoch_id: epoch!.id })
      .orderBy('slot')
      .select(database.knex.raw('*, extract(epoch FROM window_span)::integer AS seconds, past_span::text AS past'))
    const week = 7 * 24 * 3600
    expect(slots).toMatchObject([
      { slot: 0, metric: 'conversion', part: 'value', aggregate: 'any', types: ['purchase'], currency: null, cap: null, seconds: week },
      { slot: 1, metric: 'ctr', part: 'numerator', aggregate: 'count', types: ['click'], seconds: week },
      { slot: 2, metric: 'ctr', part: 'denominator', aggregate: 'count', types: ['view'], seconds: week },
      {
        slot: 3,
        metric: 'net-revenue',
        part: 'value',
        aggregate: 'value',
        types: ['purchase', 'return'],
        currency: 'EUR',
        seconds: 2 * week,
      },
      ...['conversion', 'ctr', 'ctr', 'net-revenue', null].map((metric, i) => ({ slot: 4 + i, metric, seconds: 0, past: '672:00:00' })),
    ])
    expect(slots.at(-1)).toMatchObject({ part: 'history', aggregate: 'any', types: [] })
  })

  it('never looks back for requests: each is a unit that nobody saw before', async () => {
    await experiments.replace(key, experimentOf({ key, unit: 'request' }), await revision())
    await experiments.act(key, 'start')
    const [epoch] = await experiments.epochs(key)
    expect(epoch!.settings.metricBodies.map(({ covariate }) => covariate)).toEqual([null, null, null])
    expect(await database.knex('epoch_slots').where({ epoch_id: epoch!.id }).whereNotNull('past_span')).toEqual([])
  })

  it('happens once, of two who start it at the same time', async () => {
    const both = await Promise.all([experiments.act(key, 'start'), experiments.act(key, 'start')])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'refused'])
    expect(await experiments.epochs(key)).toHaveLength(1)
  })

  it('heeds a revision when one is named', async () => {
    expect(await experiments.act(key, 'start', 9)).toMatchObject({ kind: 'conflict', current: { revision: 1 } })
    expect(await experiments.act('nothing', 'start')).toEqual({ kind: 'missing' })
  })
})

describe('a running experiment', () => {
  beforeEach(async () => {
    await experiments.act(key, 'start')
  })

  it('keeps its epoch when only words change', async () => {
    await experiments.replace(key, experimentOf({ key, name: 'Which one?', hypothesis: 'hybrid' }), await revision())
    expect(await experiments.epochs(key)).toHaveLength(1)
    expect((await experiments.get(key))!.body.name).toBe('Which one?')
  })

  it.each([
    ['traffic', { traffic: 0.5 }],
    ['audience', { audience: [{ field: 'device', values: ['mobile'] }] }],
    ['metrics', { metrics: ['ctr'] }],
    ['plan', { plan: { unitsPerArm: 500 } }],
    ['guardrails', { guardrails: [{ metric: 'ctr', margin: 0.02 }] }],
  ])('begins a new epoch when its %s changes, where the old one ends', async (_, change) => {
    await experiments.replace(key, experimentOf({ key, ...change }), await revision())
    const [first, second, ...more] = await experiments.epochs(key)
    expect(more).toEqual([])
    expect(second!.no).toBe(2)
    expect(first!.endedAt).toEqual(second!.startedAt)
    expect(second!.endedAt).toBeNull()
    expect(second!.settingsHash).not.toBe(first!.settingsHash)
    expect(await running()).toMatchObject([{ epochId: second!.id, startedAt: first!.startedAt }])
    const slots = await database.knex('epoch_slots').where({ epoch_id: second!.id }).count().first()
    expect(slots!.count).toBe('metrics' in change ? 5n : 9n)
  })

  it('keeps the epoch and the hash of one that began before there were guardrails', async () => {
    const [before] = await experiments.epochs(key)
    await database.knex.raw("UPDATE experiments SET body = body - 'guardrails' WHERE key = ?", [key])
    await experiments.replace(key, experimentOf({ key, name: 'the same' }), await revision())
    const epochs = await experiments.epochs(key)
    expect(epochs.map(({ id, settingsHash }) => [id, settingsHash])).toEqual([[before!.id, before!.settingsHash]])
    expect(Object.keys(before!.settings)).not.toContain('guardrails')
  })

  it('freezes its guardrails with the epoch', async () => {
    const guardrails = [{ metric: 'ctr', margin: 0.02 }]
    await experiments.replace(key, experimentOf({ key, guardrails }), await revision())
    const open = (await experiments.epochs(key)).at(-1)!
    expect(open.settings.guardrails).toEqual(guardrails)
    expect(await running()).toMatchObject([{ epochId: open.id, settings: { guardrails } }])
  })

  it('gives an arm the same id as long as its key is the same, and a new arm a new one', async () => {
    const arms = [
      { key: 'hybrid', policy: 'hybrid' },
      { key: 'fresh', policy: 'content' },
    ]
    const [first] = await experiments.epochs(key)
    await experiments.replace(key, experimentOf({ key, arms }), await revision())
    await experiments.replace(key, experimentOf({ key }), await revision())
    const [, second, third] = await experiments.epochs(key)
    expect(second!.armIds[0]).toBe(first!.armIds[1])
    expect(first!.armIds).not.toContain(second!.armIds[1])
    expect(third!.armIds).toEqual(first!.armIds)
    expect(third!.settingsHash).toBe(first!.settingsHash)
  })

  it('keeps its metrics as they were when it started', async () => {
    const metrics = nounStore(database, 'metrics')
    const ctr = (await metrics.get('ctr'))!
    await metrics.replace('ctr', { ...ctr.body, windowHours: 1 }, ctr.revision)
    await experiments.replace(key, experimentOf({ key, name: 'renamed' }), await revision())
    const epochs = await experiments.epochs(key)
    expect(epochs).toHaveLength(1)
    expect(epochs[0]!.settings.metricBodies[1]).toMatchObject({ key: 'ctr', windowHours: 168 })
    await metrics.replace('ctr', ctr.body, ctr.revision + 1)
  })

  it('pauses and resumes in the same epoch, and decides nothing in between', async () => {
    await experiments.act(key, 'pause')
    expect(await running()).toEqual([])
    await experiments.act(key, 'resume')
    expect(await running()).toHaveLength(1)
    expect(await experiments.epochs(key)).toHaveLength(1)
  })

  it('stops for good: the epoch ends, and nothing can be changed or removed', async () => {
    await experiments.act(key, 'stop')
    const [epoch] = await experiments.epochs(key)
    expect(epoch!.endedAt).toBeInstanceOf(Date)
    expect(await running()).toEqual([])
    for (const action of ['start', 'pause', 'resume', 'stop'] as const)
      expect(await experiments.act(key, action)).toMatchObject({ kind: 'refused' })
    expect(await experiments.replace(key, experimentOf({ key, name: 'x' }), await revision())).toMatchObject({ kind: 'refused' })
    expect(await experiments.remove(key, await revision())).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('log stays'),
    })
    expect(await experiments.act(key, 'archive')).toMatchObject({ kind: 'done', noun: { status: 'archived' } })
  })

  it('changes nothing when a step fails halfway', async () => {
    const before = [await experiments.get(key), await experiments.epochs(key)]
    await database.knex.raw(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`)
    await database.knex.raw('CREATE TRIGGER refuse BEFORE INSERT ON epoch_slots EXECUTE FUNCTION refuse()')
    await expect(experiments.replace(key, experimentOf({ key, traffic: 0.1 }), await revision())).rejects.toThrow('no')
    await database.knex.raw('DROP FUNCTION refuse CASCADE')
    expect([await experiments.get(key), await experiments.epochs(key)]).toEqual(before)
  })
})
