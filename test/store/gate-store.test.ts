import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type ExperimentStore, experimentStore } from '../../src/store/experiment-store.ts'
import { type GateStore, gateStore } from '../../src/store/gate-store.ts'
import { seed } from '../../src/store/seed.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { experimentOf } from '../support/settings.ts'

let fresh: FreshDatabase
let database: Database
let other: Database
let experiments: ExperimentStore
let gates: GateStore
let key = ''
let count = 0

const body = (change: object = {}) =>
  experimentOf({
    key,
    metrics: ['conversion'],
    arms: ['popular', 'hybrid', 'third'].map((arm) => ({ key: arm, policy: arm === 'hybrid' ? 'hybrid' : 'popularity' })),
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }] },
    ...change,
  })
const open = async () => (await experiments.epochs(key)).at(-1)!
const running = async () => (await experiments.runningEpochs()).find((epoch) => epoch.key === key)
const evidence = { kind: 'tests', tests: [{ p: 0.001 }] }

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  other = openDatabase(fresh.url)
  experiments = experimentStore(database)
  gates = gateStore(database)
  await seed(database, { currency: 'EUR' })
})
afterAll(async () => {
  await database.close()
  await other.close()
  await fresh.drop()
})
beforeEach(async () => {
  key = `bandit-${++count}`
  await experiments.create(body())
  await experiments.act(key, 'start')
})

describe('a finding of the gate', () => {
  it('is recorded with its evidence, and is in what decides', async () => {
    const { id: epochId, armIds } = await open()
    expect((await running())!.gates).toBeUndefined()
    const ids = await gates.record({ experiment: key, epochId }, [{ kind: 'retire', armId: armIds[1]!, evidence }])
    expect(await gates.list(key, { limit: 10 })).toMatchObject([
      { id: ids[0], kind: 'retire', arm: 'hybrid', armId: armIds[1], epoch: 1, evidence, by: 'gate', undoes: null },
    ])
    expect((await running())!.gates).toEqual({ masked: [], retired: [armIds[1]], promoted: null })
  })

  it('is recorded once, though two nodes find it at the same moment, and is told to everybody', async () => {
    const { id: epochId, armIds } = await open()
    const heard: string[] = []
    const forget = database.changes.listen((topic) => heard.push(topic))
    const both = await Promise.all(
      [gates, gateStore(other)].map((store) => store.record({ experiment: key, epochId }, [{ kind: 'mask', armId: armIds[2]!, evidence }])),
    )
    forget()
    expect(both.map((ids) => ids.length).sort()).toEqual([0, 1])
    expect(await gates.list(key, { limit: 10 })).toHaveLength(1)
    expect(heard.length).toBe(both[0]!.length)
  })

  it('that the experiment harms ends it in the same breath', async () => {
    const { id: epochId } = await open()
    await gates.record({ experiment: key, epochId }, [{ kind: 'stop', armId: null, evidence }])
    expect(await experiments.get(key)).toMatchObject({ status: 'stopped' })
    expect(await open()).toMatchObject({ endedAt: expect.any(Date) })
    expect(await running()).toBeUndefined()
    expect(await gates.list(key, { limit: 10 })).toMatchObject([{ kind: 'stop', arm: null }])
  })

  it('about an epoch that is over, or an experiment that is paused, comes to nothing', async () => {
    const { id: epochId, armIds } = await open()
    const finding = { kind: 'mask', armId: armIds[1]!, evidence } as const
    await experiments.act(key, 'pause')
    expect(await gates.record({ experiment: key, epochId }, [finding])).toEqual([])
    await experiments.act(key, 'resume')
    const { revision } = (await experiments.get(key))!
    await experiments.replace(key, body({ traffic: 0.5 }), revision)
    expect(await gates.record({ experiment: key, epochId }, [finding])).toEqual([])
    expect(await gates.record({ experiment: 'nobody', epochId }, [finding])).toEqual([])
    expect(await gates.list(key, { limit: 10 })).toEqual([])
  })
})

describe('a mask', () => {
  it('is taken back by a person’s word, which stands beside it', async () => {
    const { id: epochId, armIds } = await open()
    const [mask] = await gates.record({ experiment: key, epochId }, [{ kind: 'mask', armId: armIds[1]!, evidence }])
    const word = { by: 'Ada', because: 'the parcel service' }
    expect(await gates.unmask(key, 'nobody', word)).toBeNull()
    expect(await gates.unmask(key, 'third', word)).toEqual([])
    const [undone] = (await gates.unmask(key, 'hybrid', word))!
    expect((await running())!.gates).toBeUndefined()
    expect(await gates.list(key, { limit: 10 })).toMatchObject([
      { id: undone, kind: 'unmask', arm: 'hybrid', undoes: mask, by: 'Ada', evidence: { kind: 'person', because: 'the parcel service' } },
      { id: mask, kind: 'mask' },
    ])
    expect(await gates.unmask(key, 'hybrid', word)).toEqual([])
    expect(await gates.record({ experiment: key, epochId }, [{ kind: 'mask', armId: armIds[1]!, evidence }])).toHaveLength(1)
  })

  it('outlives its epoch, for nobody took it back; a retirement does not, nor the mask of an arm that is the control now', async () => {
    const { id: epochId, armIds } = await open()
    const [mask] = await gates.record({ experiment: key, epochId }, [
      { kind: 'mask', armId: armIds[1]!, evidence },
      { kind: 'mask', armId: armIds[2]!, evidence },
      { kind: 'retire', armId: armIds[1]!, evidence },
    ])
    const { revision } = (await experiments.get(key))!
    const arms = [
      { key: 'popular', policy: 'popularity' },
      { key: 'hybrid', policy: 'hybrid' },
      { key: 'third', policy: 'popularity', control: true },
    ]
    await experiments.replace(key, body({ arms }), revision)
    expect((await running())!.gates).toEqual({ masked: [armIds[1]], retired: [], promoted: null })
    expect((await gates.list(key, { limit: 1 }))[0]).toMatchObject({ epoch: 2, kind: 'mask', evidence: { kind: 'carried', from: mask } })
  })

  it('is listed by pages, newest first', async () => {
    const { id: epochId, armIds } = await open()
    for (const armId of armIds.slice(1)) await gates.record({ experiment: key, epochId }, [{ kind: 'mask', armId, evidence }])
    const [newest] = await gates.list(key, { limit: 1 })
    expect(newest).toMatchObject({ arm: 'third' })
    expect(await gates.list(key, { limit: 1, before: newest!.id })).toMatchObject([{ arm: 'hybrid' }])
  })
})
