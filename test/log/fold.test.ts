import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { foldOnce } from '../../src/log/fold.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { readMoments } from '../../src/log/moments.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { expectedOf } from './oracle.ts'
import { ask, bytesFor, exposure, IMPORT, importedValues, makeEpoch, outcome, PAST_SLOTS, PATIENT, type PastEvent } from './sample.ts'

const HOUR = 3_600_000
const START = Date.now() - 20 * 24 * HOUR
const EVERYTHING =
  'interactions, exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells'
let fresh: FreshDatabase
let database: Database
/** The second one looks back as well. */
let epochs: number[]
/** Two writers, whose transactions stay open as long as the stream wants. */
let writers: pg.Client[]

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epochs = [await makeEpoch(fresh.url), await makeEpoch(fresh.url)]
  await ask(fresh.url, PAST_SLOTS, [epochs[1]])
  writers = [new pg.Client(fresh.url), new pg.Client(fresh.url)]
  await Promise.all(writers.map((writer) => writer.connect()))
})
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.end()))
  await database.close()
  await fresh.drop()
})

const who = fc.record({ writer: fc.nat(1), unit: fc.nat(4), hour: fc.nat(60) })
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('show' as const),
      who,
      epoch: fc.nat(2),
      arm: fc.constantFrom(1, 1, 1, 2),
      later: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('tell' as const),
      who,
      type: fc.constantFrom('purchase', 'return', 'click', 'view', 'rating'),
      value: fc.constantFrom(1_000, 3_333),
      currency: fc.constantFrom('EUR', 'EUR', 'USD', null),
      quantity: fc.integer({ min: -2, max: 3 }),
      /** Hours between what happened and its telling; null: told today. */
      delay: fc.constantFrom(null, 0, 0, 5, 30),
      /** By its unit, by the decision of an exposure, or by one that is written only later. */
      by: fc.constantFrom('unit' as const, 'decision' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      who,
      type: fc.constantFrom('purchase', 'return', 'view'),
      currency: fc.constantFrom('EUR', 'USD', null),
      delay: fc.constantFrom(0, 0, 5, 30),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('commit' as const, 'commit' as const, 'commit' as const, 'rollback' as const),
      writer: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write later' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fold' as const), rowsMax: fc.constantFrom(1, 3, 1_000) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface Written {
  readonly shown: Exposure[]
  readonly told: OutcomeRecord[]
  readonly imported: PastEvent[]
}

/** Plays a stream; returns what was committed. */
async function play(steps: readonly Step[]): Promise<Written> {
  const nothing = (): Written => ({ shown: [], told: [], imported: [] })
  const committed = nothing()
  const open = writers.map(nothing)
  const known: Exposure[] = []
  let held: Exposure[] = []
  const show = async (writer: number, rows: readonly Exposure[]) => {
    await writers[writer]!.query(statement('append-idempotent'), [
      ...keyedParameters(rows.map((row) => ({ exposure: row, key: undefined }))),
    ])
    open[writer]!.shown.push(...rows)
  }
  const end = async (writer: number, how: 'COMMIT' | 'ROLLBACK') => {
    await writers[writer]!.query(`${how}; BEGIN`)
    if (how === 'COMMIT') {
      committed.shown.push(...open[writer]!.shown)
      committed.told.push(...open[writer]!.told)
      committed.imported.push(...open[writer]!.imported)
    }
    open[writer] = nothing()
  }
  for (const writer of writers) await writer.query('BEGIN')
  for (const one of steps) {
    if (one.kind === 'show') {
      const at = START + one.who.hour * HOUR
      const epochId = epochs[one.epoch] ?? null
      const row = exposure({ at, unit: bytesFor(`unit ${one.who.unit}`), epochId, armId: epochId && one.arm })
      known.push(row)
      if (one.later) held.push(row)
      else await show(one.who.writer, [row])
    } else if (one.kind === 'tell') {
      const decision = known.at(-1 - (one.who.unit % Math.max(1, known.length)))
      const value = one.currency === null ? null : BigInt(one.type === 'return' ? -one.value : one.value)
      const at = START + one.who.hour * HOUR
      const row = outcome({
        at,
        ...(one.delay === null ? {} : { receivedAt: at + one.delay * HOUR }),
        unit: one.by === 'unit' || !decision ? bytesFor(`unit ${one.who.unit}`) : null,
        decisionId: one.by === 'unit' || !decision ? null : decision.decisionId,
        type: one.type,
        valueMinor: value,
        currency: one.currency,
        quantity: one.quantity,
      })
      await writeOutcomes(writers[one.who.writer]!, [row, row])
      open[one.who.writer]!.told.push(row)
    } else if (one.kind === 'import') {
      const occurredAt = START + one.who.hour * HOUR
      const row: PastEvent = {
        ...{ unit: bytesFor(`unit ${one.who.unit}`), type: one.type, currency: one.currency, quantity: 1, occurredAt },
        ...{ valueMinor: one.currency === null ? null : 2_500n, importedAt: occurredAt + one.delay * HOUR },
      }
      await writers[one.who.writer]!.query(IMPORT, importedValues(row))
      open[one.who.writer]!.imported.push(row)
    } else if (one.kind === 'write later') {
      await show(0, held)
      held = []
    } else if (one.kind === 'fold') {
      await foldOnce(database, { rowsMax: one.rowsMax })
    } else {
      await end(one.writer, one.kind === 'commit' ? 'COMMIT' : 'ROLLBACK')
    }
  }
  await end(0, 'COMMIT')
  await end(1, 'COMMIT')
  for (const writer of writers) await writer.query('COMMIT')
  return committed
}

describe('the fold', () => {
  it('makes of any stream what plain loops make of it: late, out of order, orphaned, doubled, rolled back, in bits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        await ask(fresh.url, `TRUNCATE ${EVERYTHING}`)
        const written = await play(steps)
        expect((await verify(database)).first).toEqual([])
        expect((await foldAll(database, { ...PATIENT, rowsMax: 7 })).caughtUp).toBe(true)
        const report = await verify(database)
        expect(report.first).toEqual([])
        expect(report).toMatchObject({ exposures: written.shown.length, outcomes: written.told.length })
        for (const epochId of epochs) await compare(epochId, written)
      }),
      { numRuns: 40 },
    )
  })
})

async function compare(epochId: number, { shown, told, imported }: Written): Promise<void> {
  const expected = expectedOf(epochId, shown, told, epochId === epochs[1] ? imported : undefined)
  const moments = await readMoments(database, epochId)
  const arms = moments.arms.filter((arm) => arm.units !== 0n || arm.excluded !== 0n)
  expect(new Map(arms.map(({ armId, ...cell }) => [armId, cell]))).toEqual(expected.arms)
  expect(new Map(moments.money.map(({ armId, currency, ...purse }) => [`${armId} ${currency}`, purse]))).toEqual(expected.money)
  expect(new Map(moments.exposures.map(({ armId, n }) => [armId, n]))).toEqual(expected.exposures)
  expect(new Map(moments.recount.exposures.map(({ armId, n }) => [armId, n]))).toEqual(expected.exposures)
}
