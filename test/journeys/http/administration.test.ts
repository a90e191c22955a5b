import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import { openShop, type Shop, withKey } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('keys', () => {
  it('show their secret once, and open what their scopes say', async () => {
    const made = await shop.admin
      .post('/v1/keys')
      .send({ name: 'web shop', scopes: ['storefront'] })
      .expect(201)
    expect(made.body).toMatchObject({ name: 'web shop', scopes: ['storefront'], expiresAt: null, revokedAt: null, lastUsedAt: null })
    expect(made.headers.location).toBe(`/v1/keys/${made.body.selector}`)
    const read = await shop.admin.get(`/v1/keys/${made.body.selector}`).expect(200)
    expect(read.body).not.toHaveProperty('key')
    expect(JSON.stringify((await shop.admin.get('/v1/keys')).body)).not.toContain(made.body.key.split('_').at(-1))
    const web = withKey(shop.url, made.body.key)
    await web.post('/v1/slates').send({ surface: 'home' }).expect(200)
    await web.get('/v1/surfaces').expect(403)
  })

  it('are renewed with an overlap: old and new open together, then the new one alone', async () => {
    const { body: old } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['product'] })
      .expect(201)
    const { body: successor } = await shop.admin.post(`/v1/keys/${old.selector}/rotate`).send({ overlapHours: 1 }).expect(201)
    expect(successor).toMatchObject({ name: 'k', scopes: ['product'] })
    expect(successor.key).not.toBe(old.key)
    for (const { key } of [old, successor]) await withKey(shop.url, key).get('/v1/surfaces').expect(200)
    const { body: ending } = await shop.admin.get(`/v1/keys/${old.selector}`).expect(200)
    expect(Date.parse(ending.expiresAt) - Date.now()).toBeGreaterThan(3_500_000)
    const { body: last } = await shop.admin.post(`/v1/keys/${successor.selector}/rotate`).send({ overlapHours: 0 }).expect(201)
    await until(async () => (await withKey(shop.url, successor.key).get('/v1/surfaces')).status === 401)
    await withKey(shop.url, last.key).get('/v1/surfaces').expect(200)
    await shop.admin.post(`/v1/keys/${successor.selector}/rotate`).send({}).expect(409)
  })

  it('open nothing once they are revoked', async () => {
    const { body: key } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['product'] })
      .expect(201)
    const agent = withKey(shop.url, key.key)
    await agent.get('/v1/surfaces').expect(200)
    await shop.admin.delete(`/v1/keys/${key.selector}`).expect(204)
    await until(async () => (await agent.get('/v1/surfaces')).status === 401)
    await shop.admin.delete('/v1/keys/nobody').expect(404)
    await shop.admin.post('/v1/keys/nobody/rotate').send({}).expect(404)
    await shop.admin.get('/v1/keys/nobody').expect(404)
  })

  it('expire when they should', async () => {
    const past = new Date(Date.now() - 1000).toISOString()
    const { body } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['product'], expiresAt: past })
      .expect(422)
    expect(body.pointer).toBe('/expiresAt')
    const soon = new Date(Date.now() + 400).toISOString()
    const { body: key } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['product'], expiresAt: soon })
      .expect(201)
    await until(async () => (await withKey(shop.url, key.key).get('/v1/surfaces')).status === 401)
  })

  it('of scopes that do not exist are refused', async () => {
    const { body } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['root'] })
      .expect(422)
    expect(body.pointer).toBe('/scopes/0')
    await shop.admin.post('/v1/keys').send({ name: 'k', scopes: [] }).expect(422)
  })
})

describe('kill switches', () => {
  const slate = async () => (await shop.admin.post('/v1/slates').send({ surface: 'home', unit: 'shopper-1' }).expect(200)).body

  it('switch a policy off and on, and say why and by whom', async () => {
    const { body } = await shop.admin.put('/v1/flags/policy.hybrid.killed').send({ value: true, because: 'odd slates' }).expect(200)
    expect(body).toMatchObject({ key: 'policy.hybrid.killed', value: true, because: 'odd slates' })
    await until(async () => (await shop.admin.get('/v1/flags')).body.killed.length > 0)
    expect((await shop.admin.get('/v1/flags')).body).toMatchObject({
      flags: [{ key: 'policy.hybrid.killed' }],
      killed: [{ policy: 'hybrid', sources: ['table'] }],
    })
    expect((await slate()).servedPolicy).not.toBe('hybrid')
    await shop.admin.put('/v1/flags/policy.hybrid.killed').send({ value: false }).expect(200)
    await until(async () => (await shop.admin.get('/v1/flags')).body.killed.length === 0)
    await shop.admin.delete('/v1/flags/policy.hybrid.killed').expect(204)
    await shop.admin.delete('/v1/flags/policy.hybrid.killed').expect(404)
  })

  it('are about policies that exist', async () => {
    const { body } = await shop.admin.put('/v1/flags/policy.magic.killed').send({ value: true }).expect(422)
    expect(body.type).toBe('/problems/unknown-reference')
    await shop.admin.put('/v1/flags/dark-mode').send({ value: true }).expect(404)
    await shop.admin.put('/v1/flags/policy.hybrid.killed').send({ value: 'yes' }).expect(422)
  })
})

describe('a kill switch in a file', () => {
  it('counts beside the table', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'croupier-flags-'))
    const file = join(folder, 'flags.json')
    writeFileSync(file, '{ "policy.content.killed": true }')
    const other = await openShop({ CROUPIER_FLAGS_FILE: file })
    expect((await other.admin.get('/v1/flags')).body.killed).toEqual([{ policy: 'content', sources: ['file'] }])
    await other.close()
    rmSync(folder, { recursive: true })
  })
})
