import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

/** The demo as somebody runs it: the command, a while of live shoppers, a Ctrl-C, and the books afterwards. */

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'croupier.mjs')
const SMALL = ['--products', '80', '--shoppers', '200', '--rate', '60', '--speed', '100000']

let fresh: FreshDatabase
let folder: string
let client: pg.Client

beforeAll(async () => {
  fresh = await freshDatabase()
  folder = temporaryDataFolder()
  client = new pg.Client(fresh.url)
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await fresh?.drop()
  if (folder) removeDataFolder(folder)
})

describe('croupier demo', () => {
  it('fills a shop, lets shoppers live in it for a while, and reports what its strategies are worth', async () => {
    const { code, out, err } = await croupier('demo', '--for', '10', ...SMALL)
    expect(err).not.toMatch(/error|failed/i)
    expect(code).toBe(0)
    expect(out).toContain('A shop with 80 running shoes and 200 shoppers (seed 7)')
    expect(out).toMatch(/Admin key of this demo: cr_demo_\w+/)
    expect(out).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/v1\/slates/)
    expect(out).toMatch(/\d+ slates \(\d+\/s\) · [\d,]+ outcomes · €[\d,.]+ net · p50 [\d.]+ ms, p99 [\d.]+ ms$/m)
    expect(out).toMatch(/METRIC conversion/)
    expect(await numbers('SELECT count(*) FROM items')).toEqual([80])
    const [views, carts, purchases, returns] = await numbers(
      `SELECT count(o.outcome_id) FROM unnest(ARRAY['view', 'add-to-cart', 'purchase', 'return']) WITH ORDINALITY AS t (type, no)
       LEFT JOIN outcomes o ON o.type = t.type GROUP BY t.no ORDER BY t.no`,
    )
    expect(views).toBeGreaterThan(400)
    expect(carts).toBeGreaterThan(purchases!)
    // Ten seconds may pass without anything being sent back; that shoppers do so is tested with them.
    expect(purchases).toBeGreaterThan(returns!)
  }, 120_000)

  it('leaves books that balance: the report has reached its plan, and a recount equals every stored number', async () => {
    const report = JSON.parse((await croupier('report', 'home-policy', '--json')).out)
    expect(report.plan).toMatchObject({ unitsPerArm: 40, reached: true })
    expect(report.trust.blockedBy).toBeNull()
    expect(report.integrity).toMatchObject({ equal: true })
    expect(report.plan.arms.map(({ arm }: { arm: string }) => arm)).toEqual(['popularity', 'hybrid', 'content'])
    const verified = await croupier('verify')
    expect(verified.out).toContain('Equal: every stored number is the recount, bit for bit.')
    expect(verified.code).toBe(0)
  }, 60_000)

  it('goes on with the same shop, and stops cleanly when told to', async () => {
    const before = await numbers('SELECT count(*) FROM items UNION ALL SELECT count(*) FROM interactions')
    const [slates] = await numbers('SELECT count(*) FROM exposures')
    const demo = start(['demo', '--rate', '30'])
    await until(() => /slates \(/.test(demo.out()), 60_000)
    demo.child.kill('SIGINT')
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.out()).toContain('Start it again and the shop goes on.')
    expect(await numbers('SELECT count(*) FROM items UNION ALL SELECT count(*) FROM interactions')).toEqual(before)
    expect((await numbers('SELECT count(*) FROM exposures'))[0]).toBeGreaterThan(slates!)
  }, 120_000)

  it('fills again what was cut off while it was filled, and nothing counts twice', async () => {
    const path = join(folder, 'demo-shop.json')
    const settings = JSON.parse(readFileSync(path, 'utf8'))
    const before = await numbers('SELECT count(*) FROM items UNION ALL SELECT count(*) FROM interactions')
    writeFileSync(path, JSON.stringify({ ...settings, filled: false }))
    expect((await croupier('demo', '--for', '1')).code).toBe(0)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(settings)
    expect(await numbers('SELECT count(*) FROM items UNION ALL SELECT count(*) FROM interactions')).toEqual(before)
  }, 60_000)

  it('keeps one key for the folder, which only its owner may read', () => {
    expect(readFileSync(join(folder, 'demo-key'), 'utf8')).toMatch(/^cr_demo_/)
    expect(existsSync(join(folder, 'demo-shop', 'history.ndjson'))).toBe(true)
  })

  it('says so when its file means nothing', async () => {
    const elsewhere = temporaryDataFolder()
    writeFileSync(join(elsewhere, 'demo-shop.json'), '{"seed": "lucky"}')
    const { code, err } = await finished(start(['demo'], { CROUPIER_DATA_DIR: elsewhere, CROUPIER_SECRET_FILE: join(folder, 'secret') }))
    expect(err).toContain('does not describe a demo shop')
    expect(code).toBe(1)
    removeDataFolder(elsewhere)
  })

  it.each([
    [['--seed', '8'], 'There is a shop already (seed, products, shoppers: 7, 80, 200).'],
    [['--rate', '0'], 'It is a number from 0.1 to 5,000.'],
    [['--shoppers', '30.5'], 'It is a whole number from 20 to 200,000.'],
    [['--effect', 'hybrid=3'], 'It is a number from 0 to 2.'],
    [['--effect', 'nobody=1'], 'The arms are popularity, hybrid, content'],
  ])('refuses %j with a sentence', async (options, sentence) => {
    const { code, err } = await croupier('demo', ...options)
    expect(err).toContain(sentence)
    expect(code).toBe(1)
  })
})

describe('a database with somebody else’s items', () => {
  it('is left as it is', async () => {
    const other = await freshDatabase()
    const elsewhere = temporaryDataFolder()
    const theirs = new pg.Client(other.url)
    await theirs.connect()
    try {
      await theirs.query("INSERT INTO items (item_id, title) VALUES ('REAL-1', 'A real thing')")
      const { code, err } = await finished(start(['demo', '--for', '1'], { DATABASE_URL: other.url, CROUPIER_DATA_DIR: elsewhere }))
      expect(err).toContain('This database holds the items of another shop')
      expect(code).toBe(1)
      expect((await theirs.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1 }])
      expect((await theirs.query('SELECT count(*)::int AS n FROM api_keys')).rows).toEqual([{ n: 0 }])
    } finally {
      await theirs.end()
      await other.drop()
      removeDataFolder(elsewhere)
    }
  })
})

interface Running {
  readonly child: ChildProcess
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
  out(): string
  err(): string
}

function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [COMMAND, ...words], {
    env: { ...process.env, PORT: '0', DATABASE_URL: fresh.url, CROUPIER_DATA_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => (out += text))
  child.stderr.on('data', (text) => (err += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, ended, out: () => out, err: () => err }
}

async function finished({ ended, out, err }: Running): Promise<{ code: number | null; out: string; err: string }> {
  return { code: await ended, out: out(), err: err() }
}

function croupier(...words: readonly string[]): ReturnType<typeof finished> {
  return finished(start(words))
}

/** The first column of every row. */
async function numbers(sql: string): Promise<number[]> {
  return (await client.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => Number(value))
}
