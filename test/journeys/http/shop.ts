import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request, { type Agent } from 'supertest'
import { readConfig } from '../../../src/config.ts'
import { type Service, serve } from '../../../src/main.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

export const ADMIN_KEY = 'a bootstrap key for tests'

/** The whole service over a database of its own. */
export interface Shop {
  readonly service: Service
  readonly url: string
  readonly database: FreshDatabase
  readonly folder: string
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
  const folder = mkdtempSync(join(tmpdir(), 'croupier-shop-'))
  const service = await serve(
    readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      CROUPIER_DATA_DIR: folder,
      CROUPIER_BOOTSTRAP_KEY: ADMIN_KEY,
      CROUPIER_TRAIN_EVERY_MINUTES: '0',
      CROUPIER_FOLD_EVERY_MS: '200',
      CROUPIER_LOG_LEVEL: 'silent',
      ...environment,
    }),
  )
  const { url } = service
  const admin = withKey(url, ADMIN_KEY)
  return {
    service,
    url,
    database,
    folder,
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
      await service.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function withKey(url: string, key: string): Agent {
  return request.agent(url).set('authorization', `Bearer ${key}`)
}
