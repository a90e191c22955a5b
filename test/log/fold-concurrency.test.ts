import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FoldReport, foldOnce } from '../../src/log/fold.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { startChild } from './child.ts'
import { ask, BANDIT, bytesFor, countOf, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

let fresh: FreshDatabase
let database: Database
let epoch: number

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epoch = await makeEpoch(fresh.url, BANDIT)
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})

/** Writers with transactions of every length, a tenth of them rolled back, until `stop` is called. Resolves with the committed rows. */
function writeTraffic(writers: number): { stop: () => Promise<{ shown: number; told: number }> } {
  let going = true
  const work = Array.from({ length: writers }, async (_, no) => {
    const client = new pg.Client(fresh.url)
    await client.connect()
    const committed = { shown: 0, told: 0 }
    for (let turn = 0; going; turn++) {
      const unit = bytesFor(`unit ${(turn * 7 + no) % 50}`)
      const rows = Array.from({ length: 1 + (turn % 4) }, () => exposure({ unit, epochId: epoch, armId: 1 + ((turn * 7 + no) % 2) }))
      await client.query('BEGIN')
      await client.query(statement('append-idempotent'), [...keyedParameters(rows.map((row) => ({ exposure: row, key: undefined })))])
      if (turn % 3 === 0) await sleep(turn % 20)
      const orphan = exposure({ unit, epochId: epoch })
      const written = await writeOutcomes(client, [outcome({ unit }), outcome({ unit: null, decisionId: orphan.decisionId })])
      const rolledBack = turn % 10 === 9
      await client.query(rolledBack ? 'ROLLBACK' : 'COMMIT')
      if (rolledBack) continue
      await client.query(statement('append-idempotent'), [...keyedParameters([{ exposure: orphan, key: undefined }])])
      committed.shown += rows.length + 1
      committed.told += written.length
    }
    await client.end()
    return committed
  })
  return {
    async stop() {
      going = false
      const all = await Promise.all(work)
      return { shown: all.reduce((sum, one) => sum + one.shown, 0), told: all.reduce((sum, one) => sum + one.told, 0) }
    },
  }
}

async function expectExact(written: { shown: number; told: number }): Promise<void> {
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  const report = await verify(database)
  expect(report.first).toEqual([])
  expect(report.exposures).toBe(written.shown)
  expect(report.outcomes).toBe(written.told)
  const [sum] = await ask<{ n: string }>(fresh.url, 'SELECT sum(n)::text AS n FROM exposure_cells')
  expect(Number(sum!.n)).toBe(written.shown)
  const [learned] = await ask<{ n: string }>(fresh.url, 'SELECT sum(n)::text AS n FROM bandit_buckets')
  expect(Number(learned!.n)).toBe(written.shown)
}

describe('folding under traffic', () => {
  const total = { shown: 0, told: 0 }
  const stopped = async (traffic: ReturnType<typeof writeTraffic>) => {
    const written = await traffic.stop()
    total.shown += written.shown
    total.told += written.told
    return total
  }

  it('is exact with two folders at once, open transactions and rollbacks, and can be verified meanwhile', async () => {
    const traffic = writeTraffic(6)
    const other = openDatabase(fresh.url)
    const deadline = Date.now() + 2_500
    const fold = async (pool: Database) => {
      const kinds: FoldReport['kind'][] = []
      while (Date.now() < deadline) kinds.push((await foldOnce(pool, { rowsMax: 40, lockMs: 5 })).kind)
      return kinds
    }
    const check = async () => {
      while (Date.now() < deadline) {
        expect((await verify(database)).first).toEqual([])
        await sleep(100)
      }
    }
    const [mine, theirs] = await Promise.all([fold(database), fold(other), check()])
    await other.close()
    await expectExact(await stopped(traffic))
    for (const kinds of [mine, theirs]) expect(kinds).toContain('folded')
    expect([...mine, ...theirs]).not.toContain('reset')
  })

  it('is exact when the folding process is killed again and again', async () => {
    const traffic = writeTraffic(4)
    for (let i = 0; i < 5; i++) {
      const child = startChild('folding-child.ts', fresh.url)
      await until(() => child.lines().length >= 3)
      await sleep(20 + 37 * i)
      await child.kill()
    }
    await expectExact(await stopped(traffic))
  })

  it('takes the turn of a folder that stalls, and leaves that one nothing to commit', async () => {
    const traffic = writeTraffic(2)
    const stalled = new pg.Client(fresh.url)
    stalled.on('error', () => {})
    await stalled.connect()
    await stalled.query("BEGIN; SET LOCAL idle_in_transaction_session_timeout = '400ms'")
    await stalled.query(statement('fold-lock'))
    await stalled.query('UPDATE exposure_cells SET n = n + 1')
    expect(await foldOnce(database, { lockMs: 50 })).toEqual({ kind: 'busy' })
    await until(async () => (await foldOnce(database, { lockMs: 50 })).kind === 'folded')
    await expect(stalled.query('COMMIT')).rejects.toThrow()
    await expectExact(await stopped(traffic))
    expect(await countOf(fresh.url, 'unit_rows')).toBeGreaterThan(0)
  })
})
