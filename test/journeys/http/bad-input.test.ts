import fc from 'fast-check'
import type { Response } from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract } from '../../../src/http/contract.ts'
import { outcomeResultsSchema } from '../../../src/http/outcome-request.ts'
import { slateSchema } from '../../../src/http/slate-request.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const TABLES = [
  'surfaces',
  'policies',
  'metrics',
  'experiments',
  'epochs',
  'items',
  'api_keys',
  'flags',
  'exposures',
  'outcomes',
  'outcome_keys',
  'request_keys',
]

async function everything(): Promise<string> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`)
  return JSON.stringify((await shop.query(`SELECT ${counts.join(', ')}`)).rows[0])
}

const BODIES: readonly (readonly [string, string, string])[] = [
  ['nothing', 'application/json', ''],
  ['half a body', 'application/json', '{"key":'],
  ['no JSON', 'application/json', 'key=value'],
  ['a number', 'application/json', '7'],
  ['null', 'application/json', 'null'],
  ['an empty list', 'application/json', '[]'],
  ['an empty object', 'application/json', '{}'],
  ['what nobody knows', 'application/json', '{"colour":"red","value":1}'],
  ['a name twice', 'application/json', '{"key":"twice-a","key":"twice-b","surface":"home"}'],
  ['a prototype', 'application/json', '{"__proto__":{"key":"x"},"constructor":1}'],
  ['a NUL', 'application/json', '{"key":"a\\u0000","surface":"a\\u0000"}'],
  ['half a pair', 'application/json', '{"key":"\\ud83d"}'],
  ['depth', 'application/json', `${'[{"a":'.repeat(50)}1${'}]'.repeat(50)}`],
  ['a megabyte', 'application/json', JSON.stringify({ key: 'x'.repeat(1_100_000) })],
  ['XML', 'application/xml', '<key/>'],
  ['a form', 'application/x-www-form-urlencoded', 'key=x'],
]
/** An empty rotation, training, rollback or question is a good one. */
const TAKES_NOTHING = ['rotateKey', 'trainPolicy', 'rollbackPolicy', 'askWhatIf']

describe('bad input', () => {
  const bodied = contract.filter(({ body, id }) => body && !TAKES_NOTHING.includes(id))

  it.each(BODIES)('of the kind "%s" gets a problem from every route that takes a body, and changes nothing', async (_, type, body) => {
    const before = await everything()
    const wrong: string[] = []
    for (const { id, method, path } of bodied) {
      const address = path.replace('/flags/{key}', '/flags/policy.hybrid.killed').replaceAll(/\{\w+\}/g, 'home')
      const answer: Response = await shop.admin[method](address).set('if-match', '"1"').set('content-type', type).send(body)
      const isProblem = answer.headers['content-type'] === 'application/problem+json'
      if (!isProblem || ![400, 413, 415, 422].includes(answer.status) || answer.body.status !== answer.status)
        wrong.push(`${id}: ${answer.status} ${answer.text.slice(0, 200)}`)
    }
    expect(wrong).toEqual([])
    expect(await everything()).toBe(before)
  })

  it('of any shape at all never breaks the service', async () => {
    const paths = ['/v1/slates', '/v1/outcomes', '/v1/items', '/v1/experiments', '/v1/metrics', '/v1/policies', '/v1/keys']
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(
          fc.oneof(text, fc.constantFrom('surface', 'outcomes', 'key', 'kind', 'unit', 'arms', 'itemId', 'context', 'name', 'scopes')),
          tie('node'),
          { maxKeys: 5 },
        ),
      ),
    })).node
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), value, async (path, body) => {
        const { status } = await shop.admin.post(path).set('content-type', 'application/json').send(JSON.stringify(body))
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  })
})

describe('what storefronts are told', () => {
  it('is what the contract says', async () => {
    await shop.admin
      .post('/v1/items')
      .send([{ itemId: 'SKU-1' }, { itemId: 'SKU-2' }])
      .expect(200)
    // What was sent at random may have been an item, too.
    const shown = async () => (await shop.admin.post('/v1/slates').send({ surface: 'home' })).body.items.length
    await expect.poll(shown).toBeGreaterThanOrEqual(2)
    const { body: slate, headers } = await shop.admin.post('/v1/slates').send({ surface: 'home', unit: 'u', size: 1 }).expect(200)
    expect(slateSchema.parse(slate)).toEqual(slate)
    expect(headers['content-type']).toBe('application/json')
    const outcomes = [
      { outcomeId: 'a', token: slate.token, type: 'click' },
      { outcomeId: 'a', token: slate.token, type: 'click' },
      { outcomeId: 'a', token: slate.token, type: 'view' },
      { outcomeId: 'b', token: 'v1.x', type: 'click' },
      7,
    ]
    const { body: told } = await shop.admin.post('/v1/outcomes').send({ outcomes }).expect(200)
    expect(outcomeResultsSchema.parse(told)).toEqual(told)
    expect(told.results.map(({ status }: { status: string }) => status)).toEqual(['accepted', 'duplicate', 'refused', 'refused', 'refused'])
  })

  it('names the surface that does not exist', async () => {
    const { body } = await shop.admin.post('/v1/slates').send({ surface: 'nowhere' }).expect(422)
    expect(body).toMatchObject({ type: '/problems/unknown-surface', pointer: '/surface' })
  })

  it('is the same for the same requestId, and a conflict for another body', async () => {
    const request = { surface: 'home', unit: 'u', requestId: 'r-1' }
    const first = await shop.admin.post('/v1/slates').send(request).expect(200)
    const again = await shop.admin.post('/v1/slates').send(request).expect(200)
    expect(again.text).toBe(first.text)
    const other = await shop.admin
      .post('/v1/slates')
      .send({ ...request, size: 1 })
      .expect(409)
    expect(other.body).toMatchObject({ type: '/problems/request-id-reused', pointer: '/requestId' })
  })
})
