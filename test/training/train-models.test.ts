import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { policySchema, seededPolicies } from '../../src/policies/definition.ts'
import { HISTORIES } from '../../src/policies/history-body.ts'
import { type TrainedModel, type TrainProgress, trainModels } from '../../src/training/train-models.ts'
import { NO_DATA, plantedShop } from '../policies/planted-shop.ts'

const shop = plantedShop(5)
const reading = { data: shop.data, catalogue: shop.catalogue, unitKeys: keysOf(shop.data.unitCount) }

function keysOf(units: number): Uint8Array {
  const keys = new Uint8Array(16 * units)
  for (let unit = 0; unit < units; unit++) new DataView(keys.buffer).setUint32(16 * unit, unit)
  return keys
}

function train(
  policies = seededPolicies,
  from = reading,
  onProgress: (progress: TrainProgress) => void = () => undefined,
): ReadonlyMap<string, TrainedModel> {
  return new Map(trainModels(from, { policies }, onProgress).map((model) => [model.policy, model]))
}

const reasonOf = ({ refused }: TrainedModel) => refused?.reasons.join(' ')

describe('training', () => {
  it('makes a model of every policy, and the histories, that pass their test', () => {
    const models = train()
    expect([...models.keys()]).toEqual([...seededPolicies.map(({ key }) => key), HISTORIES])
    for (const model of models.values()) {
      expect(model.refused).toBe(null)
      expect(model.version).toMatch(/^[0-9a-f]{16}$/)
      expect(model.summary).toMatchObject({ rows: shop.data.items.length, shoppers: shop.data.unitCount, bytes: model.bytes.length })
    }
    expect(models.get('hybrid')!.summary.coverage).toBeGreaterThan(0.3)
    expect(models.get('popularity')!.summary.answered).toBe(models.get('popularity')!.summary.asked)
  })

  it('gives the same versions for the same log, and others for another', () => {
    const versions = (models: ReadonlyMap<string, TrainedModel>) => [...models.values()].map(({ version }) => version)
    expect(versions(train())).toEqual(versions(train()))
    const other = { ...reading, data: plantedShop(6).data }
    const pairs = versions(train(seededPolicies, other)).map((version, i) => version === versions(train())[i])
    // The texts of the two shops are the same, and content learns from nothing else.
    expect(pairs).toEqual([...seededPolicies.map(({ kind }) => kind === 'content'), false])
  })

  it('refuses models that have nothing to say, and hands the histories over all the same', () => {
    const models = train(seededPolicies, { data: NO_DATA, catalogue: catalogueOf([]), unitKeys: new Uint8Array(0) })
    for (const { key } of seededPolicies) expect(reasonOf(models.get(key)!)).toContain('nothing to recommend')
    expect(models.get(HISTORIES)!.refused).toBe(null)
  })

  it('leaves the others alone when a policy fails', () => {
    const tooWide = { key: 'broken', kind: 'collaborative', description: '', parameters: { neighbours: -1, ridge: 1 } }
    const models = train([tooWide, ...seededPolicies])
    expect(models.get('broken')).toMatchObject({
      refused: { kind: 'unfit', reasons: [expect.stringContaining('Training failed')] },
      bytes: new Uint8Array(0),
    })
    expect(models.get('collaborative')!.refused).toBe(null)
  })

  it('tells which policy it is at', () => {
    const told: TrainProgress[] = []
    train(seededPolicies, reading, (progress) => told.push(progress))
    expect([...new Set(told.map(({ policy }) => policy))]).toEqual(seededPolicies.map(({ key }) => key))
    expect(told.filter(({ done }) => done === 1)).toHaveLength(seededPolicies.length)
  })

  it('tests a fusion of a fusion’s parts whatever the order of the definitions', () => {
    const mine = policySchema.parse({ key: 'a-mix', kind: 'hybrid', parameters: { parts: [{ policy: 'popularity', weight: 1 }] } })
    expect(train([mine, ...seededPolicies]).get('a-mix')!.refused).toBe(null)
    expect(reasonOf(train([mine]).get('a-mix')!)).toContain('nothing to recommend')
  })
})
