import { describe, expect, it } from 'vitest'
import { rankersOf } from '../../src/jobs/open-rankers.ts'
import { bodyOf, type SnapshotParts, snapshotOf } from '../../src/jobs/snapshot-of.ts'
import type { Calibrated } from '../../src/policies/calibration.ts'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { seededPolicies } from '../../src/policies/definition.ts'
import { surfaceSchema } from '../../src/policies/surface.ts'
import { learned } from '../policies/learned.ts'
import { ITEMS } from '../support/deck.ts'
import { epochOf, modelOf, seed, settingsOf } from './parts.ts'

const catalogue = catalogueOf(ITEMS)
const open = async (models = [modelOf('popularity')], policies = seededPolicies) => {
  const faults: string[] = []
  const byPolicy = new Map(models.map((model) => [model.policy, model]))
  return { rankers: await rankersOf(policies, byPolicy, { catalogue, onFault: (policy) => faults.push(policy) }), faults }
}
const { rankers: usual } = await open()
const partsOf = (given: Partial<SnapshotParts> = {}): SnapshotParts => ({
  settings: settingsOf(),
  catalogue,
  rankers: usual,
  killed: new Set(),
  beliefs: new Map(),
  ...given,
})
const idOf = (given: Partial<SnapshotParts> = {}) => snapshotOf(partsOf(given), seed).id

describe('the id of a snapshot', () => {
  it('is the same for the same settings, models and kill switches, whatever is in stock', () => {
    expect(idOf()).toBe(idOf())
    expect(idOf({ catalogue: catalogueOf(ITEMS.slice(1)) })).toBe(idOf())
    expect(idOf({ killed: new Set(['b', 'a']) })).toBe(idOf({ killed: new Set(['a', 'b']) }))
  })

  it('is another one as soon as a decision could be another one', async () => {
    const ids = [
      idOf(),
      idOf({ settings: settingsOf([epochOf('one', 1)]) }),
      idOf({ settings: settingsOf([epochOf('one', 2)]) }),
      idOf({ rankers: (await open([modelOf('popularity', 'popularity-2')])).rankers }),
      idOf({ killed: new Set(['hybrid']) }),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is the hash of what is kept for replay, which survives being written as JSON', () => {
    const body = bodyOf(partsOf({ killed: new Set(['hybrid']) }))
    expect(JSON.parse(JSON.stringify(body))).toMatchObject({ killed: ['hybrid'], models: { popularity: 'popularity-1' }, running: [] })
  })
})

describe('a snapshot', () => {
  it('puts experiments on their surfaces, the earliest started first', () => {
    const running = [epochOf('second', 5, new Date(2_000)), epochOf('first', 9, new Date(1_000)), epochOf('third', 6, new Date(2_000))]
    const { surfaces } = snapshotOf(partsOf({ settings: settingsOf(running) }), seed)
    expect(surfaces.get('home')!.experiments.map(({ key }) => key)).toEqual(['first', 'second', 'third'])
    const elsewhere = { ...settingsOf(running), surfaces: [surfaceSchema.parse({ key: 'cart' })] }
    expect(snapshotOf(partsOf({ settings: elsewhere }), seed).surfaces.get('cart')!.experiments).toEqual([])
  })

  it('has as last resort what the surface names, then all that may be shown, each once', () => {
    const surface = surfaceSchema.parse({ key: 'home', staticItems: ['SKU-7', 'no such item', 'SKU-2'] })
    const { surfaces } = snapshotOf(partsOf({ settings: { ...settingsOf(), surfaces: [surface] } }), seed)
    expect(surfaces.get('home')!.lastResort).toEqual([7, 2, 1, 3, 4, 5, 6, 8, 10])
  })

  it('draws each experiment with salts of its own', () => {
    const names: string[] = []
    const noting = (name: string) => {
      names.push(name)
      return seed(name)
    }
    snapshotOf(partsOf({ settings: settingsOf([epochOf('one', 1), epochOf('two', 2)]) }), noting)
    expect(new Set(names).size).toBe(6)
  })
})

describe('rankers', () => {
  it('are opened for policies that have their model, those that others need first', async () => {
    const models = ['hybrid', 'content', 'collaborative', 'popularity'].map((policy) => modelOf(policy))
    const { rankers, faults } = await open(models, [...seededPolicies].reverse())
    expect(faults).toEqual([])
    expect([...rankers.keys()].at(-1)).toBe('hybrid')
    expect(rankers.size).toBe(4)
    expect([...usual.keys()]).toEqual(['popularity'])
  })

  it('of which one cannot be opened leave the others alone', async () => {
    const broken = { ...modelOf('content'), bytes: new Uint8Array([1, 2, 3]) }
    const { rankers, faults } = await open([broken, modelOf('popularity')])
    expect(faults).toEqual(['content'])
    expect([...rankers.keys()]).toEqual(['popularity'])
  })

  it('are not opened again when policy, model and parts are the same', async () => {
    const models = new Map(['hybrid', 'content', 'collaborative', 'popularity'].map((policy) => [policy, modelOf(policy)]))
    const around = { catalogue, onFault: () => undefined }
    const first = await rankersOf(seededPolicies, models, around)
    const before = { policies: seededPolicies, models, rankers: first }
    const changed = new Map([...models, ['collaborative', modelOf('collaborative', 'collaborative-2')] as const])
    const next = await rankersOf(seededPolicies, changed, around, before)
    const isKept = (key: string) => next.get(key) === first.get(key)
    expect(['popularity', 'content', 'collaborative', 'hybrid'].map(isKept)).toEqual([true, true, false, false])
  })

  it('have the chances that were learned with their model, also when the model is the same and the chances are new', async () => {
    const around = { catalogue, onFault: () => undefined }
    const modelsWith = (calibration: Calibrated | null) =>
      new Map(['popularity', 'content'].map((policy) => [policy, { ...modelOf(policy), calibration }]))
    const [none, one, two] = [modelsWith(null), modelsWith(learned('one')), modelsWith(learned('two'))]
    const unknown = modelsWith({ kind: 'unknown', because: 'too-few-events' })
    let before = { policies: seededPolicies, models: none, rankers: await rankersOf(seededPolicies, none, around) }
    const ids = [idOf({ rankers: before.rankers })]
    for (const [models, id] of [[one, 'one'] as const, [two, 'two'] as const, [two, 'two'] as const, [unknown, undefined] as const]) {
      const rankers = await rankersOf(seededPolicies, models, around, before)
      expect([...rankers.values()].map(({ calibration }) => calibration?.id)).toEqual([id, id])
      expect(rankers.get('popularity')!.modelVersion).toBe('popularity-1')
      ids.push(idOf({ rankers }))
      before = { policies: seededPolicies, models, rankers }
    }
    expect(ids[1]).not.toBe(ids[0])
    expect(ids[2]).not.toBe(ids[1])
    expect(ids.slice(3)).toEqual([ids[2], ids[0]])
    expect(bodyOf(partsOf({ rankers: (await open([...two.values()])).rankers })).calibrations).toEqual({
      popularity: 'two',
      content: 'two',
    })
  })
})
