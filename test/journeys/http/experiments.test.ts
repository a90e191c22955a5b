import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const path = '/v1/experiments'

async function draft(key: string): Promise<void> {
  await shop.admin
    .post(path)
    .send({
      key,
      surface: 'home',
      arms: [
        { key: 'a', policy: 'popularity' },
        { key: 'b', policy: 'hybrid' },
      ],
      metrics: ['conversion', 'net-revenue'],
      plan: { unitsPerArm: 10 },
    })
    .expect(201)
}
const act = (key: string, action: string) => shop.admin.post(`${path}/${key}/${action}`)

describe('the life of an experiment', () => {
  it('goes from draft to archive, and says what is possible when something is not', async () => {
    await draft('life')
    const early = await act('life', 'stop').expect(409)
    expect(early.body).toMatchObject({ type: '/problems/wrong-status', status: 409, current: 'draft', possible: ['start', 'archive'] })
    for (const [action, status] of [
      ['start', 'running'],
      ['pause', 'paused'],
      ['resume', 'running'],
      ['stop', 'stopped'],
      ['archive', 'archived'],
    ]) {
      const { body, headers } = await act('life', action!).expect(200)
      expect(body).toMatchObject({ key: 'life', status })
      expect(headers.etag).toBe(`"${body.revision}"`)
    }
    const over = await act('life', 'start').expect(409)
    expect(over.body.detail).toBe('"life" is archived and cannot start; nothing more can be done with it.')
  })

  it('is heeded under a revision when one is named', async () => {
    await draft('revised')
    await act('revised', 'start').set('if-match', '"7"').expect(412)
    await act('revised', 'start').set('if-match', '"1"').expect(200)
    await act('revised', 'stop').expect(200)
    const { body } = await shop.admin.get(`${path}/revised`).expect(200)
    const changed = await shop.admin
      .put(`${path}/revised`)
      .set('if-match', `"${body.revision}"`)
      .send({ ...body, name: 'x' })
      .expect(409)
    expect(changed.body.type).toBe('/problems/wrong-status')
    await shop.admin.delete(`${path}/revised`).set('if-match', `"${body.revision}"`).expect(409)
  })

  it('knows no experiment of another name', async () => {
    await act('nobody', 'start').expect(404)
    await act('life', 'explode').expect(404)
  })
})

describe('a report', () => {
  beforeAll(async () => {
    await draft('told')
    await shop.admin
      .post('/v1/items')
      .send([{ itemId: 'SKU-1', title: 'Shoe', price: '80.00', currency: 'EUR' }])
      .expect(200)
    await act('told', 'start').expect(200)
    for (let i = 0; i < 30; i++) {
      const { body: slate } = await shop.admin
        .post('/v1/slates')
        .send({ surface: 'home', unit: `shopper-${i}` })
        .expect(200)
      const outcomes = [{ outcomeId: `o-${i}`, token: slate.token, type: 'purchase', value: '80.00', currency: 'EUR' }]
      await shop.admin.post('/v1/outcomes').send({ outcomes }).expect(200)
    }
    await shop.service.fold()
  })

  const report = () => shop.admin.get(`${path}/told/report`)

  it('is given in the format that the reader likes', async () => {
    const asJson = await report().expect(200)
    expect(asJson.headers['content-type']).toBe('application/json')
    expect(asJson.body).toMatchObject({
      experiment: { key: 'told', status: 'running' },
      epoch: { no: 1 },
      integrity: { exposures: 30, recount: 30, equal: true },
    })
    const asCsv = await report().set('accept', 'text/csv').expect(200)
    expect(asCsv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="told-epoch-1.csv"',
      vary: 'Accept',
    })
    expect(asCsv.text.split('\r\n')[0]).toContain('metric')
    const asText = await report().set('accept', 'text/plain;q=0.9, image/png').expect(200)
    expect(asText.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(asText.text).toContain('told')
    await report()
      .query({ format: 'csv' })
      .set('accept', 'application/json')
      .expect('content-type', /text\/csv/)
  })

  it('in another format, of another epoch or experiment is refused', async () => {
    const { body } = await report().set('accept', 'image/png').expect(406)
    expect(body).toMatchObject({ type: '/problems/not-acceptable', available: ['application/json', 'text/csv', 'text/plain'] })
    await report().query({ format: 'pdf' }).expect(400)
    await report().query({ epoch: 2 }).expect(404)
    await report().query({ epoch: 'first' }).expect(400)
    await shop.admin.get(`${path}/nobody/report`).expect(404)
  })

  it('of what never started says so', async () => {
    await draft('still')
    const { body } = await shop.admin.get(`${path}/still/report`).expect(409)
    expect(body).toMatchObject({ type: '/problems/wrong-status', possible: ['start'] })
  })

  it('of an earlier epoch stays as it was when the experiment goes on', async () => {
    const { body } = await shop.admin.get(`${path}/told`).expect(200)
    await shop.admin
      .put(`${path}/told`)
      .set('if-match', `"${body.revision}"`)
      .send({ ...body, traffic: 0.5 })
      .expect(200)
    expect((await report().expect(200)).body).toMatchObject({ epoch: { no: 2 }, integrity: { exposures: 0 } })
    expect((await report().query({ epoch: 1 }).expect(200)).body).toMatchObject({ epoch: { no: 1 }, integrity: { exposures: 30 } })
  })
})
