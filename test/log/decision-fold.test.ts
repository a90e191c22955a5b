import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { readBuckets } from '../../src/log/buckets.ts'
import { foldOnce } from '../../src/log/fold.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { rebuild } from '../../src/log/rebuild.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { bucketsOf, delaysOf } from './decision-oracle.ts'
import { ask, BANDIT, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

const HOUR = 3_600_000
const START = Math.floor(Date.now() / HOUR) * HOUR - 20 * 24 * HOUR
/** As if all of it were of the last two days, so that hours stand apart. */
const ASOF = new Date(START + 24 * HOUR)
const EVERYTHING =
  'exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells, bandit_buckets, delay_cells, unit_periods, aipw_cells'
let fresh: FreshDatabase
let database: Database
/** Two bandits' epochs and one with fixed weights. */
let epochs: number[]
let writers: pg.Client[]

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epochs = [await makeEpoch(fresh.url, BANDIT), await makeEpoch(fresh.url, BANDIT), await makeEpoch(fresh.url)]
  writers = [new pg.Client(fresh.url), new pg.Client(fresh.url)]
  await Promise.all(writers.map((writer) => writer.connect()))
})
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.end()))
  await database.close()
  await fresh.drop()
})

/** Minutes from the start; some moments are met by many events. */
const minute = fc.oneof(fc.constantFrom(0, 30, 60, 61, 119, 120), fc.nat(73 * 60))
const who = { writer: fc.nat(1), unit: fc.nat(2), minute }
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('show' as const),
      ...who,
      epoch: fc.constantFrom(0, 0, 0, 1, 2),
      arm: fc.constantFrom(1, 2),
      stratum: fc.constantFrom('fixed' as const, 'none' as const),
      drawn: fc.constantFrom('drawn', 'drawn', 'drawn', 'assigned', 'shadow'),
      x: fc.tuple(fc.constant(1024), fc.integer({ min: -8192, max: 8192 }), fc.constantFrom(0, 32767, -32768)),
      pi: fc.constantFrom([0.5, 0.5], [0.1, 0.9], [1 / 3, 2 / 3], [0.025, 0.975], [0, 1], [1, 0], [1e-7, 1 - 1e-7], [1]),
      mhat: fc.constantFrom(
        null,
        [1, 2],
        ...[0.1, -3.7e4, 1e12].map((one) => Array.from({ length: 8 }, (_, i) => Math.fround(one / (i + 1)))),
      ),
      /** Its slate was shown, but it waits in a spool. */
      later: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('tell' as const),
      ...who,
      type: fc.constantFrom('purchase', 'purchase', 'return', 'click', 'view', 'rating'),
      value: fc.constantFrom(1_000, 3_333, 4_000_000_000_000),
      currency: fc.constantFrom('EUR', 'EUR', 'USD', null),
      quantity: fc.integer({ min: -2, max: 3 }),
      /** By its unit, by a decision, by both, or by a decision that never was. */
      by: fc.constantFrom('unit', 'unit', 'decision', 'both', 'nothing known'),
      which: fc.nat(5),
      /** Told at once, or today. */
      prompt: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), writer: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const), writer: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fold' as const), rowsMax: fc.constantFrom(1, 3, 1_000) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
interface Rows {
  shown: Exposure[]
  told: OutcomeRecord[]
}

function outcomeOf(one: Step & { kind: 'tell' }, known: readonly Exposure[]): OutcomeRecord {
  const decision = known.at(-1 - one.which) ?? exposure()
  const named = one.by === 'unit' ? null : one.by === 'nothing known' ? exposure().decisionId : decision.decisionId
  const at = START + one.minute * 60_000
  return outcome({
    at,
    ...(one.prompt && { receivedAt: at }),
    unit: one.by === 'decision' ? null : bytesFor(`unit ${one.unit}`),
    decisionId: named,
    type: one.type,
    valueMinor: one.currency === null ? null : BigInt(one.type === 'return' ? -one.value : one.value),
    currency: one.currency,
    quantity: one.quantity,
  })
}

