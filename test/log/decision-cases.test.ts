import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { type Bucket, readBuckets } from '../../src/log/buckets.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, BANDIT, bytesFor, exposure, makeEpoch, outcome, PAST_SLOTS, PATIENT } from './sample.ts'

const HOUR = 3_600_000
/** Midnight, UTC. */
const START = Date.parse(new Date(Date.now() - 20 * 24 * HOUR).toISOString().slice(0, 10))
const TABLES =
  'exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells, bandit_buckets, delay_cells, unit_periods, aipw_cells'
let fresh: FreshDatabase
let database: Database
let epoch: number
let fixed: number
let writer: pg.Client

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epoch = await makeEpoch(fresh.url, BANDIT)
  fixed = await makeEpoch(fresh.url)
  writer = new pg.Client(fresh.url)
  await writer.connect()
})
afterAll(async () => {
  await writer.end()
  await database.close()
  await fresh.drop()
})
beforeEach(() => ask(fresh.url, `TRUNCATE ${TABLES}; DELETE FROM watermarks WHERE name = 'decisions'`))

const anna = bytesFor('anna')
const shown = (hour: number, given: Partial<Exposure> = {}) =>
  exposure({ at: START + hour * HOUR, unit: anna, epochId: epoch, x: Int16Array.of(1024, 3), ...given })
const told = (hour: number, given: Partial<OutcomeRecord> = {}) => outcome({ at: START + hour * HOUR, unit: anna, ...given })
const show = (...rows: readonly Exposure[]) =>
  writer.query(statement('append-idempotent'), [...keyedParameters(rows.map((row) => ({ exposure: row, key: undefined })))])
const tell = (...rows: readonly OutcomeRecord[]) => writeOutcomes(writer, rows)

/** Folds, checks the recount, and reads, as if today were the day after the start. */
async function folded(epochId = epoch, asOf = new Date(START + 30 * HOUR)): Promise<readonly Bucket[]> {
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  expect((await verify(database)).first).toEqual([])
  return readBuckets(database, epochId, { asOf })
}

/** By hour of the start: n, and y summed, which is the first row of b over the intercept. */
const brought = (buckets: readonly Bucket[]) =>
  buckets.map(({ bucket, n, b }) => [(bucket.getTime() - START) / HOUR, n, b.slice(0, 4).map((sum) => sum / 1024n)])

