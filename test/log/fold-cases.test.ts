import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { foldOnce } from '../../src/log/fold.ts'
import { foldAll, foldLag } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { type Moments, readMoments } from '../../src/log/moments.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { rebuild } from '../../src/log/rebuild.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

const HOUR = 3_600_000
const START = Date.parse(new Date(Date.now() - 20 * 24 * HOUR).toISOString().slice(0, 10))
const EVERYTHING = 'exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells'
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
beforeEach(() => ask(fresh.url, `TRUNCATE ${EVERYTHING}`))

const anna = bytesFor('anna')
const shown = (hour: number, given: Partial<Exposure> = {}) => exposure({ at: START + hour * HOUR, unit: anna, epochId: epoch, ...given })
const told = (hour: number, given: Partial<OutcomeRecord> = {}) => outcome({ at: START + hour * HOUR, unit: anna, ...given })

const show = (...rows: readonly Exposure[]) =>
  writer.query(statement('append-idempotent'), [...keyedParameters(rows.map((row) => ({ exposure: row, key: undefined })))])
const tell = (...rows: readonly OutcomeRecord[]) => writeOutcomes(writer, rows)

/** Folds, checks the recount, and reads. */
async function folded(): Promise<Moments> {
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  expect((await verify(database)).first).toEqual([])
  return readMoments(database, epoch)
}

describe('the fold', () => {
  it('counts nothing in a new epoch', async () => {
    expect(await folded()).toMatchObject({ arms: [], days: [], money: [], exposures: [], recount: { exposures: [] } })
  })

  it('adds up a unit’s outcomes inside each slot’s own window, in its currency, up to its cap', async () => {
    await show(shown(0))
    await tell(told(1), told(50, { valueMinor: 9_000n, quantity: 2 }), told(60, { type: 'return', valueMinor: -500n, quantity: -1 }))
    await tell(
      told(0, { type: 'view', valueMinor: null }),
      told(1, { type: 'click', valueMinor: 70n }),
      told(2, { valueMinor: 800n, currency: 'USD' }),
    )
    await tell(told(71.9, { quantity: 10 }), told(72, { quantity: 100 }), told(-1, { quantity: 1_000 }))
    const { arms, money, days } = await folded()
    expect(arms).toEqual([
      {
        armId: 1,
        units: 1n,
        excluded: 0n,
        s: [1n, 1n, 5_000n, 13n],
        ss: [1n, 1n, 1n, 5_000n, 5_000n, 25_000_000n, 13n, 13n, 65_000n, 169n],
      },
    ])
    expect(money).toEqual([
      { armId: 1, currency: 'EUR', units: 1n, gross: 11_000n, returned: -500n, netSquare: 110_250_000n },
      { armId: 1, currency: 'USD', units: 1n, gross: 800n, returned: 0n, netSquare: 640_000n },
    ])
    expect(days).toEqual([{ armId: 1, day: new Date(START).toISOString().slice(0, 10), units: 1n }])
  })

  it('counts two equal outcomes twice, by unit and by decision', async () => {
    const late = shown(0)
    const equal = { type: 'click', receivedAt: START + 2 * HOUR }
    await tell(...[1, 2].map(() => told(0.5, { ...equal, unit: null, decisionId: late.decisionId })))
    await tell(...[1, 2].map(() => told(0.5, equal)))
    await folded()
    await show(late)
    expect((await folded()).arms[0]!.s).toEqual([0n, 4n, 0n, 0n])
  })

  it('moves a unit’s window, and its money with it, when an earlier exposure comes in later', async () => {
    await show(shown(30))
    await tell(told(80, { currency: 'USD' }), told(31))
    expect((await folded()).money.map((row) => row.currency)).toEqual(['EUR', 'USD'])
    await show(shown(5))
    const { money, arms, days } = await folded()
    expect(money.map((row) => row.currency)).toEqual(['EUR'])
    expect(arms[0]!.s).toEqual([1n, 0n, 1_000n, 1n])
    expect(days.map((row) => row.day)).toEqual([new Date(START).toISOString().slice(0, 10)])
  })

  it('takes a unit out of all sums when it is seen in another arm, and counts it where it was first', async () => {
    await show(shown(1, { armId: 2 }), exposure({ at: START, epochId: epoch, armId: 1 }))
    await tell(told(2))
    expect((await folded()).arms.map(({ armId, units, excluded }) => [armId, units, excluded])).toEqual([
      [1, 1n, 0n],
      [2, 1n, 0n],
    ])
    await show(shown(3, { armId: 1 }))
    const { arms, money, exposures } = await folded()
    expect(arms.map(({ armId, units, excluded, s }) => [armId, units, excluded, s])).toEqual([
      [1, 1n, 0n, [0n, 0n, 0n, 0n]],
      [2, 0n, 1n, [0n, 0n, 0n, 0n]],
    ])
    expect(money).toEqual([])
    expect(exposures.map(({ armId, n }) => [armId, n])).toEqual([
      [1, 2n],
      [2, 1n],
    ])
  })

  it('knows which of two arms came first when both come at once', async () => {
    await show(shown(4, { armId: 1 }), shown(3, { armId: 2 }))
    expect((await folded()).arms.map(({ armId, excluded }) => [armId, excluded])).toEqual([[2, 1n]])
  })

  it('counts fallbacks and masked exposures, and leaves out what no experiment touched', async () => {
    const outside = { epochId: null, armId: null }
    await show(shown(0, { servedPolicy: 'content' }), shown(1, { pi: [0, 1] }), shown(2), shown(3, outside))
    const { exposures, recount } = await folded()
    expect(exposures).toEqual([{ armId: 1, n: 3n, fallback: 1n, masked: 1n }])
    expect(recount.exposures).toEqual([{ armId: 1, n: 3n }])
  })

  it('holds an absurd sum at the edge instead of stopping', async () => {
    await show(shown(0))
    await tell(...[1, 2, 3].map(() => told(1, { valueMinor: 9_000_000_000_000_000_000n })))
    expect((await folded()).money[0]!.gross).toBe(9_000_000_000_000_000_000n)
  })

  it('folds a backlog step by step, a single large transaction whole', async () => {
    const units = Array.from({ length: 50 }, (_, i) => shown(i / 60, { unit: bytesFor(`unit ${i}`) }))
    await show(...units.slice(0, 30))
    for (const unit of units.slice(30)) await show(unit)
    const counts: number[] = []
    for (;;) {
      const report = await foldOnce(database, { rowsMax: 8 })
      if (report.kind !== 'folded') continue
      counts.push(report.exposures)
      if (!report.behind) break
    }
    await folded()
    expect(counts.filter((count) => count > 0)[0]).toBe(30)
    expect(Math.max(...counts.slice(counts.indexOf(30) + 1))).toBeLessThanOrEqual(8)
    expect((await readMoments(database, epoch)).arms[0]!.units).toBe(50n)
  })

  it('says by how much it lags and who holds it back', async () => {
    await writer.query("BEGIN; SET application_name = 'slow importer'")
    await show(shown(0))
    await ask(fresh.url, 'SELECT pg_current_xact_id()')
    const summary = await foldAll(database, { waitMs: 50 })
    expect(summary.caughtUp).toBe(false)
    await writer.query('COMMIT')
    expect((await foldLag(database)).seconds).toBeGreaterThan(19 * 24 * 3600)
    await writer.query('BEGIN')
    await writer.query('SELECT pg_current_xact_id()')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await foldLag(database)).holder).not.toBeNull()
    await writer.query('COMMIT')
    await folded()
    expect(await foldLag(database)).toMatchObject({ seconds: 0, holder: null })
  })
})

