import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { type Service, serve } from '../../src/main.ts'
import { freshDatabase } from './database.ts'

/** A whole service on a database of its own, and a client that speaks to it as a shop would: over HTTP. */

export const KEY = 'cr_test_bootstrap_0123456789abcdef0123456789abcdef'

/** Always the same, so that every run deals the same shoppers to the same arms. */
export const SECRET = 'a secret of tests, the same in every run of them'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed when it is JSON, else null. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests
  readonly body: any
  readonly text: string
}

export type Call = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>

export interface TestService {
  readonly url: string
  readonly databaseUrl: string
  readonly service: Service
  readonly call: Call
  query(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  stop(): Promise<void>
}

/** Calls an address with the bootstrap key, or with the one in `headers`. */
export function callerOf(url: string): Call {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null }
  }
}

/** Starts a service in this process. Training and folding happen on demand unless `environment` says otherwise. */
export async function startService(environment: Readonly<Record<string, string>> = {}, databaseUrl?: string): Promise<TestService> {
  const database = databaseUrl === undefined ? await freshDatabase() : { url: databaseUrl, drop: async () => undefined }
  const folder = mkdtempSync(join(tmpdir(), 'croupier-test-'))
  const secretFile = join(folder, 'test-secret')
  writeFileSync(secretFile, SECRET, { mode: 0o600 })
  const service = await serve(
    readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      CROUPIER_DATA_DIR: folder,
      CROUPIER_BOOTSTRAP_KEY: KEY,
      CROUPIER_SECRET_FILE: secretFile,
      CROUPIER_TRAIN_EVERY_MINUTES: '0',
      CROUPIER_LOG_LEVEL: 'silent',
      ...environment,
    }),
  )
  const client = new pg.Client(database.url)
  client.on('error', () => undefined)
  await client.connect()
  return {
    url: service.url,
    databaseUrl: database.url,
    service,
    call: callerOf(service.url),
    query: (sql, values = []) => client.query(sql, [...values]),
    stop: async () => {
      await client.end()
      await service.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A running service, here or in a process of its own. */
export interface ShopToStock extends Pick<TestService, 'query'> {
  readonly service: { train(): Promise<unknown> }
}

/** Fills a shop: items SKU-1 … SKU-n, and shoppers with a history in which early items are popular. Then trains. */
export async function stockShop({ query, service }: ShopToStock, items = 40): Promise<void> {
  await query(
    `INSERT INTO items (item_id, title, category, price_minor, currency, stock)
     SELECT 'SKU-' || i, 'Shoe ' || i, CASE WHEN i % 2 = 0 THEN 'road' ELSE 'trail' END, 1000 * i, 'EUR', 100 FROM generate_series(1, $1::int) AS i`,
    [items],
  )
  await query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
     SELECT decode(md5('history ' || (i / 5)), 'hex'), 1 + (i * i * 7 + i / 5) % $1::int, 'purchase', 1, now() - interval '1 day' * (i % 20)
     FROM generate_series(1, 2000) AS i`,
    [items],
  )
  await query("SELECT pg_notify('croupier_changes', 'test items')")
  await service.train()
}
