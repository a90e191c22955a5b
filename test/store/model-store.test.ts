import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { modelStore } from '../../src/store/model-store.ts'
import { trainingStore } from '../../src/store/training-store.ts'
import { learned } from '../policies/learned.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

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

const model = (policy: string, version: string, bytes: Uint8Array = Buffer.from(`${policy} ${version}`)) => ({
  ...{ policy, version, bytes, summary: { rows: 3 } },
})
const states = async (policy: string) => (await modelStore(database).list(policy)).map(({ version, state }) => `${version} ${state}`)

describe('the bytes of a model', () => {
  it('come back whole when they fill several pieces, aligned, and only once', async () => {
    const models = modelStore(database)
    const bytes = Uint8Array.from({ length: 3 * 1_048_576 + 5 }, (_, i) => (i * 31) % 251)
    await models.publish(model('large', 'v1', bytes))
    const [read] = (await models.newest()).filter(({ policy }) => policy === 'large')
    expect(Buffer.compare(read!.bytes, bytes)).toBe(0)
    expect(read!.bytes.byteOffset % 8).toBe(0)
    const parts = await database.knex('model_parts').where({ policy: 'large' }).count('* as parts').first()
    expect(parts!.parts).toBe(7n)
    const [same] = (await models.open([read!])).filter(({ policy }) => policy === 'large')
    expect(same!.bytes).toBe(read!.bytes)
  })

  it('are no model before they are named, and are swept when they never are', async () => {
    const models = modelStore(database)
    const piece = { policy: 'cut-off', version: 'v1', part: 0, bytes: Buffer.from('half') }
    await database.knex('model_parts').insert({ ...piece, written_at: database.knex.raw("now() - interval '2 hours'") })
    expect((await models.newest()).some(({ policy }) => policy === 'cut-off')).toBe(false)
    expect(await models.list('cut-off')).toEqual([])
    await models.publish(model('other', 'v1'))
    expect(await database.knex('model_parts').where({ policy: 'cut-off' })).toEqual([])
  })
})

describe('what was learned of chances', () => {
  const unknown = { kind: 'unknown', because: 'too-few-events', have: 3, need: 20 } as const
  const openOf = async (policy: string, version: string) =>
    (await modelStore(database).open([])).find((one) => one.policy === policy && one.version === version)

  it('goes with the version, comes back as it was, and is there again after a step back', async () => {
    const models = modelStore(database)
    await models.publish({ ...model('c', 'v1'), calibration: learned('one') })
    await models.publish({ ...model('c', 'v2'), calibration: unknown })
    expect((await openOf('c', 'v2'))!.calibration).toEqual(unknown)
    await models.pin({ policy: 'c', version: 'v1' })
    expect((await openOf('c', 'v1'))!.calibration).toEqual(learned('one'))
    await models.unpin('c')
    expect((await models.list('c')).map(({ calibration }) => calibration)).toEqual([unknown, learned('one')])
  })

  it('is replaced when the same bytes are trained again, but not under an experiment that has frozen them', async () => {
    const models = modelStore(database)
    await models.publish({ ...model('d', 'v1'), calibration: learned('one') })
    await models.publish({ ...model('d', 'v1'), calibration: learned('two') })
    expect((await openOf('d', 'v1'))!.calibration).toEqual(learned('two'))
    await freeze('d', 'v1')
    await models.publish({ ...model('d', 'v1'), calibration: learned('three') })
    expect((await openOf('d', 'v1'))!.calibration).toEqual(learned('two'))
  })
})