describe('verify', () => {
  it.each([
    ['unit_rows', "UPDATE unit_rows SET totals[1] = totals[1] + 1 WHERE unit = decode($1, 'hex')"],
    ['unit_rows', "UPDATE unit_rows SET first_at = first_at + interval '1 ms' WHERE unit = decode($1, 'hex')"],
    ['unit_cells', "UPDATE unit_cells SET n = n + 1 WHERE $1 <> ''"],
    ['unit_cells', "UPDATE unit_cells SET ss[10] = ss[10] - 1 WHERE $1 <> ''"],
    ['unit_money', "DELETE FROM unit_money WHERE unit = decode($1, 'hex')"],
    ['money_cells', "UPDATE money_cells SET net_square = net_square + 1 WHERE $1 <> ''"],
    ['exposure_cells', "UPDATE exposure_cells SET fallback = 1 WHERE $1 <> ''"],
    ['exposure_cells', "DELETE FROM exposures WHERE $1 <> '' AND decided_at = (SELECT max(decided_at) FROM exposures)"],
  ])('finds one changed number in %s', async (part, change) => {
    await show(shown(0), shown(10))
    await tell(told(1), told(2, { type: 'click' }))
    await folded()
    await ask(fresh.url, change, [Buffer.from(anna).toString('hex')])
    const report = await verify(database)
    expect(report).toMatchObject({ equal: false, differences: 1 })
    expect(report.first[0]!.part).toBe(part)
  })
})

describe('a restored log', () => {
  it('is folded anew when it comes from another server', async () => {
    await show(shown(0))
    await tell(told(1))
    const before = await folded()
    await ask(fresh.url, 'UPDATE watermarks SET system_identifier = system_identifier + 1')
    await ask(fresh.url, 'UPDATE unit_cells SET n = 77')
    expect(await foldOnce(database)).toEqual({ kind: 'reset' })
    const { arms, money, exposures } = await folded()
    expect({ arms, money, exposures }).toEqual({ arms: before.arms, money: before.money, exposures: before.exposures })
  })

  it('is folded anew when its transaction ids lie in the future', async () => {
    await show(shown(0), shown(1, { unit: bytesFor('ben') }))
    await tell(told(1))
    await folded()
    await ask(
      fresh.url,
      "UPDATE exposures SET xid = '99999999999'; UPDATE outcomes SET xid = '99999999999'; UPDATE watermarks SET xid = '99999999990'",
    )
    await show(shown(2, { unit: bytesFor('cem') }))
    expect((await folded()).arms[0]).toMatchObject({ units: 3n, s: [1n, 0n, 1_000n, 1n] })
  })

  it('can be folded anew at will', async () => {
    await show(shown(0))
    await tell(told(1))
    const before = await folded()
    expect(await rebuild(database)).toMatchObject({ exposures: 1, units: 1, caughtUp: true })
    expect((await folded()).arms).toEqual(before.arms)
  })
})
