import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { credentialsOf, makeKey } from '../../src/store/api-key.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type KeyRing, openKeyRing } from '../../src/store/key-ring.ts'
import { ALL_SCOPES, keyStore } from '../../src/store/key-store.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const QUIET = { info() {}, warn() {}, error() {} }
const STOREFRONT = { name: 'shop', scopes: ['storefront'], expiresAt: null }

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
beforeEach(() => database.knex('api_keys').delete())

describe('the text of a key', () => {
  it('has selector and secret in it, and 256 random bits', () => {
    const { key, selector, secret } = makeKey('test')
    expect(key).toMatch(/^cr_test_[a-z0-9]{12}_[A-Za-z0-9]{43}$/)
    expect(credentialsOf(key)).toEqual({ selector, secret })
    expect(new Set(Array.from({ length: 1_000 }, () => makeKey().selector)).size).toBe(1_000)
  })

  it('may be any text of a certain length, but not half a key', () => {
    expect(credentialsOf('correct horse battery')).toMatchObject({ secret: 'correct horse battery' })
    for (const text of ['', 'too short', 'cr_live_abc', 'cr_live_abcdef_', 'x'.repeat(257)]) expect(credentialsOf(text)).toBeNull()
  })
})

describe('the key store', () => {
  const keys = () => keyStore(database)

  it('keeps a hash, and shows the text once', async () => {
    const { key, stored } = await keys().create(STOREFRONT)
    const [row] = await database.knex('api_keys').select()
    expect(row.verifier).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(credentialsOf(key)!.secret)
    expect(await keys().get(stored.selector)).toEqual(stored)
    expect(stored).toMatchObject({ name: 'shop', scopes: ['storefront'], expiresAt: null, revokedAt: null, lastUsedAt: null })
  })

  it('lists by pages in the order of selectors', async () => {
    for (let i = 0; i < 5; i++) await keys().create(STOREFRONT)
    const all = await keys().list({ limit: 10 })
    const rest = await keys().list({ limit: 10, after: all[1]!.selector })
    expect(rest).toEqual(all.slice(2))
  })

  it('makes one admin key when there is none at all, also for two nodes at once', async () => {
    const made = await Promise.all([keys().ensureFirst(undefined), keys().ensureFirst(undefined)])
    expect(made.filter((key) => key !== null)).toHaveLength(1)
    expect(await keys().list({ limit: 10 })).toMatchObject([{ name: 'first admin key', scopes: ALL_SCOPES }])
  })

  it('notes the bootstrap key once, and does not bring it back to life', async () => {
    expect(await keys().ensureFirst('correct horse battery')).toBeNull()
    expect(await keys().ensureFirst('correct horse battery')).toBeNull()
    const [key] = await keys().list({ limit: 10 })
    await keys().revoke(key!.selector)
    await keys().ensureFirst('correct horse battery')
    expect(await keys().list({ limit: 10 })).toMatchObject([{ name: 'bootstrap', revokedAt: expect.any(Date) }])
  })

  it('refuses a bootstrap key that is none, or whose selector is taken', async () => {
    await expect(keys().ensureFirst('short')).rejects.toThrow('CROUPIER_BOOTSTRAP_KEY is no key')
    await keys().ensureFirst('cr_test_abcdef_0123456789abcdef')
    await expect(keys().ensureFirst('cr_test_abcdef_fedcba9876543210')).rejects.toThrow('has the selector "abcdef" of another key')
  })

  it('rotates with overlap: the successor is as the old one was, which ends when it is told', async () => {
    const soon = new Date(Date.now() + 3_600_000)
    const { stored: old } = await keys().create({ ...STOREFRONT, expiresAt: new Date(Date.now() + 86_400_000) })
    const successor = await keys().rotate(old.selector, soon)
    expect(successor!.stored).toMatchObject({ name: 'shop', scopes: ['storefront'] })
    expect(Math.abs(successor!.stored.expiresAt!.getTime() - Date.now() - 86_400_000)).toBeLessThan(5_000)
    expect((await keys().get(old.selector))!.expiresAt).toEqual(soon)
    await keys().revoke(old.selector)
    expect(await keys().rotate(old.selector, soon)).toBeNull()
    expect(await keys().rotate('nobody', soon)).toBeNull()
    expect(await keys().revoke('nobody')).toBe(false)
  })
})

describe('the key ring', () => {
  const keys = () => keyStore(database)
  const rings: KeyRing[] = []
  const open = async (options: { now?: () => number; file?: string; database?: Database } = {}) => {
    const ring = await openKeyRing({ database, log: QUIET, ...options })
    rings.push(ring)
    return ring
  }
  afterEach(async () => {
    for (const ring of rings.splice(0)) await ring.close()
  })

  it('knows a key without asking anybody', async () => {
    const { key, stored } = await keys().create(STOREFRONT)
    const ring = await open()
    expect(ring.verify(key)).toEqual({ selector: stored.selector, scopes: ['storefront'] })
  })

  it('refuses a wrong secret, half a key, and what is no key', async () => {
    const { key } = await keys().create(STOREFRONT)
    const ring = await open()
    for (const wrong of [`${key}x`, `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, key.slice(0, 20), '', 'Bearer'])
      expect(await ring.verify(wrong)).toBeNull()
  })

  it('heeds expiry to the millisecond', async () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const { key } = await keys().create({ ...STOREFRONT, expiresAt })
    let now = expiresAt.getTime() - 1
    const ring = await open({ now: () => now })
    expect(await ring.verify(key)).not.toBeNull()
    now++
    expect(await ring.verify(key)).toBeNull()
  })

  it('forgets a key that is revoked', async () => {
    const { key, stored } = await keys().create(STOREFRONT)
    const ring = await open()
    expect(await ring.verify(key)).not.toBeNull()
    await keys().revoke(stored.selector)
    await until(async () => (await ring.verify(key)) === null)
  })

  it('finds a key that another node made a moment ago, and asks for an unknown one at most once a second', async () => {
    let now = 1_000_000
    const ring = await open({ now: () => now })
    const elsewhere = openDatabase(fresh.url)
    const { key } = await keyStore(elsewhere).create(STOREFRONT)
    await elsewhere.close()
    expect(await ring.verify(key)).toBeNull()
    now += 1_000
    expect(await ring.verify(key)).not.toBeNull()
    expect(ring.verify(makeKey().key)).toBeNull()
  })

  it('writes down which keys were used when it closes', async () => {
    const { key, stored } = await keys().create(STOREFRONT)
    const ring = await open()
    const before = Date.now()
    ring.verify(key)
    expect((await keys().get(stored.selector))!.lastUsedAt).toBeNull()
    await ring.close()
    expect((await keys().get(stored.selector))!.lastUsedAt!.getTime()).toBeGreaterThanOrEqual(before)
  })

  it('knows the keys of the last time when the database is away, from a file that opens nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'croupier-keys-'))
    const file = join(folder, 'keys.json')
    const { key } = await keys().create({ ...STOREFRONT, expiresAt: new Date(Date.now() + 60_000) })
    await open({ file })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain(credentialsOf(key)!.secret)
    const away = openDatabase('postgres://nobody@127.0.0.1:9/none')
    const ring = await open({ file, database: away })
    expect(ring.verify(key)).toMatchObject({ scopes: ['storefront'] })
    await expect(open({ database: away })).rejects.toThrow()
    await ring.close()
    await away.close()
    rmSync(folder, { recursive: true })
  })
})
