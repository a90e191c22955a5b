import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const NOUNS = [
  ['surfaces', { key: 'cart', size: 6, policy: 'hybrid' }, { size: 8 }],
  ['metrics', { key: 'adds', kind: 'mean', of: { types: ['add-to-cart'] } }, { windowHours: 48 }],
  ['policies', { key: 'today', kind: 'popularity-decay', parameters: { halfLifeHours: 24 } }, { description: 'What sells today.' }],
  [
    'experiments',
    {
      key: 'cart-test',
      surface: 'home',
      arms: [
        { key: 'a', policy: 'popularity' },
        { key: 'b', policy: 'hybrid' },
      ],
      metrics: ['conversion'],
    },
    { name: 'Cart' },
  ],
] as const

describe.each(NOUNS)('%s', (plural, body, change) => {
  const path = `/v1/${plural}`

  it('are created, read, changed and removed under a revision', async () => {
    const { admin } = shop
    const made = await admin.post(path).send(body).expect(201)
    expect(made.headers).toMatchObject({ location: `${path}/${body.key}`, etag: '"1"' })
    expect(made.body).toMatchObject({ ...body, revision: 1 })

    const read = await admin.get(`${path}/${body.key}`).expect(200)
    expect(read.body).toEqual(made.body)
    await admin.get(`${path}/${body.key}`).set('if-none-match', read.headers.etag!).expect(304)

    const changed = await admin
      .put(`${path}/${body.key}`)
      .set('if-match', '"1"')
      .send({ ...read.body, ...change })
      .expect(200)
    expect(changed.headers.etag).toBe('"2"')
    expect(changed.body).toMatchObject({ ...change, revision: 2 })
    await admin.get(`${path}/${body.key}`).set('if-none-match', '"1"').expect(200)

    const late = await admin.put(`${path}/${body.key}`).set('if-match', '"1"').send(read.body).expect(412)
    expect(late.body).toMatchObject({ type: '/problems/changed-meanwhile', revision: 2 })
    expect(late.headers.etag).toBe('"2"')
    await admin.put(`${path}/${body.key}`).send(read.body).expect(428)
    await admin.delete(`${path}/${body.key}`).expect(428)
    await admin.delete(`${path}/${body.key}`).set('if-match', '"1"').expect(412)
    expect((await admin.get(`${path}/${body.key}`).expect(200)).body.revision).toBe(2)

    await admin.delete(`${path}/${body.key}`).set('if-match', '"2"').expect(204)
    await admin.get(`${path}/${body.key}`).expect(404)
    await admin.delete(`${path}/${body.key}`).set('if-match', '"2"').expect(404)
  })

  it('are not made twice, and keep their key', async () => {
    const { admin } = shop
    await admin
      .post(path)
      .send({ ...body, key: 'twice' })
      .expect(201)
    const again = await admin
      .post(path)
      .send({ ...body, key: 'twice' })
      .expect(409)
    expect(again.body).toMatchObject({ type: '/problems/exists', pointer: '/key' })
    const renamed = await admin
      .put(`${path}/twice`)
      .set('if-match', '"1"')
      .send({ ...body, key: 'thrice' })
      .expect(422)
    expect(renamed.body).toMatchObject({ pointer: '/key' })
    await admin.delete(`${path}/twice`).set('if-match', '"1"').expect(204)
  })

  it('are listed page by page, each once', async () => {
    const { admin } = shop
    const keys = ['page-a', 'page-b', 'page-c', 'page-d']
    for (const key of keys)
      await admin
        .post(path)
        .send({ ...body, key })
        .expect(201)
    const seen: string[] = []
    let next: string | undefined = `${path}?limit=2`
    while (next) {
      const page: { body: Record<string, { key: string }[]>; headers: Record<string, string> } = await admin.get(next).expect(200)
      expect(page.body[plural]!.length).toBeLessThanOrEqual(2)
      seen.push(...page.body[plural]!.map((noun) => noun.key))
      next = /^<([^>]+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
    }
    expect(seen).toEqual([...seen].sort())
    expect(seen.filter((key) => key.startsWith('page-'))).toEqual(keys)
    expect(new Set(seen).size).toBe(seen.length)
    for (const key of keys) await admin.delete(`${path}/${key}`).set('if-match', '"1"').expect(204)
  })

  it('refuse what they do not know, with the place, and change nothing', async () => {
    const { admin } = shop
    const before = (await admin.get(path)).body
    const { body: problem } = await admin
      .post(path)
      .send({ ...body, colour: 'red' })
      .expect(422)
    expect(problem).toMatchObject({ type: '/problems/invalid', pointer: '/colour' })
    await admin
      .post(path)
      .send({ ...body, key: 'Not A Key' })
      .expect(422)
    await admin.post(path).send([body]).expect(422)
    expect((await admin.get(path)).body).toEqual(before)
  })
})

describe('references', () => {
  it('to what does not exist are refused, all of them at once, each with its place', async () => {
    const { admin } = shop
    const experiment = {
      key: 'x',
      surface: 'nowhere',
      arms: [
        { key: 'a', policy: 'popularity' },
        { key: 'b', policy: 'magic' },
      ],
      metrics: ['conversion', 'joy'],
    }
    const { body } = await admin.post('/v1/experiments').send(experiment).expect(422)
    expect(body.type).toBe('/problems/unknown-reference')
    expect(body.errors).toEqual([
      { pointer: '/surface', detail: 'there is no surface "nowhere"' },
      { pointer: '/arms/1/policy', detail: 'there is no policy "magic"' },
      { pointer: '/metrics/1', detail: 'there is no metric "joy"' },
    ])
    const surface = await admin.post('/v1/surfaces').send({ key: 's', policy: 'magic', fallback: 'wonder' }).expect(422)
    expect(surface.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/policy', '/fallback'])
    const policy = await admin
      .post('/v1/policies')
      .send({ key: 'p', kind: 'hybrid', parameters: { parts: [{ policy: 'magic', weight: 1 }] } })
      .expect(422)
    expect(policy.body).toMatchObject({ type: '/problems/unknown-reference', pointer: '/parameters' })
  })

  it('of a policy to itself are refused', async () => {
    const { admin } = shop
    const { body } = await admin
      .post('/v1/policies')
      .send({ key: 'selfish', kind: 'hybrid', parameters: { parts: [{ policy: 'selfish', weight: 1 }] } })
      .expect(422)
    expect(body).toMatchObject({ type: '/problems/invalid', pointer: '/parameters' })
  })

  it('keep what they refer to from being removed, and say who needs it', async () => {
    const { admin } = shop
    const { headers } = await admin.get('/v1/policies/hybrid').expect(200)
    const { body } = await admin.delete('/v1/policies/hybrid').set('if-match', headers.etag!).expect(409)
    expect(body).toMatchObject({ type: '/problems/in-use' })
    expect(body.because).toMatch(/surface "home" needs the policy "hybrid"/)
  })
})

describe('parameters of a policy', () => {
  it('are checked by its kind', async () => {
    const { body } = await shop.admin
      .post('/v1/policies')
      .send({ key: 'p', kind: 'popularity-decay', parameters: { halfLifeHours: -1 } })
      .expect(422)
    expect(body.pointer).toBe('/parameters/halfLifeHours')
    const kind = await shop.admin.post('/v1/policies').send({ key: 'p', kind: 'astrology' }).expect(422)
    expect(kind.body.pointer).toBe('/kind')
  })
})