describe('an outcome at decision grain', () => {
  it('counts for its unit’s latest decision before it, and for no other', async () => {
    await show(shown(1), shown(2), shown(4))
    await tell(told(3), told(0.5))
    expect(brought(await folded())).toEqual([
      [1, 1n, [0n, 0n, 0n, 0n]],
      [2, 1n, [1n, 0n, 1_000n, 1n]],
      [4, 1n, [0n, 0n, 0n, 0n]],
    ])
  })

  it('counts for the decision that it names, whoever came later', async () => {
    const first = shown(1)
    await show(first, shown(2))
    await tell(told(3, { decisionId: first.decisionId }), told(3, { unit: null, decisionId: first.decisionId }))
    expect(brought(await folded()).map(([, , y]) => y)).toEqual([
      [1n, 0n, 2_000n, 2n],
      [0n, 0n, 0n, 0n],
    ])
  })

  it('counts for nobody when it names a decision that is not in the log', async () => {
    await show(shown(1))
    await tell(told(2, { decisionId: shown(1).decisionId }))
    expect(brought(await folded())).toEqual([[1, 1n, [0n, 0n, 0n, 0n]]])
  })

  it('waits for its decision when that is still in a spool', async () => {
    const late = shown(1)
    await tell(told(2, { unit: null, decisionId: late.decisionId }))
    expect(await folded()).toEqual([])
    await show(late)
    expect(brought(await folded())).toEqual([[1, 1n, [1n, 0n, 1_000n, 1n]]])
  })

  it('finds the decision of its very moment, when that comes last of all', async () => {
    await tell(told(2, { receivedAt: START + 2 * HOUR }))
    expect(await folded()).toEqual([])
    await show(shown(2))
    expect(brought(await folded())).toEqual([[2, 1n, [1n, 0n, 1_000n, 1n]]])
  })

  it('counts for one of two decisions of the same millisecond, whichever came to the log first', async () => {
    const twins = [shown(1), shown(1)]
    await tell(told(1.5), told(2))
    await show(...twins)
    expect(brought(await folded())).toEqual([[1, 2n, [1n, 0n, 2_000n, 2n]]])
    await show(shown(1))
    const [bucket] = await folded()
    expect(bucket!.c[7]).toBe(2_000n * 2_000n)
  })

  it('is taken over by a decision that was drained late, with all that the window of the other one held', async () => {
    await show(shown(1))
    await tell(told(2), told(4), told(4.5, { type: 'click' }))
    expect(brought(await folded())).toEqual([[1, 1n, [1n, 0n, 2_000n, 2n]]])
    await show(shown(3.75, { armId: 2 }))
    const buckets = await folded()
    expect(buckets.map(({ armId }) => armId)).toEqual([1, 2])
    expect(brought(buckets)).toEqual([
      [1, 1n, [1n, 0n, 1_000n, 1n]],
      [3, 1n, [1n, 1n, 1_000n, 1n]],
    ])
  })

  it('counts inside each objective’s own window, up to its cap, and returns take back', async () => {
    await show(shown(0))
    await tell(told(0.999, { type: 'click' }), told(1, { type: 'click' }), told(47), told(60, { valueMinor: 9_000n, quantity: 2 }))
    expect(brought(await folded())).toEqual([[0, 1n, [1n, 1n, 5_000n, 3n]]])
    await tell(told(71, { type: 'return', valueMinor: -9_500n, quantity: -2 }), told(72, { quantity: 50 }), told(5, { currency: 'USD' }))
    expect(brought(await folded())).toEqual([[0, 1n, [1n, 1n, 500n, 2n]]])
  })

  it('corrects the hour of its decision, with every product', async () => {
    await show(shown(5))
    await tell(told(6, { valueMinor: 100n }))
    await folded()
    await tell(told(50, { valueMinor: 20n, quantity: 4 }))
    const [bucket, ...others] = await folded()
    expect(others).toEqual([])
    expect(bucket).toEqual({
      armId: 1,
      stratum: 'fixed',
      bucket: new Date(START + 5 * HOUR),
      span: 'hour',
      features: 2,
      outcomes: 4,
      n: 1n,
      a: [1024n * 1024n, 3n * 1024n, 9n],
      b: [1024n, 0n, 120n * 1024n, 5n * 1024n, 3n, 0n, 360n, 15n],
      c: [1n, 0n, 120n, 5n, 0n, 0n, 0n, 14_400n, 600n, 25n],
    })
  })

  it('is exact beyond the doubles, and held where a decision’s own total would not fit', async () => {
    const huge = 9_007_199_254_740_993n
    await ask(fresh.url, 'UPDATE epoch_slots SET cap = NULL WHERE epoch_id = $1', [epoch])
    await show(shown(1), shown(1.5))
    await tell(told(1.25, { valueMinor: huge - 4n }), told(1.75, { valueMinor: 9_000_000_000_000_000_000n }))
    const [bucket] = await folded()
    const [one, held] = [huge - 4n, huge - 2n]
    expect(bucket!.b[2]).toBe(1024n * (one + held))
    expect(bucket!.c[7]).toBe(one * one + held * held)
    await ask(fresh.url, 'UPDATE epoch_slots SET cap = 5000 WHERE epoch_id = $1 AND slot = 2', [epoch])
  })
})

