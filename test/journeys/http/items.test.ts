import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEY } from '../../support/service.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const item = (itemId: string, more: object = {}) => ({
  itemId,
  title: `Shoe ${itemId}`,
  price: '89.90',
  currency: 'EUR',
  stock: 3,
  ...more,
})

describe('items', () => {
  it('are put in bulk, answered one by one, and shown as they were sent', async () => {
    const { admin } = shop
    const sent = [
      item('A', { margin: '31.00', attributes: { drop: 8, vegan: true } }),
      item('B', { price: '12', currency: 'JPY' }),
      { itemId: 'C' },
    ]
    const { body } = await admin.post('/v1/items').send(sent).expect(200)
    expect(body).toEqual({ results: ['A', 'B', 'C'].map((itemId) => ({ itemId, status: 'accepted' })), accepted: 3, refused: 0 })
    expect((await admin.get('/v1/items/A').expect(200)).body).toEqual({
      itemId: 'A',
      title: 'Shoe A',
      category: null,
      brand: null,
      price: '89.90',
      margin: '31.00',
      currency: 'EUR',
      stock: 3,
      discontinued: false,
      seller: null,
      returnRate: null,
      countries: null,
      attributes: { drop: 8, vegan: true },
    })
    expect((await admin.get('/v1/items/B')).body).toMatchObject({ price: '12', currency: 'JPY' })
    expect((await admin.get('/v1/items/C')).body).toMatchObject({ title: '', price: null, stock: null })
  })

  it('that are bad spoil no other, and say where they are bad', async () => {
    const { admin } = shop
    const sent = [
      item('D'),
      item('E', { price: 'cheap' }),
      { title: 'no id' },
      'text',
      item('F', { colour: 'red' }),
      item('G', { currency: null }),
      item('H', { stock: -1 }),
    ]
    const { body } = await admin.post('/v1/items').send(sent).expect(200)
    expect(body).toMatchObject({ accepted: 1, refused: 6 })
    const pointers = body.results.map((result: { problem?: { pointer: string } }) => result.problem?.pointer)
    expect(pointers).toEqual([undefined, '/1/price', '/2/itemId', '/3', '/4/colour', '/5/currency', '/6/stock'])
    expect(body.results[1]).toMatchObject({ itemId: 'E', status: 'refused', problem: { type: '/problems/invalid' } })
    await admin.get('/v1/items/E').expect(404)
    await admin.get('/v1/items/D').expect(200)
  })

  it('sent twice in one batch count as they were sent last', async () => {
    await shop.admin
      .post('/v1/items')
      .send([item('T', { stock: 1 }), item('T', { stock: 9 })])
      .expect(200)
    expect((await shop.admin.get('/v1/items/T')).body.stock).toBe(9)
  })

  it('come as a stream of lines, too, and are answered line by line', async () => {
    const { admin } = shop
    const lines = Array.from({ length: 2_500 }, (_, i) => JSON.stringify(item(`N-${String(i).padStart(4, '0')}`)))
    lines[1_200] = '{"itemId": oops}'
    lines[2_000] = JSON.stringify({ itemId: 'x', title: 'y'.repeat(70_000) })
    const answer = await admin
      .post('/v1/items')
      .type('application/x-ndjson')
      .send(lines.join('\n'))
      .buffer(true)
      .parse((response, done) => {
        let all = ''
        response.on('data', (chunk) => {
          all += chunk
        })
        response.on('end', () => done(null, all))
      })
    expect(answer.status).toBe(200)
    const results = (answer.body as string)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(results).toHaveLength(2_500)
    expect(results.filter(({ status }) => status === 'accepted')).toHaveLength(2_498)
    expect(results[1_200]).toEqual({
      itemId: null,
      status: 'refused',
      problem: { type: '/problems/bad-json', detail: 'Unexpected "o" at line 1, column 12.', pointer: '/1201' },
    })
    expect(results[2_000].problem).toMatchObject({ type: '/problems/too-large', pointer: '/2001' })
    await admin.get('/v1/items/N-2499').expect(200)
  })

  it('are answered also when a client sends its whole stream before it reads', async () => {
    const lines = 100_000
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(shop.url)
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' }
      const request = httpRequest({ hostname, port, method: 'POST', path: '/v1/items', headers })
      let waiting: IncomingMessage | undefined
      const read = (response: IncomingMessage) => text(response).then(resolve, reject)
      request.on('response', (response) => {
        waiting = response.pause()
        if (request.writableFinished) read(response)
      })
      request.on('finish', () => waiting && read(waiting))
      request.on('error', reject)
      request.end(`7${' '.repeat(150)}\n`.repeat(lines))
    })
    expect(answer.trim().split('\n')).toHaveLength(lines)
  })

  it('are listed page by page', async () => {
    const first = await shop.admin.get('/v1/items?limit=2').expect(200)
    expect(first.body.items.map((one: { itemId: string }) => one.itemId)).toEqual(['A', 'B'])
    const next = /<([^>]+)>/.exec(first.headers.link!)![1]!
    expect((await shop.admin.get(next).expect(200)).body.items[0].itemId).toBe('C')
  })

  it('are discontinued, not forgotten', async () => {
    await shop.admin.delete('/v1/items/A').expect(204)
    expect((await shop.admin.get('/v1/items/A').expect(200)).body.discontinued).toBe(true)
    await shop.admin.delete('/v1/items/nothing').expect(404)
  })

  it('may have any name that a path can carry', async () => {
    const itemId = 'größe 42/½ %&?'
    await shop.admin
      .post('/v1/items')
      .send([item(itemId)])
      .expect(200)
    expect((await shop.admin.get(`/v1/items/${encodeURIComponent(itemId)}`).expect(200)).body.itemId).toBe(itemId)
    await shop.admin.get('/v1/items/%E0%A4%A').expect(400).expect('content-type', 'application/problem+json')
    await shop.admin.get('/v1/items/%00').expect(404)
    await shop.admin.get('/v1/items?after=%00').expect(400)
  })

  it('in other shapes are refused whole', async () => {
    await shop.admin.post('/v1/items').send({ items: [] }).expect(422)
    await shop.admin.post('/v1/items').send([]).expect(422)
    await shop.admin
      .post('/v1/items')
      .send(Array.from({ length: 1_001 }, (_, i) => ({ itemId: `${i}` })))
      .expect(422)
    await shop.admin.post('/v1/items').type('text/csv').send('itemId\nA').expect(415)
  })
})
