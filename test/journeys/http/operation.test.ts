import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROBLEM_SLUGS, PROBLEMS } from '../../../src/http/problems.ts'
import { until } from '../../support/until.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('probes', () => {
  it('need no key and say that all is well', async () => {
    await shop.open.get('/livez').expect(200, { status: 'live' })
    const { body } = await shop.open.get('/readyz').expect(200)
    expect(body.status).toBe('ready')
    expect(body.checks.map(({ name }: { name: string }) => name)).toEqual([
      'running',
      'snapshot',
      'settings',
      'database',
      'log',
      'migrations',
      'spool',
      'fold',
    ])
    await shop.open.head('/livez').expect(200)
  })

  it('say which schema is missing', async () => {
    const other = await openShop()
    await other.query("DELETE FROM knex_migrations WHERE name LIKE '0002%'")
    const { body } = await other.open.get('/readyz').expect(503)
    expect(body.detail).toMatch(/migrations: not applied: 0002_catalogue\.sql/)
    await other.close()
  })
})

describe('with the database away', () => {
  it('the service says why it is not ready, goes on with slates and outcomes, and refuses the rest', async () => {
    const other = await openShop()
    await other.admin
      .post('/v1/items')
      .send([{ itemId: 'SKU-1' }])
      .expect(200)
    await until(async () => (await other.admin.post('/v1/slates').send({ surface: 'home' })).body.items.length === 1)
    await other.database.drop()
    await until(async () => (await other.open.get('/readyz')).status === 503)
    const { body, headers } = await other.open.get('/readyz').expect(503)
    expect(body).toMatchObject({ type: '/problems/not-ready' })
    expect(body.checks.find(({ name }: { name: string }) => name === 'database')).toMatchObject({ ok: false })
    expect(headers['retry-after']).toBe('1')
    await other.open.get('/readyz?for=slates').expect(200)
    const { body: slate } = await other.admin.post('/v1/slates').send({ surface: 'home', unit: 'shopper-1' }).expect(200)
    expect(slate.items).toHaveLength(1)
    const told = await other.admin
      .post('/v1/outcomes')
      .send({ outcomes: [{ outcomeId: 'o-1', token: slate.token, type: 'click' }] })
      .expect(200)
    expect(told.body.results).toEqual([{ outcomeId: 'o-1', status: 'queued' }])
    const refused = await other.admin.get('/v1/surfaces')
    expect([refused.status, refused.body.type]).toEqual([503, '/problems/database-away'])
    const { text } = await other.admin.get('/metrics').expect(200)
    expect(text).toMatch(/croupier_log_connected\{log="exposures"\} 0/)
    expect(text).toMatch(/croupier_log_events_total\{log="exposures",event="spooled"\} [1-9]/)
    await other.close()
  })
})

describe('the metrics page', () => {
  it('counts requests, slates, rows and refusals', async () => {
    await shop.admin.post('/v1/slates').send({ surface: 'home', unit: 'a' }).expect(200)
    await shop.admin.post('/v1/slates').send({ surface: 'home', size: 0 }).expect(422)
    await shop.open.get('/nowhere').expect(404)
    const { text, headers } = await shop.admin.get('/metrics').expect(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toMatch(/croupier_http_requests_total\{route="POST \/v1\/slates",status="200"\} [1-9]/)
    expect(text).toMatch(/croupier_http_requests_total\{route="POST \/v1\/slates",status="422"\} [1-9]/)
    expect(text).toMatch(/croupier_http_requests_total\{route="elsewhere",status="404"\} [1-9]/)
    expect(text).toMatch(/croupier_log_events_total\{log="exposures",event="rows"\} [1-9]/)
    expect(text).toMatch(/croupier_slate_reasons_total\{reason="\w+"\} [1-9]/)
    expect(text).toMatch(/croupier_snapshot_info\{id="[0-9a-f]{16}"\} 1/)
    expect(text).toMatch(/croupier_fold_lag_seconds \d/)
    expect(text).toMatch(/croupier_event_loop_delay_seconds\{quantile="0.99"\} \d/)
    expect(text).not.toContain('shopper')
    await (await shop.as('ops')).get('/metrics').expect(200)
  })
})

describe('the documentation', () => {
  it('is open to everyone', async () => {
    const { body } = await shop.open.get('/openapi.json').expect(200).expect('content-type', 'application/json')
    expect(body.openapi).toMatch(/^3\.1/)
    const docs = await shop.open.get('/docs').expect(200).expect('content-type', 'text/html; charset=utf-8')
    expect(docs.headers['content-security-policy']).toContain("default-src 'none'")
    expect(docs.text).toContain('/v1/slates')
  })

  it('has a page behind the type of every problem', async () => {
    for (const slug of PROBLEM_SLUGS) {
      const { text } = await shop.open.get(`/problems/${slug}`).expect(200).expect('content-type', 'text/plain; charset=utf-8')
      expect(text).toContain(PROBLEMS[slug].meaning)
    }
    await shop.open.get('/problems/none').expect(404)
  })
})

describe('what is not in the contract', () => {
  it('is nowhere', async () => {
    for (const path of ['/', '/v1', '/v1/slates/', '/V1/slates', '/v1/surfaces/a/b', '/.env']) {
      const { body } = await shop.admin.get(path).expect(404)
      expect(body.type).toBe('/problems/unknown-route')
    }
  })

  it('by method is refused with the methods that there are', async () => {
    const { body, headers } = await shop.admin.delete('/v1/slates').expect(405)
    expect(body.type).toBe('/problems/method-not-allowed')
    expect(headers.allow).toBe('POST, OPTIONS')
    const options = await shop.open.options('/v1/surfaces/home').expect(204)
    expect(options.headers.allow).toBe('GET, PUT, DELETE, HEAD, OPTIONS')
    await shop.admin.patch('/v1/surfaces/home').expect(405)
  })

  it('gives nothing away about what it is made of', async () => {
    const { headers } = await shop.open.get('/nowhere').expect(404)
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })
})
