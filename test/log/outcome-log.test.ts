import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openExposureLog } from '../../src/log/exposure-log.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { type DurableOutcomeLog, openOutcomeLog } from '../../src/log/outcome-log.ts'
import { outcomeFrom, spooledOutcomeOf } from '../../src/log/spooled-outcome.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { ask, bytesFor, countOf, exposure, idAt, outcome } from './sample.ts'

const NOWHERE = 'postgres://nobody@127.0.0.1:1/nothing'
const HOUR = 3_600_000
let database: FreshDatabase
let root: string
let folders = 0
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  database = await freshDatabase()
  root = mkdtempSync(join(tmpdir(), 'croupier-outcomes-'))
})
afterAll(async () => {
  await Promise.all(opened.map((log) => log.close()))
  await database.drop()
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => ask(database.url, 'TRUNCATE exposures, outcomes, outcome_keys'))

async function open(given: { url?: string; spoolFolder?: string; patienceMs?: number } = {}): Promise<DurableOutcomeLog> {
  const log = await openOutcomeLog({ url: database.url, spoolFolder: join(root, `${++folders}`), ...given })
  opened.push(log)
  return log
}

const flagsOf = async (id: string) => {
  const [row] = await ask<{ flags: string[]; unit: Buffer | null }>(
    database.url,
    'SELECT flags, unit FROM outcomes WHERE outcome_id = $1',
    [id],
  )
  return { flags: row!.flags, unit: row!.unit && new Uint8Array(row!.unit) }
}

describe('the outcome log', () => {
  it('counts an outcomeId once for ever and answers item by item', async () => {
    const [here, there] = [await open(), await open()]
    const changed = { bodyHash: bytesFor('another body') }
    const given = [outcome(), outcome(), outcome()]
    expect(await here.append([given[0]!, given[0]!, { ...given[0]!, ...changed }, given[1]!])).toEqual([
      'accepted',
      'duplicate',
      'conflict',
      'accepted',
    ])
    expect(await there.append([given[2]!, { ...given[1]!, ...changed }, given[0]!])).toEqual(['accepted', 'conflict', 'duplicate'])
    expect(await countOf(database.url, 'outcomes')).toBe(3)
    expect(here.counters).toMatchObject({ accepted: 2, duplicates: 1, conflicts: 1 })
  })

  it('accepts each outcome exactly once when nodes send the same ones at the same time', async () => {
    const nodes = [await open(), await open(), await open()]
    const given = Array.from({ length: 200 }, () => outcome())
    const answers = await Promise.all(nodes.flatMap((log) => [log.append(given), log.append(given.toReversed())]))
    expect(answers.flat().filter((answer) => answer === 'accepted')).toHaveLength(200)
    expect(answers.flat().filter((answer) => answer === 'duplicate')).toHaveLength(1_000)
    expect(await countOf(database.url, 'outcomes')).toBe(200)
  })

  it('finds the unit of an outcome that names only a decision, and flags it an orphan when the decision is not there', async () => {
    const exposures = await openExposureLog({ url: database.url, spoolFolder: join(root, 'x') })
    opened.push(exposures)
    const shown = exposure({ at: Date.now() - HOUR, unit: bytesFor('anna') })
    await exposures.append(shown)
    const log = await open()
    const [known, orphan, plain] = [
      outcome({ unit: null, decisionId: shown.decisionId }),
      outcome({ unit: null, decisionId: idAt(Date.now()) }),
      outcome({ decisionId: idAt(Date.now()) }),
    ]
    expect(await log.append([known, orphan, plain])).toEqual(['accepted', 'accepted', 'accepted'])
    expect(await flagsOf(known.outcomeId)).toEqual({ flags: [], unit: bytesFor('anna') })
    expect(await flagsOf(orphan.outcomeId)).toEqual({ flags: ['orphan'], unit: null })
    expect(await flagsOf(plain.outcomeId)).toEqual({ flags: [], unit: bytesFor('shopper') })
  })

  it('flags what is told more than a day after it happened, and believes no clock that is ahead', async () => {
    const log = await open()
    const now = Date.now()
    const [late, fresh, ahead] = [
      outcome({ at: now - 25 * HOUR }),
      outcome({ at: now - 23 * HOUR }),
      outcome({ at: now + HOUR, receivedAt: now }),
    ]
    await log.append([late, fresh, ahead, { ...outcome(), occurredAt: now - 30 * HOUR, flags: ['late'] }])
    expect((await flagsOf(late.outcomeId)).flags).toEqual(['late'])
    expect((await flagsOf(fresh.outcomeId)).flags).toEqual([])
    const [row] = await ask<{ occurred_at: Date }>(database.url, 'SELECT occurred_at FROM outcomes WHERE outcome_id = $1', [
      ahead.outcomeId,
    ])
    expect(row!.occurred_at.getTime()).toBe(now)
    const [twice] = await ask<{ n: number }>(database.url, 'SELECT max(cardinality(flags)) AS n FROM outcomes')
    expect(twice!.n).toBe(1)
  })

  it('queues outcomes while the database is away and knows them again afterwards', async () => {
    const spoolFolder = join(root, 'away')
    const away = await open({ url: NOWHERE, spoolFolder })
    const given = [
      outcome(),
      outcome({ valueMinor: 9_007_199_254_740_993n }),
      outcome({ unit: null, decisionId: idAt(Date.now()), valueMinor: null }),
    ]
    expect(await away.append([...given, given[0]!])).toEqual(['queued', 'queued', 'queued', 'queued'])
    await away.close()
    const back = await open({ spoolFolder })
    await until(() => back.backlogBytes() === 0)
    expect(await back.append(given)).toEqual(['duplicate', 'duplicate', 'duplicate'])
    expect(await countOf(database.url, 'outcomes')).toBe(3)
    const [row] = await ask<{ most: string }>(database.url, 'SELECT max(value_minor) AS most FROM outcomes')
    expect(row!.most).toBe('9007199254740993')
  })

  it('queues what PostgreSQL does not answer in time, and counts it once', async () => {
    const log = await open({ patienceMs: 60 })
    const blocker = new pg.Client(database.url)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE outcomes IN ACCESS EXCLUSIVE MODE')
    const given = [outcome(), outcome()]
    expect(await log.append(given)).toEqual(['queued', 'queued'])
    await blocker.query('COMMIT')
    await blocker.end()
    await until(() => log.backlogBytes() === 0 && log.connected())
    expect(await (await open()).append(given)).toEqual(['duplicate', 'duplicate'])
    expect(await countOf(database.url, 'outcomes')).toBe(2)
  })

  it('lets a row that PostgreSQL refuses spoil no other', async () => {
    const log = await open()
    const bad = outcome({ type: 'a\0b' })
    const answers = await log.append([...Array.from({ length: 20 }, () => outcome()), bad, ...Array.from({ length: 12 }, () => outcome())])
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(32)
    expect(answers[20]).toBe('lost')
    expect(await countOf(database.url, 'outcomes')).toBe(32)
  })

  it('leaves nothing out when an outcome waits on disk', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const record: fc.Arbitrary<OutcomeRecord> = fc.record({
      outcomeId: fc.string(),
      bodyHash: bytes,
      receivedAt: fc.nat(),
      occurredAt: fc.nat(),
      unit: fc.option(bytes),
      decisionId: fc.option(bytes),
      type: fc.string(),
      itemNo: fc.option(fc.nat()),
      itemId: fc.option(fc.string({ unit: 'binary' })),
      valueMinor: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n })),
      currency: fc.option(fc.string()),
      quantity: fc.integer(),
      flags: fc.array(fc.string()),
    })
    fc.assert(
      fc.property(record, (one) => {
        expect(outcomeFrom(spooledOutcomeOf(one))).toEqual(one)
      }),
    )
  })
})
