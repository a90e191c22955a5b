import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { foldWhenDue } from '../../src/log/fold-due.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { statement } from '../../src/log/statement.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, bytesFor, exposure, makeEpoch } from './sample.ts'

const HOUR = 3_600_000
let fresh: FreshDatabase
let database: Database
let epoch: number
let writer: pg.Client

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epoch = await makeEpoch(fresh.url)
  writer = new pg.Client(fresh.url)
  await writer.connect()
})
afterAll(async () => {
  await writer.end()
  await database.close()
  await fresh.drop()
})
beforeEach(() => ask(fresh.url, 'TRUNCATE exposures, unit_rows, unit_cells, exposure_cells; DELETE FROM watermarks'))

const show = (unit: string) => {
  const row = exposure({ at: Date.now() - HOUR, unit: bytesFor(unit), epochId: epoch })
  return writer.query(statement('append-idempotent'), [...keyedParameters([{ exposure: row, key: undefined }])])
}
const folds = async () => (await ask<{ at: string }>(fresh.url, "SELECT folded_at::text AS at FROM watermarks WHERE name = 'fold'"))[0]?.at
const units = async () => (await ask(fresh.url, 'SELECT FROM unit_rows')).length
const grownOld = () => ask(fresh.url, "UPDATE watermarks SET folded_at = folded_at - interval '1 minute'")

describe('folding by the clock', () => {
  it('happens the first time, and then when something has come and no node has folded lately', async () => {
    await show('anna')
    await foldWhenDue(database, 1_000)
    expect(await units()).toBe(1)
    await show('ben')
    await foldWhenDue(database, 60_000)
    expect(await units()).toBe(1)
    await grownOld()
    await foldWhenDue(database, 60_000)
    expect(await units()).toBe(2)
  })

  it('does nothing while nothing comes, and leaves what is being written to the next time', async () => {
    await show('anna')
    await foldWhenDue(database, 1_000)
    await grownOld()
    const before = await folds()
    await foldWhenDue(database, 1_000)
    expect(await folds()).toBe(before)
    await writer.query('BEGIN')
    await show('ben')
    await foldWhenDue(database, 1_000)
    expect(await folds()).toBe(before)
    await writer.query('COMMIT')
    await foldWhenDue(database, 1_000)
    expect(await units()).toBe(2)
  })

  it('folds a log from elsewhere anew, however young the last fold is', async () => {
    await show('anna')
    await foldWhenDue(database, 1_000)
    await ask(fresh.url, 'UPDATE watermarks SET system_identifier = system_identifier + 1; UPDATE unit_cells SET n = 77')
    await foldWhenDue(database, 60_000)
    expect((await ask<{ n: string }>(fresh.url, 'SELECT n::text AS n FROM unit_cells')).map(({ n }) => n)).toEqual(['1'])
  })
})
