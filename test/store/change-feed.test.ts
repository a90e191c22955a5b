import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ChangeFeed, openChangeFeed } from '../../src/store/change-feed.ts'
import { openListener } from '../../src/store/change-listener.ts'
import type { Origin, Topic } from '../../src/store/changes.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { transact } from '../../src/store/transact.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { redisHere, startRedis, type TestRedis } from '../support/redis.ts'
import { stallingProxy } from '../support/stalling-proxy.ts'
import { until } from '../support/until.ts'

interface Node {
  readonly database: Database
  readonly feed: ChangeFeed
  readonly heard: (readonly [Topic, Origin])[]
  readonly warned: string[]
}

let fresh: FreshDatabase
const nodes: Node[] = []
const namespace = randomUUID()

async function openNode(options: { readonly redisUrl?: string; readonly url?: string } = {}): Promise<Node> {
  const database = openDatabase(options.url ?? fresh.url)
  const warned: string[] = []
  const log = { info() {}, warn: (line: string) => warned.push(line), error() {} }
  const feed = await openChangeFeed({ database, log, redisUrl: options.redisUrl, namespace })
  const heard: (readonly [Topic, Origin])[] = []
  feed.onChange((topic, origin) => heard.push([topic, origin]))
  const node = { database, feed, heard, warned }
  nodes.push(node)
  return node
}

const hears = (node: Node, topic: Topic, origin: Origin = 'elsewhere') =>
  until(() => node.heard.some(([heard, from]) => heard === topic && from === origin))

beforeEach(async () => {
  fresh = await freshDatabase()
})
afterEach(async () => {
  for (const { feed, database } of nodes.splice(0)) {
    await feed.close()
    await database.close()
  }
  await fresh.drop()
})

describe('the change feed', () => {
  it('tells the other nodes and this one, each once', async () => {
    const [a, b] = [await openNode(), await openNode()]
    await a.feed.announce('items')
    await hears(b, 'items')
    await sleep(50)
    expect(a.heard).toEqual([['items', 'here']])
    expect(b.heard).toEqual([['items', 'elsewhere']])
  })

  it('tells a change when it is committed, and never one that was rolled back', async () => {
    const [a, b] = [await openNode(), await openNode()]
    await expect(transact(a.database, { topic: 'flags' }, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await transact(a.database, { topic: 'models' }, async () => {
      await sleep(50)
      expect(b.heard).toEqual([])
    })
    await hears(b, 'models')
    expect(a.heard).toEqual([['models', 'here']])
    expect(b.heard).toEqual([['models', 'elsewhere']])
  })

  it('says nothing of a transaction that changed nothing', async () => {
    const [a, b] = [await openNode(), await openNode()]
    await transact(a.database, { topic: 'settings', changed: () => false }, async () => {})
    await a.feed.announce('keys')
    await hears(b, 'keys')
    expect([...a.heard, ...b.heard].map(([topic]) => topic)).not.toContain('settings')
  })

  it('takes everything for changed after its connection was lost, and hears again', async () => {
    const [a, b] = [await openNode(), await openNode()]
    await a.database.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    )
    for (const topic of ['settings', 'items', 'models', 'flags', 'keys'] as const) await hears(b, topic)
    expect(b.feed.state()).toEqual({ postgres: true, redis: null })
    await until(() => a.feed.state().postgres)
    b.heard.length = 0
    await a.feed.announce('items')
    await hears(b, 'items')
  })

  it('opens while the database is away, and announcing harms nobody', async () => {
    const node = await openNode({ url: 'postgres://nobody@127.0.0.1:9/none' })
    await node.feed.announce('items')
    expect(node.heard).toEqual([['items', 'here']])
    expect(node.feed.state().postgres).toBe(false)
    expect(node.warned.length).toBeGreaterThan(0)
  })
})

const redisIs = redisHere()

describe('the listener', () => {
  it('finds out that its connection hangs', async () => {
    const proxy = await stallingProxy(fresh.url)
    const faults: string[] = []
    const listener = await openListener({
      url: proxy.url,
      onMessage() {},
      onBack() {},
      onFault: (error) => faults.push(error.message),
      pulseMs: 50,
    })
    expect(listener.isUp()).toBe(true)
    proxy.stall()
    await until(() => !listener.isUp())
    expect(faults).toContain('Query read timeout')
    await listener.close()
    await proxy.close()
  })
})

describe.skipIf(redisIs === 'none')('the change feed with Redis', () => {
  let redis: TestRedis
  let other: FreshDatabase
  beforeEach(async () => {
    redis = await startRedis()
    other = await freshDatabase()
  })
  afterEach(async () => {
    await redis.stop()
    await other.drop()
  })

  it('reaches nodes that NOTIFY does not reach', async () => {
    const a = await openNode({ redisUrl: redis.url })
    const b = await openNode({ redisUrl: redis.url, url: other.url })
    expect(b.feed.state()).toEqual({ postgres: true, redis: true })
    await transact(a.database, { topic: 'models' }, async () => {})
    await hears(b, 'models')
    expect(a.heard).toEqual([['models', 'here']])
  })

  it('merges what comes by both ways', async () => {
    const [a, b] = [await openNode({ redisUrl: redis.url }), await openNode({ redisUrl: redis.url })]
    await transact(a.database, { topic: 'models' }, async () => {})
    await hears(b, 'models')
    await sleep(100)
    expect(b.heard).toEqual([['models', 'elsewhere']])
  })

  it.skipIf(redisIs !== 'own')('goes on without Redis, and takes everything for changed when it is back', async () => {
    const a = await openNode({ redisUrl: redis.url })
    const b = await openNode({ redisUrl: redis.url, url: other.url })
    await redis.stop()
    await until(() => b.feed.state().redis === false)
    await a.feed.announce('items')
    expect(a.heard).toEqual([['items', 'here']])
    await redis.start()
    await until(() => b.feed.state().redis === true && a.feed.state().redis === true)
    await hears(b, 'keys')
    b.heard.length = 0
    await until(async () => {
      await a.feed.announce('flags')
      return b.heard.some(([topic]) => topic === 'flags')
    })
  })

  it.skipIf(redisIs !== 'own')('waits for nothing when Redis hangs', async () => {
    const a = await openNode({ redisUrl: redis.url })
    redis.hang()
    const began = performance.now()
    for (let i = 0; i < 20; i++) await transact(a.database, { topic: 'items' }, async () => {})
    expect(performance.now() - began).toBeLessThan(1_000)
    redis.wake()
  })

  it.skipIf(redisIs !== 'own')('opens while Redis is away', async () => {
    await redis.stop()
    const node = await openNode({ redisUrl: redis.url })
    expect(node.feed.state()).toEqual({ postgres: true, redis: false })
  })
})
