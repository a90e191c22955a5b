import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coarseOf } from '../../src/bandits/coarse-features.ts'
import { openLogits } from '../../src/bandits/epoch-logits.ts'
import { storedLogits } from '../../src/bandits/stored-models.ts'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { type Learned, openLearnedReader } from '../../src/log/learned-days.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { rebuild } from '../../src/log/rebuild.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { atOnce } from '../../src/stats/pieces.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { ask, BANDIT, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

/** A logistic bandit's cells in PostgreSQL: what the fold keeps, what is read of it, and what a model makes of that. */

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Math.floor(Date.now() / DAY) * DAY - 6 * DAY
const FEATURES = 3
const TYPES = ['purchase', 'purchase', 'purchase', 'return', 'click'] as const

let fresh: FreshDatabase
let database: Database
let writer: pg.Client
let logistic: number
let plain: number
let events: readonly Event[]

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  logistic = await makeEpoch(fresh.url, { allocation: { ...BANDIT.allocation, model: 'logistic' } })
  plain = await makeEpoch(fresh.url, BANDIT)
  writer = new pg.Client(fresh.url)
  await writer.connect()
  events = eventsOf(randomOf(5), 900)
})
afterAll(async () => {
  await writer.end()
  await database.close()
  await fresh.drop()
})

type Event = { readonly show: Exposure } | { readonly tell: OutcomeRecord }

/** Five days; units come back, so that a decision that is told late takes outcomes over; some outcomes name their decision. */
function eventsOf(random: Random, count: number): readonly Event[] {
  const one = <Value>(...values: readonly Value[]): Value => values[Math.floor(random.uniform() * values.length)]!
  const shown: Exposure[] = []
  return Array.from({ length: count }, (): Event => {
    const at = START + Math.floor(random.uniform() * 5 * DAY)
    const unit = bytesFor(`unit ${Math.floor(random.uniform() * 60)}`)
    if (random.uniform() < 0.6 || shown.length === 0) {
      const x = Int16Array.of(1024, one(0, 1024), one(-1000, 5, 63, 64, 65, 700, 20_000))
      const of = { epochId: one(logistic, logistic, logistic, plain), armId: one(1, 2), stratum: one('bandit', 'bandit', 'uniform') }
      const show = exposure({ at, ...of, unit, x, kind: one('drawn', 'drawn', 'drawn', 'assigned', 'shadow') } as Partial<Exposure>)
      shown.push(show)
      return { show }
    }
    const named = random.uniform() < 0.4 ? one(...shown) : null
    const when = named ? named.decidedAt + Math.floor(random.uniform() * 80 * HOUR) : at
    return { tell: outcome({ at: when, receivedAt: when, unit, decisionId: named?.decisionId ?? null, type: one(...TYPES) }) }
  })
}

async function write(events: readonly Event[]): Promise<void> {
  const shown = events.flatMap((event) => ('show' in event ? [{ exposure: event.show, key: undefined }] : []))
  const told = events.flatMap((event) => ('tell' in event ? [event.tell] : []))
  if (shown.length > 0) await writer.query(statement('append-idempotent'), [...keyedParameters(shown)])
  if (told.length > 0) await writeOutcomes(writer, told)
}

const dump = () =>
  ask(fresh.url, 'SELECT epoch_id, bucket, arm_id, x, n, hits FROM logit_cells WHERE n > 0 ORDER BY epoch_id, bucket, arm_id, x')

function modelsOf({ days, maturity, logits }: Learned, fitting = openLogits()) {
  const placed = <Part extends { readonly armId: number }>(parts: readonly Part[]) =>
    parts.map((part) => ({ ...part, arm: part.armId - 1 }))
  const windowsMs = [48, 1, 72, 72].map((hours) => hours * HOUR)
  const found = atOnce(
    fitting(placed(logits!), placed(days), {
      ...{ arms: 2, features: FEATURES, weights: [1, 0, 0, 0], context: true, memory: 10, window: Number.POSITIVE_INFINITY },
      observed: { untilMs: maturity!.untilMs, windowsMs, hours: placed(maturity!.hours), delays: placed(maturity!.delays) },
    }),
  )
  if (found.kind === 'unknown') throw new Error(found.because)
  return JSON.stringify(storedLogits(found, null))
}

