import request, { type Agent } from 'supertest'
import type { Service } from '../../../src/main.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { KEY, startService, type TestService } from '../../support/service.ts'

/** The whole service over a database of its own, asked through supertest. */
export interface Shop {
  readonly service: Service
  readonly url: string
  readonly database: FreshDatabase
  readonly query: TestService['query']
  /** Asks without a key. */
  readonly open: Agent
  /** Asks with the first admin key. */
  readonly admin: Agent
  /** Asks with a new key that has these scopes. */
  as(...scopes: readonly string[]): Promise<Agent>
  close(): Promise<void>
}

export async function openShop(environment: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const database = await freshDatabase()
  const { service, url, query, stop } = await startService(environment, database.url)
  const admin = withKey(url, KEY)
  return {
    service,
    url,
    database,
    query,
    open: request.agent(url),
    admin,
    async as(...scopes) {
      const { body } = await admin
        .post('/v1/keys')
        .send({ name: scopes.join(' '), scopes })
        .expect(201)
      return withKey(url, body.key)
    },
    async close() {
      await stop()
      await database.drop()
    },
  }
}

export function withKey(url: string, key: string): Agent {
  return request.agent(url).set('authorization', `Bearer ${key}`)
}
