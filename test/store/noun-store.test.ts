import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededMetrics } from '../../src/experiments/metric.ts'
import { readyPolicies, seededPolicies } from '../../src/policies/definition.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { experimentStore } from '../../src/store/experiment-store.ts'
import { nounStore } from '../../src/store/noun-store.ts'
import { seed } from '../../src/store/seed.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { experimentOf, metricOf, policyOf, surfaceOf } from '../support/settings.ts'

let fresh: FreshDatabase
let database: Database
beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})

describe('an empty installation', () => {
  it('is sown once, also by two nodes at once, and never again', async () => {
    const sown = await Promise.all([seed(database, { currency: 'EUR' }), seed(database, { currency: 'EUR' })])
    expect(sown.sort()).toEqual([false, true])
    expect((await nounStore(database, 'surfaces').list({ limit: 10 })).map(({ key }) => key)).toEqual(['home'])
    expect((await nounStore(database, 'policies').list({ limit: 10 })).map(({ key }) => key)).toEqual(
      [...seededPolicies, ...readyPolicies].map(({ key }) => key).sort(),
    )
    const metrics = await nounStore(database, 'metrics').list({ limit: 10 })
    expect(metrics.map(({ body }) => body)).toEqual([...seededMetrics('EUR')].sort((a, b) => (a.key < b.key ? -1 : 1)))
  })
})

describe('a noun', () => {
  const metrics = () => nounStore(database, 'metrics')

  it('is created once; a second time the first is shown', async () => {
    const body = metricOf({ key: 'once' })
    expect(await metrics().create(body)).toMatchObject({ kind: 'done', noun: { key: 'once', revision: 1, status: 'active', body } })
    expect(await metrics().create({ ...body, description: 'again' })).toMatchObject({ kind: 'conflict', current: { revision: 1, body } })
    expect((await metrics().get('once'))!.body).toEqual(body)
  })

  it('is replaced only by who knows its revision', async () => {
    const body = metricOf({ key: 'revised' })
    await metrics().create(body)
    const changed = { ...body, description: 'better' }
    expect(await metrics().replace('revised', changed, 1)).toMatchObject({ kind: 'done', noun: { revision: 2, body: changed } })
    expect(await metrics().replace('revised', body, 1)).toMatchObject({ kind: 'conflict', current: { revision: 2 } })
    expect(await metrics().replace('nothing', body, 1)).toEqual({ kind: 'missing' })
  })

  it('is changed by one of two who come at once', async () => {
    const body = metricOf({ key: 'raced' })
    await metrics().create(body)
    const both = await Promise.all(['a', 'b'].map((description) => metrics().replace('raced', { ...body, description }, 1)))
    expect(both.map(({ kind }) => kind).sort()).toEqual(['conflict', 'done'])
  })

  it('is removed only by who knows its revision', async () => {
    await metrics().create(metricOf({ key: 'gone' }))
    expect(await metrics().remove('gone', 7)).toMatchObject({ kind: 'conflict' })
    expect(await metrics().remove('gone', 1)).toMatchObject({ kind: 'done' })
    expect(await metrics().get('gone')).toBeNull()
    expect(await metrics().remove('gone', 1)).toEqual({ kind: 'missing' })
  })

  it('is listed by pages in the order of keys', async () => {
    for (const key of ['page-c', 'page-a', 'page-b']) await metrics().create(metricOf({ key }))
    const page = await metrics().list({ after: 'page-a', limit: 1 })
    expect(page.map(({ key }) => key)).toEqual(['page-b'])
  })
})

describe('what is in use', () => {
  it('is not removed: a policy of a surface', async () => {
    expect(await nounStore(database, 'policies').remove('popularity', 1)).toEqual({
      kind: 'refused',
      why: 'in-use',
      because: 'The surface "home" needs the policy "popularity".',
    })
  })

  it('is not removed: a policy that another combines', async () => {
    expect(await nounStore(database, 'policies').remove('content', 1)).toEqual({
      kind: 'refused',
      why: 'in-use',
      because: 'The policy "hybrid" needs the policy "content".',
    })
  })

  it('is not removed: what an experiment needs, until it is over', async () => {
    const [metrics, policies, surfaces] = [nounStore(database, 'metrics'), nounStore(database, 'policies'), nounStore(database, 'surfaces')]
    await metrics.create(metricOf({ key: 'used' }))
    await policies.create(policyOf({ key: 'used' }))
    await surfaces.create(surfaceOf({ key: 'used' }))
    const experiments = experimentStore(database)
    const arms = [
      { key: 'a', policy: 'popularity' },
      { key: 'b', policy: 'used' },
    ]
    await experiments.create(experimentOf({ key: 'user', surface: 'used', metrics: ['used'], arms }))
    expect(await metrics.remove('used', 1)).toEqual({
      kind: 'refused',
      why: 'in-use',
      because: 'The draft experiment "user" needs the metric "used".',
    })
    await experiments.act('user', 'start')
    expect(await metrics.remove('used', 1)).toMatchObject({ because: 'The running experiment "user" needs the metric "used".' })
    expect(await policies.remove('used', 1)).toMatchObject({ kind: 'refused' })
    expect(await surfaces.remove('used', 1)).toMatchObject({ kind: 'refused' })
    await experiments.act('user', 'stop')
    for (const store of [metrics, surfaces, policies]) expect(await store.remove('used', 1)).toMatchObject({ kind: 'done' })
  })

  it('has to be there: nothing is written that needs what does not exist', async () => {
    const refused = (because: string) => ({ kind: 'refused', why: 'missing', because })
    expect(await nounStore(database, 'surfaces').create(surfaceOf({ key: 'new', policy: 'nobody' }))).toEqual(
      refused('There is no policy "nobody".'),
    )
    const experiments = experimentStore(database)
    expect(await experiments.create(experimentOf({ key: 'new', surface: 'nowhere' }))).toEqual(refused('There is no surface "nowhere".'))
    expect(await experiments.create(experimentOf({ key: 'new', metrics: ['nothing'] }))).toEqual(refused('There is no metric "nothing".'))
    expect(await experiments.get('new')).toBeNull()
  })
})