describe('versions', () => {
  it('of a training are published at the same moment, or not at all', async () => {
    const models = modelStore(database)
    const broken = { ...model('b', 'v1'), policy: null as unknown as string }
    await expect(models.publish(model('a', 'v1'), broken)).rejects.toThrow()
    expect(await models.list('a')).toEqual([])
  })

  it('go back, stay there while newer ones are published, and go on when they are unpinned', async () => {
    const models = modelStore(database)
    for (const version of ['v1', 'v2', 'v3']) await models.publish(model('p', version))
    expect(await models.before('p')).toBe('v2')
    expect(await models.pin({ policy: 'p', version: 'v2' })).toBe(true)
    await models.publish(model('p', 'v4'))
    expect(await states('p')).toEqual(['v4 previous', 'v3 previous', 'v2 live', 'v1 previous'])
    expect(await models.pinned()).toEqual(new Map([['p', 'v2']]))
    expect(await models.pin({ policy: 'p', version: 'v9' })).toBe(false)
    expect(await models.unpin('p')).toBe(true)
    expect(await models.unpin('p')).toBe(false)
    expect((await states('p'))[0]).toBe('v4 live')
  })

  it('are kept: the newest few, the pinned one, the shadow, and what an experiment has frozen', async () => {
    const models = modelStore(database, { kept: 2 })
    for (const version of ['v1', 'v2', 'v3']) await modelStore(database).publish(model('k', version))
    await models.pin({ policy: 'k', version: 'v1' })
    await models.shadow('k', 'v2')
    await freeze('k', 'v3')
    for (const version of ['v4', 'v5', 'v6', 'v7']) await models.publish(model('k', version))
    expect(await states('k')).toEqual(['v7 previous', 'v6 previous', 'v3 previous', 'v2 shadow', 'v1 live'])
    const open = (await models.open([])).filter(({ policy }) => policy === 'k')
    expect(open.map(({ version, role }) => `${version} ${role}`)).toEqual(['v1 live', 'v3 frozen', 'v2 shadow'])
    expect((await models.list('k')).find(({ version }) => version === 'v3')!.frozenBy).toEqual(['frozen-k'])
    expect(open.every(({ calibration }) => calibration === null)).toBe(true)
  })

  it('that were refused are listed with their reasons, and have no bytes', async () => {
    const models = modelStore(database)
    await models.publish(model('r', 'v1'))
    await models.refuse([{ policy: 'r', version: 'bad', summary: { rows: 9 }, reasons: ['It is worse.', 'It is narrow.'] }])
    const [refused, live] = await models.list('r')
    expect(refused).toMatchObject({ version: 'bad', state: 'refused', reasons: ['It is worse.', 'It is narrow.'], summary: { rows: 9 } })
    expect(live).toMatchObject({ version: 'v1', state: 'live' })
    expect(await models.pin({ policy: 'r', version: 'bad' })).toBe(false)
    const first = await models.list('r', { limit: 1 })
    expect((await models.list('r', { limit: 5, after: first[0]!.entry })).map(({ version }) => version)).toEqual(['v1'])
  })

  it('that are shadows do not serve, and serve once somebody goes over to them', async () => {
    const models = modelStore(database)
    await models.publish(model('s', 'v1'))
    await models.publishShadow(model('s', 'v2'))
    expect(await states('s')).toEqual(['v2 shadow', 'v1 live'])
    expect(await models.shadow('s', 'v1')).toBe(false)
    await models.pin({ policy: 's', version: 'v2' })
    await models.unpin('s')
    expect(await states('s')).toEqual(['v2 live', 'v1 previous'])
  })
})

async function freeze(policy: string, version: string): Promise<void> {
  const [experiment] = await database
    .knex('experiments')
    .insert({ key: `frozen-${policy}`, body: '{}', status: 'running' })
    .returning('id')
  const settings = JSON.stringify({ frozenModels: [{ policy: { key: policy }, version }] })
  await database.knex('epochs').insert({
    ...{ experiment_id: experiment.id, no: 1, arm_ids: [], settings, settings_hash: 'x', feature_version: 1 },
  })
}

describe('trainings', () => {
  const record = { because: 'asked', readAt: new Date(), reference: {}, summary: { rows: 10, settings: { popularity: '[]' } } } as const

  it('know what came into the log since, by number and transaction', async () => {
    const trainings = trainingStore(database)
    expect(await trainings.last()).toBeNull()
    await sell('before', 1)
    await untilPassed()
    const place =
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS watermark, (SELECT max(interaction_id) FROM interactions)::text AS "interactionsTo"'
    const { rows } = await database.learner.query<{ watermark: string; interactionsTo: string }>(place)
    await trainings.record({ ...record, ...rows[0]! })
    const last = (await trainings.last())!
    expect(last).toMatchObject({ because: 'asked', summary: record.summary, ...rows[0]! })
    expect(await trainings.rowsSince(last, 100)).toBe(0)
    expect(await trainings.rowsSince(null, 100)).toBe(2)
    await sell('after', 7)
    expect(await trainings.rowsSince(last, 100)).toBe(2)
    expect(await trainings.rowsSince(last, 1)).toBe(1)
  })

  it('count a shopper’s wish once, in history and outcomes', async () => {
    const last = (await trainingStore(database).last())!
    await sell('again', 7)
    // 'after' and 'again' are two shoppers; each told history and an outcome of the same item.
    expect(await trainingStore(database).demandSince(last)).toEqual(new Map([[7, 2]]))
  })
})

/** Transactions of other tests' databases hold the horizon back for a moment: it is the cluster's. */
async function untilPassed(): Promise<void> {
  const question =
    'SELECT coalesce(max(xid::text::numeric), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::numeric AS passed FROM outcomes'
  await until(async () => (await database.learner.query<{ passed: boolean }>(question)).rows[0]!.passed)
}

/** One purchase in the history and one in the outcomes. */
async function sell(name: string, item: number): Promise<void> {
  const unit = `decode(md5('${name}'), 'hex')`
  await database.learner.query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at) VALUES (${unit}, ${item}, 'purchase', 1, now())`,
  )
  await database.learner.query(
    `INSERT INTO outcomes (received_at, outcome_id, unit, item_no, type, quantity, occurred_at)
     VALUES (now(), '${name}', ${unit}, ${item}, 'purchase', 1, now())`,
  )
}
