import type { Agent } from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCOPES } from '../../../src/http/authentication.ts'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
const keys = new Map<string, Agent>()
beforeAll(async () => {
  shop = await openShop()
  for (const scope of SCOPES) keys.set(scope, await shop.as(scope))
})
afterAll(() => shop.close())

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  readonly scopes: readonly string[]
}

async function operations(): Promise<readonly Operation[]> {
  const { body } = await shop.open.get('/openapi.json').expect(200)
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security: { key: string[] }[] }>).map(([method, { security }]) => ({
      method: method as Operation['method'],
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      scopes: security.flatMap(({ key }) => key),
    })),
  )
}

/** What is asked may be nonsense; it only has to come past the door. */
const ask = (agent: Agent, { method, path }: Operation) => agent[method](path)

describe('every route of the OpenAPI document', () => {
  it('opens to its scopes and to admin, and to no other', async () => {
    const all = await operations()
    expect(all.length).toBeGreaterThan(40)
    const wrong: string[] = []
    for (const operation of all) {
      for (const [scope, agent] of keys) {
        const mayEnter = operation.scopes.length === 0 || scope === 'admin' || operation.scopes.includes(scope)
        const { status } = await ask(agent, operation)
        if ((status !== 401 && status !== 403) !== mayEnter) wrong.push(`${scope} ${operation.method} ${operation.path}: ${status}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is shut without a key, with a wrong one and with one that is cut off', async () => {
    const all = (await operations()).filter(({ scopes }) => scopes.length > 0)
    const wrong: string[] = []
    const { body: made } = await shop.admin
      .post('/v1/keys')
      .send({ name: 'k', scopes: ['admin'] })
      .expect(201)
    const headers = [
      {},
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${made.key.slice(0, -1)}` },
      { authorization: `Basic ${made.key}` },
      { authorization: made.key },
    ]
    for (const operation of all) {
      for (const header of headers) {
        const { status, body } = await ask(shop.open, operation).set(header)
        if (status !== 401 || body.type !== '/problems/unauthenticated')
          wrong.push(`${JSON.stringify(header)} ${operation.method} ${operation.path}: ${status}`)
      }
    }
    expect(wrong).toEqual([])
  })
})
