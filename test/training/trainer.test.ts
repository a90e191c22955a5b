import { mkdtempSync, rmSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { seededPolicies as policies } from '../../src/policies/definition.ts'
import { kinds } from '../../src/policies/registry.ts'
import { HISTORIES, openHistories } from '../../src/serving/histories.ts'
import { openTrainer, type TrainProgress } from '../../src/training/trainer.ts'
import { clusterOf, itemOf } from '../policies/planted-shop.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { connected, plantedRows, unitKey, writeInteractions, writeItems } from './shop-rows.ts'

const shop = plantedRows(9)
let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await connected(database.url, async (client) => {
    await writeItems(client, shop.items)
    await writeInteractions(client, shop.rows)
  })
})
afterAll(() => database.drop())

describe('the trainer', () => {
  it('trains the seeded policies from the database, and what it hands over can serve', async () => {
    const trainer = openTrainer({ databaseUrl: database.url })
    const told: TrainProgress[] = []
    const models = new Map(
      (await trainer.train({ policies, onProgress: (progress) => told.push(progress) })).models.map((model) => [model.policy, model]),
    )
    await trainer.close()
    expect([...models.values()].filter(({ refused }) => refused !== null)).toEqual([])
    expect([...new Set(told.map(({ policy }) => policy))]).toEqual([null, ...policies.map(({ key }) => key)])

    const catalogue = catalogueOf(Array.from({ length: shop.items }, (_, i) => itemOf(i + 1)))
    const history = openHistories(models.get(HISTORIES)!.bytes)
      .of(unitKey(17))
      .recent.map(({ item }) => item)
    const dealtWith = shop.rows.filter(({ unit }) => unit?.equals(unitKey(17))).map(({ item }) => item)
    expect(history).toEqual([...new Set(dealtWith.toReversed())])
    const { open, parameters } = kinds.collaborative!
    const ranker = open('collaborative', models.get('collaborative')!, parameters.parse({}), { catalogue, ranker: () => undefined })
    const loved = new Set(history.map(clusterOf))
    const { items } = ranker.rank({ size: 5, history, item: null, cart: [], candidates: null, allowed: catalogue.allowed })
    expect(items.filter((item) => loved.has(clusterOf(item))).length).toBeGreaterThanOrEqual(4)
  })

  it('makes the same models of the same log, and leaves the thread of the server free meanwhile', async () => {
    const trainer = openTrainer({ databaseUrl: database.url })
    const nice = getPriority()
    const before = performance.eventLoopUtilization()
    const versions = []
    for (let i = 0; i < 2; i++) versions.push((await trainer.train({ policies })).models.map(({ version }) => version))
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5)
    expect(versions[0]).toEqual(versions[1])
    // The training thread is nice to this one, which itself is none the nicer.
    expect(getPriority()).toBe(nice)
    await trainer.close()
  })

  it('makes the same models of kept rows and new ones as of the whole log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'croupier-trainer-'))
    const notes: string[] = []
    const keeping = openTrainer({
      databaseUrl: database.url,
      knownFile: join(folder, 'training', 'known'),
      onNote: (note) => notes.push(note),
    })
    const anew = openTrainer({ databaseUrl: database.url })
    await keeping.train({ policies, only: ['popularity'] })
    // Late, of a shopper before all others, and new.
    const [early, latest] = [shop.rows[0]!.seconds - 86_400, shop.rows.at(-1)!.seconds + 60]
    const rows = [early, early + 0.5, latest].map((seconds, i) => ({ unit: unitKey(900 + i), item: 1 + i, type: 'purchase', seconds }))
    await connected(database.url, (client) => writeInteractions(client, rows))
    const told: string[] = []
    const merged = await keeping.train({ policies, onProgress: ({ policy, doing }) => policy === null && told.push(doing) })
    const whole = await anew.train({ policies })
    expect(told.at(-1)).toMatch(/^reading [1-9][\d,]* new rows, [\d,]+ known$/)
    expect(merged.models.map(({ version }) => version)).toEqual(whole.models.map(({ version }) => version))
    expect(notes).toEqual([])
    await Promise.all([keeping.close(), anew.close()])
    await connected(database.url, (client) =>
      client.query('DELETE FROM interactions WHERE unit = ANY ($1)', [rows.map(({ unit }) => unit)]),
    )
    rmSync(folder, { recursive: true })
  })

  it('does one training at a time', async () => {
    const trainer = openTrainer({ databaseUrl: database.url })
    const first = trainer.train({ policies })
    await expect(trainer.train({ policies })).rejects.toThrow('under way')
    expect((await first).models).toHaveLength(policies.length + 1)
    await trainer.close()
  })

  it('ends a training under way when it is closed', async () => {
    const trainer = openTrainer({ databaseUrl: database.url })
    const training = trainer.train({ policies })
    const stopped = expect(training).rejects.toThrow('stopped before it was done')
    await sleep(20)
    await trainer.close()
    await stopped
    await expect(trainer.train({ policies })).rejects.toThrow('closed')
  })

  it('rejects with the reason when the database cannot be reached or is not there', async () => {
    const away = openTrainer({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nowhere' })
    await expect(away.train({ policies })).rejects.toThrow(/ECONNREFUSED/)
    await away.close()
    const trainer = openTrainer({ databaseUrl: database.url.replace(/[^/]+$/, 'no_such_database') })
    await expect(trainer.train({ policies })).rejects.toThrow(/does not exist/)
    await trainer.close()
  })

  it('says where in the log it read, and what demand looked like', async () => {
    const trainer = openTrainer({ databaseUrl: database.url })
    const { at, reference, models } = await trainer.train({ policies, only: ['popularity'] })
    expect(models.map(({ policy }) => policy)).toEqual(['popularity', HISTORIES])
    expect(BigInt(at.watermark)).toBeGreaterThan(0n)
    expect(at.interactionsTo).toBe(String(shop.rows.length))
    expect(Math.abs(at.seconds - Date.now() / 1000)).toBeLessThan(10)
    expect(reference.top.reduce((sum, [, pairs]) => sum + pairs, 0)).toBeGreaterThan(0)
    await trainer.close()
  })

  it('refuses with a clear sentence what does not fit into its memory', async () => {
    const trainer = openTrainer({ databaseUrl: database.url, memoryMb: 1 })
    await expect(trainer.train({ policies })).rejects.toThrow(/needs more than 1 MB of memory.*CROUPIER_TRAIN_MEMORY_MB/)
    await trainer.close()
  })
})
