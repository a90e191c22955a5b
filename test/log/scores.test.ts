import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contrastOf } from '../../src/bandits/score-contrast.ts'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { readScores } from '../../src/log/aipw-cells.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { rebuild } from '../../src/log/rebuild.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, BANDIT, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

const HOUR = 3_600_000
/** Midnight, UTC. */
const START = Date.parse(new Date(Date.now() - 20 * 24 * HOUR).toISOString().slice(0, 10))
const DAY = START / (24 * HOUR)
const UNIT = 2n ** 20n
const TABLES =
  'exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells, bandit_buckets, delay_cells, unit_periods, aipw_cells, assignments'
let fresh: FreshDatabase
let database: Database
let epoch: number
let writer: pg.Client

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epoch = await makeEpoch(fresh.url, BANDIT)
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
  exposure({ at: START + hour * HOUR, unit: anna, epochId: epoch, stratum: 'bandit', ...given })
const told = (hour: number, given: Partial<OutcomeRecord> = {}) => outcome({ at: START + hour * HOUR, unit: anna, ...given })
const show = (...rows: readonly Exposure[]) =>
  writer.query(statement('append-idempotent'), [...keyedParameters(rows.map((row) => ({ exposure: row, key: undefined })))])
const tell = (...rows: readonly OutcomeRecord[]) => writeOutcomes(writer, rows)

async function folded() {
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  expect((await verify(database)).first).toEqual([])
  return readScores(database, epoch)
}
/** Slots: conversion, clicks, revenue, pieces. */
const MHAT = [0.5, 0, 0, 0, 0.25, 0, 8, 0]

describe('scores of a bandit’s decisions', () => {
  it('are 2²⁰·m̂ of every arm, and w·(y − m̂) more of the drawn one', async () => {
    await show(shown(1, { pi: [0.25, 0.75], mhat: MHAT }))
    const [empty] = await folded()
    const w = 4n * UNIT
    const before = [UNIT / 2n - w / 2n, 0n, 0n, 0n, UNIT / 4n, 0n, 8n * UNIT, 0n, 0n, 0n, 0n, 0n, 1n]
    expect(empty).toMatchObject({ day: DAY, stratum: 'bandit', eligible: [true, true], units: 1n, sums: before })
    await tell(told(2, { valueMinor: 300n }))
    const [cell] = await folded()
    const after = before
      .with(0, before[0]! + w)
      .with(2, 300n * w)
      .with(3, w)
      .with(8, UNIT)
      .with(10, 300n * UNIT)
      .with(11, UNIT)
    expect(cell!.sums).toEqual(after)
    expect(cell!.products).toEqual(after.flatMap((left, i) => after.slice(i).map((right) => left * right)))
    expect(cell).toMatchObject({
      counts: [1n, 0n],
      expected: [2n ** 28n, 3n * 2n ** 28n],
      covariance: [3n * 2n ** 26n, -3n * 2n ** 26n, 3n * 2n ** 26n],
      inverse: [w, 1_398_101n],
      weights: [w, 0n],
      squaredWeights: [w * w, 0n],
      outcomes: [1n, 0n, 300n, 1n, 0n, 0n, 0n, 0n],
      weighted: [w, 0n, 300n * w, w, 0n, 0n, 0n, 0n],
    })
    const contrast = contrastOf([cell!], { arms: [-1, 1], slots: [1, 0, 0, 0] })
    // ψ₁ = 0.25, ψ₀ = 0.5 + 4·(1 − 0.5).
    expect(contrast).toMatchObject({ estimate: 0.25 - 2.5, rows: 1, units: 1 })
  })

  it('come together by unit and day, apart by who could be drawn, and late outcomes find their day', async () => {
    const first = shown(1, { mhat: MHAT })
    await show(first, shown(3, { armId: 2 }), shown(26), shown(4, { pi: [0, 1], armId: 2 }), shown(5, { unit: bytesFor('ben') }))
    await folded()
    await tell(told(30, { decisionId: first.decisionId }))
    const cells = await folded()
    expect(cells.map(({ day, eligible, units, counts }) => [day - DAY, eligible, units, counts])).toEqual([
      [0, [false, true], 1n, [0n, 1n]],
      [0, [true, true], 2n, [2n, 1n]],
      [1, [true, true], 1n, [1n, 0n]],
    ])
    expect(cells[1]!.outcomes[0]).toBe(1n)
    const [stored] = await ask<{ n: number }>(fresh.url, 'SELECT count(*)::integer AS n FROM unit_periods')
    expect(stored!.n).toBe(4)
    await rebuild(database)
    expect(await readScores(database, epoch)).toEqual(cells)
  })

  it('count a unit that keeps its arm once, on the day of its draw, with all that it ever brings', async () => {
    const draw = shown(1, { mhat: MHAT })
    await ask(fresh.url, `INSERT INTO assignments VALUES ($1, $2, 1, 'bandit', '{0.5,0.5}', NULL, NULL, $3, to_timestamp($4 / 1000.0))`, [
      ...[epoch, anna, Buffer.from(draw.decisionId).toString('hex'), START + HOUR],
    ])
    await show(draw, shown(30, { kind: 'assigned', mhat: MHAT }))
    await tell(told(31))
    const [cell, ...others] = await folded()
    expect(others).toEqual([])
    expect(cell).toMatchObject({ day: DAY, units: 1n, counts: [1n, 0n] })
    expect(cell!.sums.at(-1)).toBe(1n)
    expect(contrastOf([cell!], { arms: [1, 0], slots: [1, 0, 0, 0] })).toMatchObject({ estimate: 0.5 + 2 * (1 - 0.5) })
  })

  it.each([
    'unit_periods SET scores[3] = scores[3] + 1',
    'unit_periods SET unit = sha256(unit)',
    'aipw_cells SET products[5] = products[5] + 1',
    'aipw_cells SET weighted_squares[1] = weighted_squares[1] - 1',
    'aipw_cells SET units = units + 1',
    'aipw_cells SET day = day + 1',
  ])('are recounted: verify finds %s', async (change) => {
    await show(shown(1, { mhat: MHAT }))
    await tell(told(2))
    await folded()
    await ask(fresh.url, `UPDATE ${change}`)
    const report = await verify(database)
    expect(report.equal).toBe(false)
    expect(report.first[0]!.part).toBe(change.split(' ')[0])
  })
})
