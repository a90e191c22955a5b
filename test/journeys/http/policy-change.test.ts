import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, type Shop } from './shop.ts'

/** A policy that somebody relies on stays what it is; how a remote one is asked, and what nobody relies on, may change. */

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  for (const body of [
    { key: 'net', kind: 'popularity-decay', parameters: {} },
    { key: 'base', kind: 'content', parameters: {} },
    { key: 'mixed', kind: 'hybrid', parameters: { parts: [{ policy: 'base', weight: 1 }] } },
    { key: 'vendor', kind: 'remote', parameters: { url: 'https://vendor.example/a' } },
    { key: 'free', kind: 'random', parameters: {} },
  ])
    await shop.admin.post('/v1/policies').send(body).expect(201)
  await shop.admin.post('/v1/surfaces').send({ key: 'cart', policy: 'net', fallback: 'net' }).expect(201)
})
afterAll(() => shop.close())

const REMOTE = { kind: 'remote', parameters: { url: 'https://vendor.example/b' } }

async function change(key: string, changes: object) {
  const { body, headers } = await shop.admin.get(`/v1/policies/${key}`).expect(200)
  const answer = await shop.admin
    .put(`/v1/policies/${key}`)
    .set('if-match', headers.etag!)
    .send({ ...body, ...changes })
  const after = await shop.admin.get(`/v1/policies/${key}`)
  expect(after.body.revision).toBe(body.revision + (answer.status === 200 ? 1 : 0))
  return answer
}

async function experiment(key: string, policies: readonly string[], more: object = {}) {
  const arms = policies.map((policy, i) => ({ key: `arm-${i}`, policy }))
  await shop.admin
    .post('/v1/experiments')
    .send({ key, surface: 'cart', arms, ...more })
    .expect(201)
}
const act = (key: string, action: string) => shop.admin.post(`/v1/experiments/${key}/${action}`)

describe('a change of a policy', () => {
  it('does not make a remote strategy of a surface’s fallback, nor any other kind', async () => {
    for (const other of [REMOTE, { kind: 'random', parameters: {} }]) {
      const { status, body } = await change('net', other)
      expect([status, body.type]).toEqual([409, '/problems/in-use'])
      expect(body.because).toMatch(/^The surface "cart" needs the policy "net"\./)
    }
  })

  it('does not change the kind of a part of another policy', async () => {
    const { status, body } = await change('base', REMOTE)
    expect([status, body.type]).toEqual([409, '/problems/in-use'])
    expect(body.because).toMatch(/^The policy "mixed" needs the policy "base"\./)
  })

  it('does whatever one likes where nobody needs it', async () => {
    expect((await change('free', REMOTE)).status).toBe(200)
    expect((await change('net', { parameters: { halfLifeHours: 12 } })).status).toBe(200)
  })

  it('does not close a circle', async () => {
    const { status, body } = await shop.admin
      .post('/v1/policies')
      .send({ key: 'upper', kind: 'hybrid', parameters: { parts: [{ policy: 'mixed', weight: 1 }] } })
    expect(status, JSON.stringify(body)).toBe(201)
    const circle = await change('mixed', { parameters: { parts: [{ policy: 'upper', weight: 1 }] } })
    expect(circle.body).toMatchObject({ type: '/problems/invalid', pointer: '/parameters' })
    expect(circle.body.detail).toContain('"upper" needs "mixed"')
  })

  it('leaves the arms of a running or paused experiment what they are, parts included', async () => {
    await experiment('compared', ['mixed', 'vendor'])
    expect((await change('base', { parameters: {}, description: 'still a draft' })).status).toBe(200)
    await act('compared', 'start').expect(200)
    for (const key of ['mixed', 'base']) {
      const { body: known } = await shop.admin.get(`/v1/policies/${key}`)
      const changed = key === 'mixed' ? { parameters: { ...known.parameters, offset: 3 } } : { parameters: { repeat: true } }
      const { status, body } = await change(key, changed)
      expect([key, status, body.type]).toEqual([key, 409, '/problems/in-use'])
      expect(body.because).toContain('"compared"')
    }
    expect((await change('mixed', { description: 'New words.' })).status).toBe(200)
    await act('compared', 'pause').expect(200)
    expect((await change('vendor', REMOTE)).status).toBe(409)
    await act('compared', 'stop').expect(200)
    expect((await change('vendor', REMOTE)).status).toBe(200)
  })

  it('may tell how a remote arm is asked while it runs, not who', async () => {
    await experiment('asked', ['net', 'vendor'])
    await act('asked', 'start').expect(200)
    const { body: known } = await shop.admin.get('/v1/policies/vendor')
    const with_ = (parameters: object) => change('vendor', { parameters: { ...known.parameters, ...parameters } })
    expect((await with_({ deadlineMs: 40, concurrency: 10, bytesMax: 4096, lastGoodSeconds: 0 })).status).toBe(200)
    expect((await with_({ url: 'https://elsewhere.example/' })).status).toBe(409)
    await act('asked', 'stop').expect(200)
  })
})
