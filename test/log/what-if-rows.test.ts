import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WhatIfDecision, WhatIfFold } from '../../src/decisions/what-if-fold.ts'
import { readBuckets } from '../../src/log/buckets.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { statement } from '../../src/log/statement.ts'
import { transaction } from '../../src/log/transaction.ts'
import { readWhatIf } from '../../src/log/what-if-rows.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, BANDIT, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

const HOUR = 3_600_000
const START = Math.floor(Date.now() / HOUR) * HOUR - 20 * 24 * HOUR
const NOW = new Date(START + 15 * 24 * HOUR)
let fresh: FreshDatabase
let database: Database
let epochId: number

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epochId = await makeEpoch(fresh.url, BANDIT)
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})

/** A fold that only listens. */
function listening() {
  const heard: WhatIfDecision[] = []
  const asked: string[] = []
  const fold: WhatIfFold = {
    lacks: (id) => !asked.includes(id),
    learn: (id) => void asked.push(id),
    forget: () => undefined,
    add: (decision) => void heard.push(decision),
    ledger: undefined as never,
    leftOut: { withoutSnapshot: 0, withoutEvidence: 0, withoutDraw: 0 },
  }
  return { heard, asked, fold }
}

const minute = fc.oneof(fc.constantFrom(0, 30, 60, 61), fc.nat(80 * 60))
const shows = fc.array(fc.record({ minute, unit: fc.nat(3), arm: fc.constantFrom(1, 2) }), { minLength: 1, maxLength: 20 })
const tells = fc.array(
  fc.record({
    minute,
    unit: fc.nat(3),
    type: fc.constantFrom('purchase', 'return', 'click'),
    value: fc.constantFrom(1_000, 3_333),
    currency: fc.constantFrom('EUR', 'USD'),
    names: fc.option(fc.nat(19), { nil: null }),
  }),
  { maxLength: 30 },
)

async function write(shown: readonly ReturnType<typeof exposure>[], told: readonly ReturnType<typeof outcome>[]): Promise<void> {
  await transaction(database.learner, 'BEGIN', async (client) => {
    await client.query(statement('append-idempotent'), [...keyedParameters(shown.map((row) => ({ exposure: row, key: undefined })))])
    await writeOutcomes(client, told)
  })
  await foldAll(database, PATIENT)
}

const EVERYTHING =
  'exposures, outcomes, outcome_keys, outcome_units, unit_rows, unit_cells, unit_money, money_cells, exposure_cells, bandit_buckets'
const clear = () => ask(fresh.url, `TRUNCATE ${EVERYTHING}; DELETE FROM watermarks WHERE name = 'decisions'`)
const question = (given: object = {}) => ({ epochId, from: new Date(START), to: NOW, rowsMax: 1_000, asOf: NOW, ...given })

describe('the decisions of an epoch for a what-if', () => {
  it('brought the same as the fold says, arm by arm and slot by slot, whatever the log', async () => {
    await fc.assert(
      fc.asyncProperty(shows, tells, async (given, told) => {
        await clear()
        const shown = given.map(({ minute: at, unit, arm }) =>
          exposure({ at: START + at * 60_000, unit: bytesFor(`unit ${unit}`), armId: arm, epochId, stratum: 'bandit' }),
        )
        const outcomes = told.map(({ minute: at, unit, type, value, currency, names }) =>
          outcome({
            ...{ at: START + at * 60_000, type, currency, unit: bytesFor(`unit ${unit}`) },
            ...{
              valueMinor: BigInt(type === 'return' ? -value : value),
              decisionId: names === null ? null : (shown[names]?.decisionId ?? null),
            },
          }),
        )
        await write(shown, outcomes)
        const { heard, fold } = listening()
        expect(await readWhatIf(database, question(), { fold })).toMatchObject({ decisions: shown.length })
        expect(heard.length).toBe(shown.length)
        for (const armId of [1, 2]) {
          const buckets = (await readBuckets(database, epochId)).filter((bucket) => bucket.armId === armId)
          const mine = heard.filter((decision) => decision.armId === armId)
          for (const slot of [0, 1, 2, 3]) {
            const folded = buckets.reduce((sum, { b, outcomes: slots }) => sum + b.slice(0, slots)[slot]!, 0n)
            expect(BigInt(mine.reduce((sum, { outcomes: y }) => sum + y[slot]!, 0)) * 1024n).toBe(folded)
          }
        }
        expect(new Set(heard.map(({ unit }) => unit)).size).toBe(new Set(given.map(({ unit }) => unit)).size)
      }),
      { numRuns: 40 },
    )
  })

  it('are the newest ones, in their order, with how many are immature', async () => {
    await clear()
    const shown = [5, 3, 1, 2, 4].map((hour) =>
      exposure({ at: NOW.getTime() - hour * HOUR, epochId, snapshotId: `s${hour}`, mhat: [0.5, 1] }),
    )
    await write(shown, [outcome({ at: NOW.getTime() - 0.5 * HOUR, decisionId: shown[2]!.decisionId })])
    const { heard, asked, fold } = listening()
    const read = await readWhatIf(database, question({ rowsMax: 3 }), { fold })
    expect(heard.map(({ snapshotId }) => snapshotId)).toEqual(['s3', 's2', 's1'])
    expect(asked).toEqual(['s3', 's2', 's1'])
    expect(heard[2]).toMatchObject({ pi: [0.5, 0.5], mhat: [0.5, 1], outcomes: [1, 0, 1_000, 1], armId: 1 })
    expect(read).toEqual({ decisions: 5, since: new Date(NOW.getTime() - 3 * HOUR), immature: [3, 0, 3, 3] })
    const none = await readWhatIf(database, question({ to: new Date(START + HOUR) }), { fold })
    expect(none).toMatchObject({ decisions: 0, since: null })
  })
})
