import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { conduct } from '../../src/http/conduct.ts'
import { type Answer, bind, json } from '../../src/http/handler.ts'
import { newGate } from '../../src/http/limits.ts'
import { Problem } from '../../src/http/problems.ts'
import { expressPath, NDJSON_TYPE, type Route, route } from '../../src/http/route.ts'
import { openLog } from '../../src/telemetry/log.ts'
import { newRequestCounters } from '../../src/telemetry/request-counters.ts'
import { NO_TRACES } from '../../src/telemetry/traces.ts'

const thing = z.strictObject({ size: z.number().max(100), note: z.string().default('') })
const putThing = route({
  id: 'putThing',
  tag: 'Things',
  method: 'put',
  path: '/things/{key}',
  scopes: ['product', 'finance'],
  load: 'crud',
  summary: 'A thing',
  params: z.strictObject({ key: z.string().regex(/^[a-z]+$/, 'must be letters') }),
  query: z.strictObject({ limit: z.coerce.number().int().max(10).default(3) }),
  body: { schema: thing, streamed: [NDJSON_TYPE] },
  precondition: true,
  answers: {},
  problems: [],
})

type Handler = () => Answer | Promise<Answer>

/** An application of one route, with real parts around it. */
function shop({ handler, capacity = 100 }: { handler?: Handler; capacity?: number } = {}) {
  const lines: string[] = []
  const world = {
    verify: (key: string) =>
      ({
        product: { selector: 'p', scopes: ['product'] },
        shop: { selector: 's', scopes: ['storefront'] },
        admin: { selector: 'a', scopes: ['admin'] },
      })[key] ?? null,
    gate: newGate(capacity),
    requests: newRequestCounters(),
    traces: NO_TRACES,
    log: openLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }),
  }
  const app = express()
  const bound = bind(
    putThing,
    ({ params, query, body, bytes, caller }) =>
      handler?.() ?? json(200, { params, query, body, bytes: bytes.length, caller: caller?.selector }),
    ({ request: stream }) => ({
      status: 200,
      type: NDJSON_TYPE,
      stream: (async function* () {
        for await (const chunk of stream) yield `${(chunk as Buffer).length}\n`
      })(),
    }),
  )
  app.put(expressPath(putThing as unknown as Route), conduct(bound, world) as never)
  const put = (path = '/things/lamp') => request(app).put(path)
  const good = (path?: string) => put(path).set('authorization', 'Bearer product').set('if-match', '"1"')
  return { app, world, lines, put, good }
}