/** Plays a stream; returns what was committed. */
async function play(steps: readonly Step[]): Promise<Rows> {
  const committed: Rows = { shown: [], told: [] }
  const open: Rows[] = writers.map(() => ({ shown: [], told: [] }))
  const known: Exposure[] = []
  let spooled: Exposure[] = []
  const show = async (writer: number, rows: readonly Exposure[]) => {
    const parameters = keyedParameters(rows.map((row) => ({ exposure: row, key: undefined })))
    await writers[writer]!.query(statement('append-idempotent'), [...parameters])
    open[writer]!.shown.push(...rows)
  }
  const end = async (writer: number, how: 'COMMIT' | 'ROLLBACK') => {
    await writers[writer]!.query(`${how}; BEGIN`)
    if (how === 'COMMIT') {
      committed.shown.push(...open[writer]!.shown)
      committed.told.push(...open[writer]!.told)
    }
    open[writer] = { shown: [], told: [] }
  }
  for (const writer of writers) await writer.query('BEGIN')
  for (const one of steps) {
    if (one.kind === 'show') {
      const { arm, stratum, x, drawn, pi, mhat } = one
      const given = { armId: arm, stratum, pi, mhat, kind: drawn as 'drawn', x: Int16Array.from(x), epochId: epochs[one.epoch]! }
      const row = exposure({ at: START + one.minute * 60_000, unit: bytesFor(`unit ${one.unit}`), ...given })
      known.push(row)
      if (one.later) spooled.push(row)
      else await show(one.writer, [row])
    } else if (one.kind === 'tell') {
      const row = outcomeOf(one, known)
      await writeOutcomes(writers[one.writer]!, [row, row])
      open[one.writer]!.told.push(row)
    } else if (one.kind === 'drain') {
      await show(0, spooled)
      spooled = []
    } else if (one.kind === 'fold') await foldOnce(database, { rowsMax: one.rowsMax })
    else await end(one.writer, one.kind === 'commit' ? 'COMMIT' : 'ROLLBACK')
  }
  for (const writer of [0, 1]) await end(writer, 'COMMIT')
  for (const writer of writers) await writer.query('COMMIT')
  return committed
}

async function storedOf(epochId: number) {
  const buckets = await readBuckets(database, epochId, { asOf: ASOF })
  return new Map(buckets.map(({ armId, stratum, bucket, n, a, b, c }) => [`${armId} ${stratum} ${bucket.toISOString()}`, { n, a, b, c }]))
}

async function storedDelaysOf(epochId: number) {
  const cells = await ask<{ arm_id: number; stratum: string; bucket: Date; slot: number; delay_bin: number; count: string }>(
    fresh.url,
    `SELECT * FROM delay_cells WHERE count <> 0 AND epoch_id = ${epochId}`,
  )
  return new Map(
    cells.map((cell) => [`${cell.arm_id} ${cell.stratum} ${cell.bucket.toISOString()} ${cell.slot} ${cell.delay_bin}`, Number(cell.count)]),
  )
}

/** Until when the log is known to reach. */
const reach = () => ask(fresh.url, "SELECT told_until, decided_until FROM watermarks WHERE name = 'decisions'")

describe('the fold at decision grain', () => {
  it('makes of any stream, in any order and number of steps, the bits that plain loops make of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        await ask(fresh.url, `TRUNCATE ${EVERYTHING}; DELETE FROM watermarks WHERE name = 'decisions'`)
        const { shown, told } = await play(steps)
        expect((await foldAll(database, { ...PATIENT, rowsMax: 7 })).caughtUp).toBe(true)
        const stepwise = await Promise.all(epochs.map(storedOf))
        const [delays, until] = [await Promise.all(epochs.map(storedDelaysOf)), await reach()]
        for (const [i, epochId] of epochs.entries()) {
          expect(stepwise[i]).toEqual(i === 2 ? new Map() : bucketsOf(epochId, shown, told))
          expect(delays[i]).toEqual(i === 2 ? new Map() : delaysOf(epochId, shown, told))
        }
        expect((await verify(database)).first).toEqual([])
        await rebuild(database)
        expect(await Promise.all(epochs.map(storedOf))).toEqual(stepwise)
        expect(await Promise.all(epochs.map(storedDelaysOf))).toEqual(delays)
        expect(await reach()).toEqual(until)
      }),
      { numRuns: 40 },
    )
  })
})