describe('buckets', () => {
  it('are of decisions whose arm was drawn, in bandits’ epochs only', async () => {
    await show(shown(1), shown(1, { kind: 'shadow' as 'drawn' }), shown(1, { epochId: fixed }), shown(1, { epochId: null, armId: null }))
    await show(shown(1.1, { servedPolicy: 'content' }))
    expect(brought(await folded())).toEqual([[1, 2n, [0n, 0n, 0n, 0n]]])
    expect(await folded(fixed)).toEqual([])
  })

  it('keep today’s and yesterday’s hours apart and merge the days before', async () => {
    await show(shown(1), shown(2, { x: Int16Array.of(1024, 4) }), shown(25), shown(49), shown(50))
    await tell(told(3), told(26))
    const buckets = await folded(epoch, new Date(START + 60 * HOUR))
    expect(buckets.map(({ bucket, span, n }) => [(bucket.getTime() - START) / HOUR, span, n])).toEqual([
      [0, 'day', 2n],
      [25, 'hour', 1n],
      [49, 'hour', 1n],
      [50, 'hour', 1n],
    ])
    expect(buckets[0]!.a).toEqual([2n * 1024n * 1024n, 7n * 1024n, 25n])
    expect(buckets[0]!.b.slice(4)).toEqual([4n, 0n, 4_000n, 4n])
  })

  it('never add vectors of different length', async () => {
    await show(shown(1), shown(1, { x: Int16Array.of(1024, 3, -5) }), shown(1, { x: new Int16Array(0) }))
    expect((await folded()).map(({ features, a }) => [features, a.length])).toEqual([
      [0, 0],
      [2, 3],
      [3, 6],
    ])
  })

  it('leave out slots that look back: they describe the unit', async () => {
    await ask(fresh.url, PAST_SLOTS, [epoch])
    await show(shown(1))
    await tell(told(2))
    expect((await folded())[0]!.b).toHaveLength(8)
    await ask(fresh.url, 'DELETE FROM epoch_slots WHERE epoch_id = $1 AND slot > 3', [epoch])
  })
})

describe('a node of the release before', () => {
  it('may fold the unit grain alone: the decision grain catches up', async () => {
    const settings = (value: object) => ask(fresh.url, 'UPDATE epochs SET settings = $2 WHERE id = $1', [epoch, value])
    await show(shown(1))
    await folded()
    await settings({})
    await show(shown(2))
    await tell(told(1.5), told(2.5))
    await foldAll(database, PATIENT)
    await settings(BANDIT)
    await show(shown(3))
    expect(brought(await folded())).toEqual([
      [1, 1n, [1n, 0n, 1_000n, 1n]],
      [2, 1n, [1n, 0n, 1_000n, 1n]],
      [3, 1n, [0n, 0n, 0n, 0n]],
    ])
  })
})

describe('verify', () => {
  it.each([
    ['n = n + 1', 1],
    ['a[3] = a[3] - 1', 1],
    ['b[8] = b[8] + 1', 1],
    ['c[10] = c[10] + 1', 1],
    ["bucket = bucket + interval '1 hour'", 2],
  ])('finds a changed cell of a bandit: %s', async (change, differences) => {
    await show(shown(0.5), shown(0.75))
    await tell(told(0.6), told(0.9))
    await folded()
    await ask(fresh.url, `UPDATE bandit_buckets SET ${change}`)
    const report = await verify(database)
    expect(report).toMatchObject({ equal: false, differences })
    expect(report.first[0]).toMatchObject({ part: 'bandit_buckets' })
  })

  it('has no delay of a return, which is no first outcome', async () => {
    await show(shown(1))
    await tell(told(1.1, { type: 'return', quantity: -1, valueMinor: -500n }), told(3))
    await folded()
    const delays = await ask(fresh.url, 'SELECT slot, delay_bin FROM delay_cells WHERE count <> 0 ORDER BY slot')
    expect(delays).toEqual([0, 2, 3].map((slot) => ({ slot, delay_bin: 14 })))
  })

  it.each(['count = count + 1', 'delay_bin = delay_bin + 1', 'slot = slot + 4'])('finds a changed delay: %s', async (change) => {
    await show(shown(0.5))
    await tell(told(0.6))
    await folded()
    await ask(fresh.url, `UPDATE delay_cells SET ${change}`)
    const report = await verify(database)
    expect(report.equal).toBe(false)
    expect(report.first[0]).toMatchObject({ part: 'delay_cells' })
  })
})
