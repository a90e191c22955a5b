import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSameLearning, type LearnedReader, openLearnedReader } from '../../src/log/learned-days.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

/** Two features, one objective: a has 3 numbers, b 2, c 1. */
const FEATURES = 2
const EPOCH = 5

let fresh: FreshDatabase
let database: Database
let slow: pg.Client
let read: LearnedReader

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  slow = new pg.Client(fresh.url)
  await slow.connect()
  read = openLearnedReader(database, FEATURES)
})
afterAll(async () => {
  await slow.end()
  await database.close()
  await fresh.drop()
})

/** Adds one decision to a cell. */
const add = (client: Pick<pg.Client, 'query'>, { arm = 1, hour = 0, stratum = 'bandit', features = FEATURES } = {}) =>
  client.query(
    `INSERT INTO bandit_buckets AS cell VALUES ($1, $2, $3, timestamptz '2026-11-01 00:00Z' + $4 * interval '1 hour', $5, 1, '{4,2,1}', '{2,1}', '{1}')
     ON CONFLICT (epoch_id, arm_id, stratum, bucket, features) DO UPDATE SET n = cell.n + 1, b = '{7,7}'`,
    [EPOCH, arm, stratum, hour, features],
  )
/** What the reader with a memory finds is what one without a memory finds. */
const found = async () => {
  const [known, anew] = [await read(EPOCH), await openLearnedReader(database, FEATURES)(EPOCH)]
  expect(known).toEqual(anew)
  return known.days.map(({ armId, day, moments }) => `${armId} ${day - 20_758} ${moments.n}`)
}

describe('what a bandit learned, by day', () => {
  it('adds the hours of a day up, and leaves out the uniform stratum and vectors of another length', async () => {
    expect(await found()).toEqual([])
    for (const hour of [0, 5, 23, 24]) await add(slow, { hour })
    await add(slow, { arm: 2, hour: 3 })
    await add(slow, { stratum: 'uniform' })
    await add(slow, { features: 3 })
    expect(await found()).toEqual(['1 0 3', '2 0 1', '1 1 1'])
    const { days } = await read(EPOCH)
    expect(days[0]!.moments).toEqual({ features: 2, outcomes: 1, n: 3n, a: [12n, 6n, 3n], b: [6n, 3n], c: [3n] })
  })

  it('hands back the same days while nothing is written, and only the changed one anew', async () => {
    let before = await read(EPOCH)
    // Transactions of other tests' databases hold the horizon back for a moment: it is the cluster's.
    await until(async () => {
      const last = before
      before = await read(EPOCH)
      return before.days.every((day, i) => day === last.days[i])
    })
    await slow.query('CREATE TABLE IF NOT EXISTS elsewhere ()')
    expect((await read(EPOCH)).days.every((day, i) => day === before.days[i])).toBe(true)
    await add(slow, { hour: 24 })
    const after = await read(EPOCH)
    expect(isSameLearning(before, after)).toBe(false)
    expect(after.days.map((day, i) => day === before.days[i])).toEqual([true, true, false])
  })

  it('sees what a transaction wrote that was open at the reading before, and cells that are gone', async () => {
    await slow.query('BEGIN')
    await add(slow, { hour: 6 })
    await add({ query: database.learner.query.bind(database.learner) as pg.Client['query'] }, { hour: 30 })
    const before = await found()
    expect(before).toEqual(['1 0 3', '2 0 1', '1 1 3'])
    await slow.query('COMMIT')
    expect(await found()).toEqual(['1 0 4', '2 0 1', '1 1 3'])
    await slow.query(`DELETE FROM bandit_buckets WHERE bucket = '2026-11-01 03:00Z'`)
    expect(await found()).toEqual(['1 0 4', '1 1 3'])
    await slow.query('DELETE FROM bandit_buckets')
    expect(await found()).toEqual([])
  })
})
