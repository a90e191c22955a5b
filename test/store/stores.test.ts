import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueStore, type StoredItem } from '../../src/store/catalogue-store.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { flagStore } from '../../src/store/flag-store.ts'
import { modelStore } from '../../src/store/model-store.ts'
import { snapshotStore } from '../../src/store/snapshot-store.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

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

const itemOf = (itemId: string, more: Partial<StoredItem> = {}): StoredItem => ({
  ...{ itemId, title: `Shoe ${itemId}`, category: 'road', brand: null, priceMinor: 9_990n, marginMinor: null, currency: 'EUR', stock: 3 },
  ...{ discontinued: false, seller: null, returnRate: null, countries: ['AT', 'DE'], attributes: { drop: 8, colours: ['red'] }, ...more },
})

describe('the catalogue store', () => {
  it('gives back what it was given', async () => {
    const items = catalogueStore(database)
    const big = itemOf('big', { priceMinor: 9_007_199_254_740_993n, title: 'Ünïcode 👟 "quoted", \\ slashed' })
    expect(await items.upsert([itemOf('a'), big])).toEqual({ inserted: 2, updated: 0 })
    expect(await items.get('a')).toEqual(itemOf('a'))
    expect(await items.get('big')).toEqual(big)
    expect(await items.get('nothing')).toBeNull()
    expect((await items.list({ limit: 1, after: 'a' })).map(({ itemId }) => itemId)).toEqual(['big'])
  })

  it('updates what differs, inserts what is new, and leaves the rest alone', async () => {
    const items = catalogueStore(database)
    await items.upsert([itemOf('x'), itemOf('y')])
    expect(await items.upsert([itemOf('x'), itemOf('y', { stock: 0 }), itemOf('z')])).toEqual({ inserted: 1, updated: 1 })
  })

  it('keeps item numbers dense, however often items are sent and by however many', async () => {
    const items = catalogueStore(database)
    const batch = Array.from({ length: 50 }, (_, i) => itemOf(`dense-${i}`))
    await Promise.all([items.upsert(batch), items.upsert(batch), items.upsert(batch)])
    await items.upsert([...batch, itemOf('dense-last')])
    const loaded = await items.load()
    expect(loaded.map(({ itemNo }) => itemNo)).toEqual(loaded.map((_, i) => i + 1))
    expect(loaded.at(-1)).toEqual({
      ...{ itemNo: loaded.length, itemId: 'dense-last', title: 'Shoe dense-last', category: 'road', brand: null },
      ...{ priceMinor: 9990, marginMinor: null, stock: 3, discontinued: false, seller: null, returnRate: null, countries: ['AT', 'DE'] },
      addedSeconds: expect.any(Number),
    })
  })

  it('discontinues an item and keeps it', async () => {
    const items = catalogueStore(database)
    await items.upsert([itemOf('old')])
    expect(await items.discontinue('old')).toBe(true)
    expect((await items.get('old'))!.discontinued).toBe(true)
    expect(await items.discontinue('nothing')).toBe(false)
  })
})