describe('the cells of a logistic bandit', () => {
  it('are what a recount finds, in whatever steps and order the log was folded, and so is the model', async () => {
    const read = openLearnedReader(database, FEATURES)
    const fit = openLogits()
    const stepwise = new Set<string>()
    for (let from = 0; from < events.length; from += 150) {
      await write(events.slice(from, from + 150))
      await foldAll(database, PATIENT)
      const learned = await read(logistic, { logits: true })
      stepwise.add(modelsOf(learned, fit))
    }
    expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
    expect(stepwise.size).toBeGreaterThan(3)
    const learned = await read(logistic, { logits: true })
    expect(learned).toEqual(await openLearnedReader(database, FEATURES)(logistic, { logits: true }))
    // what was kept step by step is what is made from scratch
    expect(modelsOf(learned, fit)).toBe(modelsOf(learned))
    const { equal, first } = await verify(database)
    expect(first).toEqual([])
    expect(equal).toBe(true)
    const before = await dump()
    const model = modelsOf(learned)
    await rebuild(database)
    expect(await dump()).toEqual(before)
    expect(modelsOf(await read(logistic, { logits: true }))).toBe(model)
  })

  it('count the bandit stratum of that epoch alone, by vectors in eighths', async () => {
    const rows = (await dump()) as { epoch_id: number; n: unknown; x: number[]; hits: unknown[] }[]
    const expected = events.flatMap((event) =>
      'show' in event && event.show.epochId === logistic && event.show.stratum === 'bandit' && (event.show.kind as string) !== 'shadow'
        ? [event.show]
        : [],
    )
    expect(rows.every(({ epoch_id }) => epoch_id === logistic)).toBe(true)
    expect(rows.reduce((sum, { n }) => sum + Number(n), 0)).toBe(expected.length)
    expect(new Set(rows.map(({ x }) => x.join()))).toEqual(new Set(expected.map(({ x }) => coarseOf(x).join())))
    const conversions = rows.reduce((sum, { hits }) => sum + Number(hits[0]), 0)
    expect(conversions).toBeGreaterThan(20)
    expect(conversions).toBeLessThan(expected.length)
    expect((await openLearnedReader(database, FEATURES)(plain, { logits: true })).logits).toEqual([])
    expect(await openLearnedReader(database, FEATURES)(logistic)).not.toHaveProperty('logits')
  })

  it('are added up by day before the latest two days', async () => {
    const { logits, maturity } = await openLearnedReader(database, FEATURES)(logistic, { logits: true })
    const newest = Math.floor(maturity!.untilMs / DAY)
    expect(logits!.filter(({ day, hour }) => (hour === null) !== day < newest - 1)).toEqual([])
    const keys = logits!.map(({ day, hour, armId }) => `${day} ${hour} ${armId}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { cells } of logits!) {
      const vectors = Array.from(cells.n, (_, i) => cells.x.subarray(i * FEATURES, (i + 1) * FEATURES).join())
      expect(new Set(vectors).size).toBe(vectors.length)
    }
  })

  it('are missed by the recount when one is off by one, or gone', async () => {
    const first = (order: 'ASC' | 'DESC') => `SELECT ctid FROM logit_cells ORDER BY bucket ${order}, arm_id ${order}, x ${order} LIMIT 1`
    await ask(fresh.url, `UPDATE logit_cells SET n = n + 1 WHERE ctid = (${first('ASC')})`)
    expect((await verify(database)).first.map(({ part }) => part)).toEqual(['logit_cells'])
    await ask(fresh.url, `DELETE FROM logit_cells WHERE ctid = (${first('DESC')})`)
    expect((await verify(database)).differences).toBeGreaterThan(1)
    await rebuild(database)
    expect((await verify(database)).equal).toBe(true)
  })
})
