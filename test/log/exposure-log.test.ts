import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { type DurableExposureLog, type ExposureLogOptions, openExposureLog } from '../../src/log/exposure-log.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { ask, countOf, doublesOf, exposure, requestKey } from './sample.ts'

const NOWHERE = 'postgres://nobody@127.0.0.1:1/nothing'
let database: FreshDatabase
let root: string
let folders = 0
const opened: DurableExposureLog[] = []

beforeAll(async () => {
  database = await freshDatabase()
  root = mkdtempSync(join(tmpdir(), 'croupier-exposures-'))
})
afterAll(async () => {
  await Promise.all(opened.map((log) => log.close()))
  await database.drop()
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => ask(database.url, 'TRUNCATE exposures, request_keys'))

async function open(given: Partial<ExposureLogOptions> = {}): Promise<DurableExposureLog> {
  const log = await openExposureLog({ url: database.url, spoolFolder: join(root, `${++folders}`), patienceMs: 2_000, ...given })
  opened.push(log)
  return log
}

const stored = () =>
  ask<Record<string, unknown>>(
    database.url,
    `SELECT decided_at, replace(decision_id::text, '-', '') AS decision_id, encode(unit, 'hex') AS unit, surface, epoch_id, arm_id, stratum,
       kind, pi, x, policy, served_policy, model_version, snapshot_id, items, reason, mhat, scale FROM exposures ORDER BY decided_at, decision_id`,
  )

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const asStored = (one: Exposure) => ({
  decided_at: new Date(one.decidedAt),
  decision_id: hex(one.decisionId),
  unit: hex(one.unit),
  surface: one.surface,
  epoch_id: one.epochId,
  arm_id: one.armId,
  stratum: one.stratum,
  kind: one.kind,
  pi: [...one.pi],
  x: [...one.x],
  policy: one.policy,
  served_policy: one.servedPolicy,
  model_version: one.modelVersion,
  snapshot_id: one.snapshotId,
  items: [...one.items],
  reason: one.reason,
  mhat: one.mhat ?? null,
  scale: one.scale ?? null,
})

/** Every column with its edge cases, oldest first. */
const edgeCases = (start: number) =>
  [
    exposure({ at: start }),
    exposure({ at: start + 1, epochId: null, armId: null, stratum: 'none', kind: 'default', pi: [1], reason: 'default' }),
    exposure({ at: start + 2, items: [], x: new Int16Array(0), pi: [] }),
    exposure({ at: start + 3, pi: [0, 1 / 3, 2 / 3], servedPolicy: 'content', reason: 'fallback' }),
    exposure({ at: start + 4, surface: 'größe "quoted" \\ {a,b} NULL', x: Int16Array.of(-32768, 32767), items: [2147483647] }),
    exposure({ at: start + 5, mhat: [0.25, -1e-7, 3e9], scale: [] }),
    exposure({ at: start + 6, mhat: null, scale: Array.from({ length: 300 }, (_, i) => i / 8) }),
  ] as const

describe('the exposure log', () => {
  it('stores every column as it was given, written plainly, with a request key, or through the spool', async () => {
    const start = Date.parse('2026-03-29T00:59:59.999Z')
    const [plain, keyed, spooled] = [edgeCases(start), edgeCases(start + 10), edgeCases(start + 20)]
    const log = await open()
    const spoolFolder = join(root, 'edges')
    const away = await open({ url: NOWHERE, spoolFolder })
    const answers = await Promise.all([
      ...plain.map((one) => log.append(one)),
      ...keyed.map((one, i) => log.append(one, requestKey(`edge ${i}`))),
      ...spooled.map((one, i) => away.append(one, i % 2 ? requestKey(`spooled edge ${i}`) : undefined)),
    ])
    expect(answers.map(({ kind }) => kind)).toEqual([...Array(14).fill('table'), ...Array(7).fill('spool')])
    await away.close()
    const back = await open({ spoolFolder })
    await until(() => back.backlogBytes() === 0)
    expect(back.drainCounters).toMatchObject({ drained: 7, torn: 0, rejected: 0 })
    expect(await stored()).toEqual([...plain, ...keyed, ...spooled].map(asStored))
  })

  it('keeps what many appenders write at once, each row once', async () => {
    const log = await open()
    const work = Array.from({ length: 32 }, async () => {
      for (let i = 0; i < 40; i++) expect(await log.append(exposure())).toEqual({ kind: 'table' })
    })
    await Promise.all(work)
    expect(await countOf(database.url, 'exposures')).toBe(1_280)
    expect(log.counters).toMatchObject({ rows: 1_280, spooled: 0, lost: 0 })
    expect(log.counters.batches).toBeLessThan(640)
  })

  it('answers a repeated requestId with the same bytes, and another body with a conflict, on any node', async () => {
    const [here, there] = [await open(), await open()]
    const first = requestKey('a')
    expect(await here.append(exposure(), first)).toEqual({ kind: 'table' })
    for (const log of [here, there]) {
      expect(await log.append(exposure(), requestKey('a', { response: 'another answer' }))).toEqual({
        kind: 'repeated',
        response: Buffer.from('answer to a'),
      })
      expect(await log.append(exposure(), requestKey('a', { body: 'another body' }))).toEqual({ kind: 'conflict' })
    }
    expect(await countOf(database.url, 'exposures')).toBe(1)
  })

  it('lets one of many simultaneous requests with the same id win, within a batch and across nodes', async () => {
    const nodes = [await open(), await open(), await open()]
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        nodes[i % 3]!.append(exposure(), requestKey(`same ${i % 5}`, { response: `answer ${i}` })).then((answer) => ({ i, answer })),
      ),
    )
    for (let id = 0; id < 5; id++) {
      const mine = answers.filter(({ i }) => i % 5 === id)
      const winners = mine.filter(({ answer }) => answer.kind === 'table')
      expect(winners).toHaveLength(1)
      const response = Buffer.from(`answer ${winners[0]!.i}`)
      for (const { i, answer } of mine) if (i !== winners[0]!.i) expect(answer).toEqual({ kind: 'repeated', response })
    }
    expect(await countOf(database.url, 'exposures')).toBe(5)
  })

  it('recognises a repeated requestId while the database is away', async () => {
    const spoolFolder = join(root, 'keys')
    const log = await open({ url: NOWHERE, spoolFolder })
    const answers = await Promise.all([log.append(exposure(), requestKey('b')), log.append(exposure(), requestKey('b', { response: 'x' }))])
    expect(answers).toEqual([{ kind: 'spool' }, { kind: 'repeated', response: Buffer.from('answer to b') }])
    expect(await log.append(exposure(), requestKey('b', { body: 'y' }))).toEqual({ kind: 'conflict' })
    await log.close()
    const back = await open({ spoolFolder })
    await until(() => back.backlogBytes() === 0)
    expect(await back.append(exposure(), requestKey('b'))).toEqual({ kind: 'repeated', response: Buffer.from('answer to b') })
    expect(await countOf(database.url, 'exposures')).toBe(1)
  })

  it('gives an exposure to the spool when PostgreSQL does not answer in time, and never counts it twice', async () => {
    const log = await open({ patienceMs: 60 })
    const blocker = new pg.Client(database.url)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE exposures IN ACCESS EXCLUSIVE MODE')
    const started = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => log.append(exposure(), i % 2 ? requestKey(`slow ${i}`) : undefined)),
    )
    expect(answers.every(({ kind }) => kind === 'spool')).toBe(true)
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(log.counters.overdue).toBeGreaterThan(0)
    await blocker.query('COMMIT')
    await blocker.end()
    await until(() => log.backlogBytes() === 0 && log.connected())
    expect(await countOf(database.url, 'exposures')).toBe(20)
    expect(await doublesOf(database.url, 'exposures', 'decision_id')).toBe(0)
    await until(async () => (await log.append(exposure())).kind === 'table')
  })

  it('goes on through cut connections', async () => {
    const log = await open()
    let going = true
    const work = Array.from({ length: 8 }, async () => {
      const kinds: string[] = []
      while (going) kinds.push((await log.append(exposure())).kind)
      return kinds
    })
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      await ask(database.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'croupier exposures'")
    }
    going = false
    const kinds = (await Promise.all(work)).flat()
    expect(kinds).not.toContain('lost')
    expect(kinds).toContain('spool')
    await until(() => log.backlogBytes() === 0)
    expect(await countOf(database.url, 'exposures')).toBe(kinds.length)
    expect(await doublesOf(database.url, 'exposures', 'decision_id')).toBe(0)
  })

  it('puts a row aside that PostgreSQL will never take, and keeps the others', async () => {
    const refusals: string[] = []
    const log = await open({ onRejected: (because) => refusals.push(because) })
    const answers = await Promise.all([exposure(), exposure({ surface: 'a\0b' }), exposure()].map((one) => log.append(one)))
    expect(answers.every(({ kind }) => kind === 'table' || kind === 'spool')).toBe(true)
    await until(() => log.backlogBytes() === 0)
    expect(log.drainCounters.rejected).toBe(1)
    expect(refusals).toEqual([expect.stringContaining('invalid byte sequence')])
    expect(await countOf(database.url, 'exposures')).toBe(2)
  })

  it('says so when neither table nor spool can be written', async () => {
    const spoolFolder = join(root, 'gone')
    const log = await open({ url: NOWHERE, spoolFolder })
    rmSync(spoolFolder, { recursive: true })
    expect(await log.append(exposure(), requestKey('lost'))).toMatchObject({ kind: 'lost', because: expect.stringContaining('ENOENT') })
    expect(log.counters.lost).toBe(1)
  })

  it('spools while the server is read-only, and recovers by itself', async () => {
    const name = new URL(database.url).pathname.slice(1)
    await ask(database.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    const log = await open()
    expect(await log.append(exposure())).toEqual({ kind: 'spool' })
    await ask(database.url, `BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`)
    await until(() => log.connected() && log.backlogBytes() === 0)
    expect(await countOf(database.url, 'exposures')).toBe(1)
  })
})
