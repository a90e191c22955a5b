import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type FarProcess, startFarProcess } from '../support/far-process.ts'
import type { Mood } from '../support/remote-recommender.ts'
import { stockShop } from '../support/service.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, startExperiment } from './books.ts'
import { type ChildService, environmentOf, runProgram, startChildService } from './child-service.ts'

/**
 * Another recommender is killed, slowed and corrupted while shoppers ask: service and recommender are processes of their own. Every slate is
 * answered, whole and in time, and the log tells for each what was drawn, what served instead, and from when on the arm was masked.
 */

const GOOD: Mood = { kind: 'answers', items: ['SKU-31', 'SKU-32', 'SKU-33', 'SKU-34'] }
const HUGE = `{"items":[${'[['.repeat(30_000)}${']]'.repeat(30_000)}]}`
const REMOTE_MS = 60
/** The promise of a slate. */
const DEADLINE_MS = 150
const CALLERS = 12
const STORM_MS = 2_000
/** One in so many may be slow for what else the machine does. */
const QUANTILE = 0.97

let database: FreshDatabase
let folder: string
let service: ChildService
let far: FarProcess
let client: pg.Client
const acknowledged: string[] = []

beforeAll(async () => {
  database = await freshDatabase()
  folder = temporaryDataFolder()
  const environment = environmentOf(folder, { DATABASE_URL: database.url, CROUPIER_REMOTE_PRIVATE: 'true' })
  far = await startFarProcess(GOOD)
  service = await startChildService(environment)
  client = new pg.Client(database.url)
  client.on('error', () => undefined)
  await client.connect()
  const query = (sql: string, values: readonly unknown[] = []) => client.query(sql, [...values])
  await stockShop({ query, service: { train: () => runProgram(environment, 'train') } })
  const parameters = { url: far.url, lastGoodSeconds: 0, deadlineMs: REMOTE_MS }
  expect((await service.call('POST', '/v1/policies', { key: 'far', kind: 'remote', parameters })).status).toBe(201)
  const arms = [
    { key: 'near', policy: 'popularity' },
    { key: 'far', policy: 'far' },
  ]
  await startExperiment(service.call, 'under-fire', { arms })
  await until(async () => (await slateOf('warms up')).servedPolicy !== 'static')
})
afterAll(async () => {
  await far?.kill()
  await service?.end('SIGKILL')
  await client?.end()
  await database?.drop()
  removeDataFolder(folder)
})

interface Slate {
  readonly decisionId: string
  readonly items: readonly unknown[]
  readonly servedPolicy: string
}

async function slateOf(unit: string): Promise<Slate> {
  const { status, text, body } = await service.call('POST', '/v1/slates', { surface: 'home', unit, size: 4 })
  expect(status, text).toBe(200)
  acknowledged.push(body.decisionId)
  return body
}

interface Storm {
  readonly slates: readonly Slate[]
  /** How long slates took that were asked for before it happened, and after; milliseconds. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Many shoppers at once for a while; after a third of it something happens. */
async function storm(name: string, happens: () => unknown): Promise<Storm> {
  const slates: Slate[] = []
  const before: number[] = []
  const after: number[] = []
  let times = before
  const started = performance.now()
  const caller = async (who: number) => {
    for (let i = 0; performance.now() - started < STORM_MS; i++) {
      const mine = times
      const asked = performance.now()
      slates.push(await slateOf(`${name} ${who} ${i}`))
      mine.push(performance.now() - asked)
    }
  }
  const event = new Promise((resolve) => setTimeout(resolve, STORM_MS / 3)).then(() => {
    times = after
    return happens()
  })
  await Promise.all([event, ...Array.from({ length: CALLERS }, (_, who) => caller(who))])
  return { slates, before, after }
}

const slow = (ms: readonly number[]): number => ms.toSorted((a, b) => a - b)[Math.floor(QUANTILE * (ms.length - 1))]!

/** What the log says about these decisions: how many of each way they were served. */
async function ways({ slates }: Storm): Promise<Readonly<Record<string, number>>> {
  const { rows } = await client.query(
    `SELECT concat_ws(' ', e.policy, e.reason, e.pi::text, e.policy = e.served_policy) AS way, count(*)::integer AS times
     FROM exposures e WHERE e.decision_id = ANY($1::uuid[]) GROUP BY 1`,
    [slates.map(({ decisionId }) => decisionId)],
  )
  return Object.fromEntries(rows.map(({ way, times }) => [way, times]))
}

/** The chosen policy served, or a rung below the remote one; nothing else happens. */
const isUnlawful = (way: string): boolean => !/^far (fixed .* t|fallback .* f)$|^popularity fixed .* t$/.test(way)

async function recovered(): Promise<void> {
  far.feel(GOOD)
  await until(async () => (await slateOf(`recovers ${acknowledged.length}`)).servedPolicy === 'far')
}

describe('a remote strategy under load', () => {
  it('serves its arm while it is well', async () => {
    const seen = await ways(await storm('well', () => undefined))
    expect(seen['far fixed {0.5,0.5} t']).toBeGreaterThan(0)
    expect(seen['popularity fixed {0.5,0.5} t']).toBeGreaterThan(0)
    expect(Object.keys(seen).filter(isUnlawful)).toEqual([])
    await recovered()
  })

  it.each<[string, Mood | 'killed']>([
    ['killed', 'killed'],
    ['hanging', { kind: 'hangs' }],
    ['dripping', { kind: 'drips' }],
    ['failing', { kind: 'says', text: 'no', status: 500 }],
    ['talking rubbish', { kind: 'says', text: '{"items":[{"itemId":7}]}' }],
    ['talking nested rubbish', { kind: 'says', text: HUGE }],
    ['breaking off', { kind: 'cuts' }],
    ['sending 50 MB', { kind: 'floods' }],
    ['crumbling', { kind: 'crumbles' }],
    ['knowing other items only', { kind: 'answers', items: ['who?', 'what?'] }],
  ])('%s half-way, leaves no shopper without a slate, and the log tells the ladder', async (what, mood) => {
    const result = await storm(what, () => (mood === 'killed' ? far.kill() : far.feel(mood)))
    if (mood === 'killed') await far.revive()
    for (const { items } of result.slates) expect(items).toHaveLength(4)
    const seen = await ways(result)
    expect(Object.values(seen).reduce((sum, times) => sum + times, 0)).toBe(result.slates.length)
    // Drawn and failed: a rung below served. Then masked before the draw.
    expect(seen['far fallback {0.5,0.5} f']).toBeGreaterThan(0)
    expect(seen['popularity fixed {1,0} t']).toBeGreaterThan(0)
    expect(Object.keys(seen).filter(isUnlawful)).toEqual([])
    expect(slow(result.after)).toBeLessThan(Math.max(DEADLINE_MS, 2 * slow(result.before) + REMOTE_MS))
    await recovered()
  })

  it('leaves books that balance', () => expectBooksInOrder(database.url, { decisions: acknowledged, outcomes: [] }))
})