describe('the model store', () => {
  const model = (policy: string, version: string) => ({ policy, version, bytes: Buffer.from(`${policy} ${version}`), summary: { rows: 3 } })

  it('serves the newest active model of every policy, and reads no body twice', async () => {
    const models = modelStore(database)
    await models.publish(model('a', 'v1'))
    await models.publish(model('b', 'v1'))
    await models.publish(model('a', 'v2'))
    const first = await models.newest()
    expect(first.map(({ policy, version, bytes }) => [policy, version, Buffer.from(bytes).toString()])).toEqual([
      ['a', 'v2', 'a v2'],
      ['b', 'v1', 'b v1'],
    ])
    const known = new Map(first.map((each) => [each.policy, each]))
    await models.publish(model('b', 'v2'))
    const second = await models.newest(known)
    expect(second[0]).toBe(first[0])
    expect(second[1]).toMatchObject({ policy: 'b', version: 'v2' })
  })

  it('goes back to the model before when one is withdrawn, and forward when it is published again', async () => {
    const models = modelStore(database)
    await models.publish(model('c', 'v1'))
    await models.publish(model('c', 'v2'))
    const serving = async () => (await models.newest()).find(({ policy }) => policy === 'c')!.version
    expect(await models.withdraw('c', 'v2')).toBe(true)
    expect(await serving()).toBe('v1')
    await models.publish(model('c', 'v2'))
    expect(await serving()).toBe('v2')
    expect(await models.withdraw('c', 'v9')).toBe(false)
  })

  it('keeps the last five versions of a policy', async () => {
    const models = modelStore(database)
    for (let i = 1; i <= 8; i++) await models.publish(model('d', `v${i}`))
    const versions = (await models.list()).filter(({ policy }) => policy === 'd').map(({ version }) => version)
    expect(versions).toEqual(['v8', 'v7', 'v6', 'v5', 'v4'])
  })

  it('takes the view of a larger buffer for what it is', async () => {
    const models = modelStore(database)
    const whole = Uint8Array.from([1, 2, 3, 4, 5, 6])
    await models.publish({ policy: 'e', version: 'v1', bytes: whole.subarray(2, 4), summary: {} })
    const [stored] = (await models.newest()).filter(({ policy }) => policy === 'e')
    expect([...stored!.bytes]).toEqual([3, 4])
  })
})

describe('the snapshot store', () => {
  it('keeps every snapshot, in at most one statement a second', async () => {
    const snapshots = snapshotStore(database, 'test')
    await snapshots.save('s-0', { n: 0 })
    const began = performance.now()
    await Promise.all(Array.from({ length: 20 }, (_, i) => snapshots.save(`s-${i}`, { n: i })))
    expect(performance.now() - began).toBeGreaterThan(900)
    for (let i = 0; i < 20; i++) expect(await snapshots.load(`s-${i}`)).toEqual({ n: i })
    const times = await database.knex('snapshots').countDistinct('as_of as statements').first()
    expect(times!.statements).toBe(2n)
    expect(await snapshots.load('nothing')).toBeNull()
  })

  it('loses none when the database fails for a while', async () => {
    const snapshots = snapshotStore(database, 'test')
    await database.knex.raw('ALTER TABLE snapshots RENAME TO elsewhere')
    await expect(snapshots.save('lost', { n: 1 })).rejects.toThrow()
    await database.knex.raw('ALTER TABLE elsewhere RENAME TO snapshots')
    await snapshots.save('later', { n: 2 })
    expect(await snapshots.load('lost')).toEqual({ n: 1 })
  })

  it('thins out what is older than so many days to the last of each hour', async () => {
    const rows = ['10:05', '10:55', '11:00'].map((time) => ({
      id: `old-${time}`,
      as_of: `2024-01-01 ${time}Z`,
      body: '{}',
      build_hash: 'test',
    }))
    await database.knex('snapshots').insert(rows)
    expect(await snapshotStore(database, 'test').prune(3650)).toBe(0)
    expect(await snapshotStore(database, 'test').prune(30)).toBe(1)
    const left = await database.knex('snapshots').where('id', 'like', 'old-%').orderBy('id').pluck('id')
    expect(left).toEqual(['old-10:55', 'old-11:00'])
  })
})

describe('the flag store', () => {
  it('puts, lists and removes switches', async () => {
    const flags = flagStore(database)
    const key = 'policy.hybrid.killed'
    expect(await flags.put({ key, value: true, because: 'slow' })).toMatchObject({
      key,
      value: true,
      because: 'slow',
      updatedAt: expect.any(Date),
    })
    await flags.put({ key, value: false, because: null })
    expect(await flags.list()).toMatchObject([{ key, value: false, because: null }])
    expect(await flags.remove(key)).toBe(true)
    expect(await flags.remove(key)).toBe(false)
  })
})