describe('conducting a request', () => {
  it('gives the handler what the contract promises', async () => {
    const { body, headers } = await shop().good('/things/lamp?limit=7').send({ size: 5 }).expect(200)
    expect(body).toEqual({ params: { key: 'lamp' }, query: { limit: 7 }, body: { size: 5, note: '' }, bytes: 10, caller: 'p' })
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  it('asks for a key first, whatever else is wrong', async () => {
    const { put } = shop()
    const { body, headers } = await put('/things/LAMP?x=1').set('content-type', 'text/css').send('{').expect(401)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(headers['www-authenticate']).toBe('Bearer realm="croupier"')
    expect(body.type).toBe('/problems/unauthenticated')
    const wrong = await put().set('authorization', 'Bearer nonsense').send({}).expect(401)
    expect(wrong.headers['www-authenticate']).toContain('invalid_token')
    await put().set('authorization', 'Basic cDpx').send({}).expect(401)
  })

  it('names the scope that is missing, and lets an admin do everything', async () => {
    const { put } = shop()
    const { body, headers } = await put().set('authorization', 'Bearer shop').send({}).expect(403)
    expect(body).toMatchObject({
      type: '/problems/forbidden',
      detail: 'This needs a key with the scope product or finance.',
      scopes: ['product', 'finance'],
    })
    expect(headers['www-authenticate']).toContain('scope="product finance"')
    await put().set('authorization', 'Bearer admin').set('if-match', '"1"').send({ size: 1 }).expect(200)
  })

  it.each([
    [
      'a change without If-Match',
      (s: ReturnType<typeof shop>) => s.put().set('authorization', 'Bearer product').send({ size: 1 }),
      428,
      'precondition-required',
      undefined,
    ],
    ['a name that nothing can have', (s: ReturnType<typeof shop>) => s.good('/things/LAMP').send({ size: 1 }), 404, 'not-found', undefined],
    [
      'an unknown query parameter',
      (s: ReturnType<typeof shop>) => s.good('/things/lamp?colour=red').send({ size: 1 }),
      400,
      'bad-query',
      '/colour',
    ],
    [
      'a query out of bounds',
      (s: ReturnType<typeof shop>) => s.good('/things/lamp?limit=11').send({ size: 1 }),
      400,
      'bad-query',
      '/limit',
    ],
    [
      'a query given twice',
      (s: ReturnType<typeof shop>) => s.good('/things/lamp?limit=1&limit=2').send({ size: 1 }),
      400,
      'bad-query',
      '/limit',
    ],
    ['no type', (s: ReturnType<typeof shop>) => s.good().unset('content-type'), 415, 'unsupported-type', undefined],
    ['another type', (s: ReturnType<typeof shop>) => s.good().type('text/xml').send('<a/>'), 415, 'unsupported-type', undefined],
    [
      'another charset',
      (s: ReturnType<typeof shop>) => s.good().set('content-type', 'application/json; charset=latin1').send('{}'),
      415,
      'unsupported-type',
      undefined,
    ],
    [
      'an encoding',
      (s: ReturnType<typeof shop>) => s.good().set('content-encoding', 'gzip').send({ size: 1 }),
      415,
      'unsupported-type',
      undefined,
    ],
    ['an empty body', (s: ReturnType<typeof shop>) => s.good().type('application/json').send(''), 400, 'bad-json', undefined],
    ['half a body', (s: ReturnType<typeof shop>) => s.good().type('application/json').send('{"size":'), 400, 'bad-json', undefined],
    ['a NUL', (s: ReturnType<typeof shop>) => s.good().send({ size: 1, note: 'a\0' }), 400, 'bad-text', '/note'],
    [
      'too deep a body',
      (s: ReturnType<typeof shop>) => s.good().type('application/json').send('['.repeat(200)),
      400,
      'bad-json',
      undefined,
    ],
    ['a fault in the body', (s: ReturnType<typeof shop>) => s.good().send({ size: 101 }), 422, 'invalid', '/size'],
    ['an unknown member', (s: ReturnType<typeof shop>) => s.good().send({ size: 1, __proto__x: 1 }), 422, 'invalid', '/__proto__x'],
    [
      '__proto__',
      (s: ReturnType<typeof shop>) => s.good().type('application/json').send('{"size":1,"__proto__":{"admin":1}}'),
      422,
      'invalid',
      '/__proto__',
    ],
  ])('refuses %s', async (_, ask, status, slug, pointer) => {
    const { body } = await ask(shop()).expect(status)
    expect(body).toMatchObject({ type: `/problems/${slug}`, status, ...(pointer === undefined ? {} : { pointer }) })
  })

  it('refuses a body that is too large, announced or not', async () => {
    const big = JSON.stringify({ size: 1, note: 'x'.repeat(1024 * 1024) })
    const announced = await shop().good().type('application/json').send(big).expect(413)
    expect(announced.body).toMatchObject({ type: '/problems/too-large', most: 1_048_576 })
    const { app } = shop()
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/things/lamp`
    const headers = { authorization: 'Bearer product', 'if-match': '"1"', 'content-type': 'application/json', connection: 'close' }
    const answer = await fetch(url, { method: 'PUT', headers, body: new Blob([big]).stream(), duplex: 'half' } as RequestInit)
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([413, '/problems/too-large'])
    server.close()
  })

  it('hands streamed types to the handler unread, and sends what it makes as it comes', async () => {
    const { text, headers } = await shop()
      .good()
      .type(NDJSON_TYPE)
      .send('x'.repeat(1000))
      .buffer(true)
      .parse((response, done) => {
        let all = ''
        response.on('data', (chunk) => {
          all += chunk
        })
        response.on('end', () => done(null, all))
      })
      .then((response) => ({ text: response.body as string, headers: response.headers }))
    expect(
      text
        .trim()
        .split('\n')
        .map(Number)
        .reduce((a, b) => a + b),
    ).toBe(1000)
    expect(headers['content-type']).toBe(NDJSON_TYPE)
  })
})

describe('a fault of ours', () => {
  it('is told without its text, counted, and logged under the incident', async () => {
    const { good, world, lines } = shop({
      handler: () => {
        throw new TypeError('the password is 1234')
      },
    })
    const { body, text } = await good().send({ size: 1 }).expect(500)
    expect(body).toMatchObject({ type: '/problems/internal', detail: 'Something went wrong on our side.' })
    expect(text).not.toContain('1234')
    expect(world.requests.crashes).toBe(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      incident: body.incident,
      route: 'PUT /things/{key}',
      error: { message: 'the password is 1234' },
    })
  })

  it('is not what handlers throw as a problem', async () => {
    const { good, world, lines } = shop({
      handler: async () => {
        throw new Problem('exists', { pointer: '/key' })
      },
    })
    await good().send({ size: 1 }).expect(409)
    expect([world.requests.crashes, lines.length]).toEqual([0, 0])
  })

  it('leaves the gate as it was', async () => {
    const { good, world } = shop({
      handler: async () => {
        throw new Error('x')
      },
    })
    await good().send({ size: 1 }).expect(500)
    expect(world.gate.counters.crud).toEqual({ inHand: 0, waiting: 0, refused: 0 })
  })
})

describe('under load', () => {
  it('who cannot be served in time is told when to come back, in whole seconds', async () => {
    const { good, world } = shop({ capacity: 2 })
    world.gate.enter('slate')
    const { body, headers } = await good().send({ size: 1 }).expect(429)
    expect(body.type).toBe('/problems/overloaded')
    expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
    world.gate.leave('slate')
    await good().send({ size: 1 }).expect(200)
    expect(world.gate.counters.crud.refused).toBe(1)
  })

  it('every answer is counted by route and status', async () => {
    const { good, put, world } = shop()
    await good().send({ size: 1 })
    await good().send({ size: 101 })
    await put().send({})
    const { statuses, buckets } = world.requests.routes.get('PUT /things/{key}')!
    expect(Object.fromEntries(statuses)).toEqual({ 200: 1, 422: 1, 401: 1 })
    expect(buckets.reduce((a, b) => a + b)).toBe(3)
  })
})
