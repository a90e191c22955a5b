import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { ensurePartitions, pruneRequestKeys } from '../../src/log/partitions.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, countOf, exposure, makeEpoch, PATIENT, requestKey } from './sample.ts'

const DAY = 24 * 3_600_000
let fresh: FreshDatabase
let database: Database

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})

const write = (rows: Parameters<typeof keyedParameters>[0]) => ask(fresh.url, statement('append-idempotent'), [...keyedParameters(rows)])
const month = (at: number) => new Date(at).toISOString().slice(0, 7).replace('-', '_')

describe('the partitions', () => {
  it('are there from last month to the month after next, and made only once', async () => {
    expect(await ensurePartitions(database)).toBe(0)
    const [row] = await ask<{ n: string }>(fresh.url, "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'exposures'::regclass")
    expect(Number(row!.n)).toBe(5)
  })

  it('take over the rows of their month that fell into the default partition, and every moment stays', async () => {
    const epochId = await makeEpoch(fresh.url)
    const old = Date.now() - 400 * DAY
    await write([
      { exposure: exposure({ at: old, epochId }), key: undefined },
      { exposure: exposure({ at: old + 90 * DAY, epochId }), key: undefined },
    ])
    await foldAll(database, PATIENT)
    expect(await countOf(fresh.url, 'exposures_other')).toBe(2)
    const at = [new Date(old)]
    const [made] = await ask<{ made: number }>(fresh.url, 'SELECT ensure_partitions($1, $1) AS made', at)
    expect(made!.made).toBe(2)
    expect(await countOf(fresh.url, `exposures_${month(old)}`)).toBe(1)
    expect(await countOf(fresh.url, 'exposures_other')).toBe(1)
    await expect(write([{ exposure: exposure({ at: old, epochId }), key: undefined }])).resolves.toBeDefined()
    expect(await countOf(fresh.url, `exposures_${month(old)}`)).toBe(2)
    await foldAll(database, PATIENT)
    expect((await verify(database)).first).toEqual([])
  })

  it('have the indexes that the fold needs', async () => {
    const rows = await ask<{ indexdef: string }>(
      fresh.url,
      "SELECT indexdef FROM pg_indexes WHERE tablename = 'exposures_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')",
    )
    const columns = rows.map(({ indexdef }) => indexdef.slice(indexdef.indexOf('('))).sort()
    expect(columns).toEqual(['(decided_at, decision_id)', '(unit, decided_at DESC)', '(xid)'])
  })
})

describe('request keys', () => {
  it('are forgotten after seven days and no sooner', async () => {
    const at = (days: number) => Date.now() - days * DAY
    await write([8, 7.1, 6.9, 0].map((days) => ({ exposure: exposure({ at: at(days) }), key: requestKey(`${days} days old`) })))
    expect(await pruneRequestKeys(database)).toBe(2)
    expect(await pruneRequestKeys(database)).toBe(0)
    expect(await countOf(fresh.url, 'request_keys')).toBe(2)
  })
})
