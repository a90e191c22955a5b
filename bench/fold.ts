/**
 * Folding against raw COPY: the rows of a log into moments, and the same rows, as binary COPY has them, into a table without any index.
 *
 * A fold reads what it folds from the log and recomputes every unit that the rows touch. First all exposures, then all outcomes of the same
 * shoppers, as they come in a shop. Then both again in an epoch whose metrics have covariates, with a history that was imported before: the
 * first fold of a shopper reads it. Each round has databases of its own.
 */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { foldAll } from '../src/log/fold-all.ts'
import { openDatabase } from '../src/store/database.ts'
import { medianOf, ratioOf } from './figures.ts'
import { type Ground, withClient } from './ground.ts'

export interface FoldOptions {
  readonly rounds: number
  readonly exposures: number
  tell(what: string): void
}

export interface FoldFigures {
  readonly rows: number
  readonly foldedPerSecond: number
  readonly copiedPerSecond: number
  /** Median over the rounds of fold ÷ raw COPY. */
  readonly ratio: number
}

export interface FoldBench {
  readonly exposures: FoldFigures
  readonly outcomes: FoldFigures
  /** The same in an epoch with covariates. */
  readonly covariates: { readonly exposures: FoldFigures; readonly outcomes: FoldFigures }
}

/** Exposures of a shopper, and outcomes of a shopper, on average. */
const EXPOSURES_EACH = 4
const OUTCOMES_EACH = 1
/** Events of a shopper in the four weeks before, in the epoch with covariates. */
const PAST_EACH = 10

const EPOCH = `
WITH experiment AS (INSERT INTO experiments (key, body, status) VALUES ('bench', '{}', 'running') RETURNING id), epoch AS (
  INSERT INTO epochs (experiment_id, no, arm_ids, settings, settings_hash, feature_version, started_at)
  SELECT experiment.id, 1, '{1,2}', '{}', '', 1, now() - interval '60 days' FROM experiment RETURNING id
)
INSERT INTO epoch_slots (epoch_id, slot, metric, part, aggregate, types, window_span, currency, cap)
SELECT epoch.id, slot.* FROM epoch CROSS JOIN (VALUES
  (0, 'conversion', 'value', 'any', '{purchase}'::text[], interval '48 hours', NULL, NULL::bigint),
  (1, 'clicks', 'value', 'count', '{click,view}', '1 hour', NULL, NULL),
  (2, 'revenue', 'value', 'value', '{purchase,return}', '72 hours', 'EUR', 500000)
) AS slot`

const PAST_SLOTS = `
INSERT INTO epoch_slots (epoch_id, slot, metric, part, aggregate, types, window_span, past_span, currency, cap)
SELECT slot.epoch_id, slot.slot + 3, slot.metric, slot.part, slot.aggregate, slot.types, interval '0', interval '28 days', slot.currency, slot.cap
FROM epoch_slots AS slot
UNION ALL
SELECT epoch.id, 6, NULL, 'history', 'any', '{}', interval '0', interval '28 days', NULL, NULL FROM epochs AS epoch`

const PAST = `
INSERT INTO interactions (unit, item_no, type, quantity, value_minor, currency, occurred_at, imported_at)
SELECT decode(md5('shopper ' || i % $2::integer), 'hex'), 1, (ARRAY['click', 'view', 'purchase'])[1 + i % 3], 1, 9900, 'EUR',
  now() - interval '15 days' - interval '20 days' * random(), now() - interval '14 days'
FROM generate_series(1, $1::integer) AS i`

const EXPOSURES = `
INSERT INTO exposures (decided_at, decision_id, unit, surface, epoch_id, arm_id, stratum, kind, pi, x, policy, served_policy, model_version,
  snapshot_id, items, reason)
SELECT now() - interval '14 days' * random(), gen_random_uuid(), decode(md5('shopper ' || i % $2::integer), 'hex'), 'home', epoch.id,
  1 + i % $2::integer % 2, 'fixed', 'drawn', '{0.5,0.5}', '{1024,0,0,1024,0,0,0,0,512,-512,512,512,0,0,1024,0}', 'popularity', 'popularity',
  '0123456789abcdef', '0123456789abcdef', '{1,2,3,4,5,6}', 'fixed'
FROM generate_series(1, $1::integer) AS i CROSS JOIN epochs AS epoch`

const OUTCOMES = `
INSERT INTO outcomes (received_at, outcome_id, unit, type, item_no, item_id, value_minor, currency, quantity, occurred_at)
SELECT now(), 'outcome ' || i, decode(md5('shopper ' || i % $2::integer), 'hex'), (ARRAY['click', 'view', 'purchase'])[1 + i % 3], 1, 'SHOE-0001',
  9900, 'EUR', 1, now() - interval '1 day' * random()
FROM generate_series(1, $1::integer) AS i`

/** Measures; every round takes some ten seconds for 100,000 exposures. */
export async function benchFold(ground: Ground, { rounds, exposures, tell }: FoldOptions): Promise<FoldBench> {
  const units = Math.floor(exposures / EXPOSURES_EACH)
  const size = { exposures, outcomes: units * OUTCOMES_EACH, units }
  const speeds = { plain: noSpeeds(), covariates: noSpeeds() }
  for (let round = 1; round <= rounds; round++) {
    for (const kind of ['plain', 'covariates'] as const) {
      tell(`round ${round} of ${rounds}: folding ${size.exposures} exposures and ${size.outcomes} outcomes, ${kind}`)
      const url = await ground.database('bench_fold')
      await withClient(url, async (client) => {
        await client.query(EPOCH)
        if (kind === 'covariates') {
          await client.query(PAST_SLOTS)
          await client.query(PAST, [units * PAST_EACH, units])
        }
        await measure({ client, url }, size, speeds[kind])
      })
    }
  }
  return { ...figuresOf(speeds.plain, size), covariates: figuresOf(speeds.covariates, size) }
}

interface Size {
  readonly exposures: number
  readonly outcomes: number
  readonly units: number
}

type Speeds = ReturnType<typeof noSpeeds>

function noSpeeds() {
  return { exposures: { folded: [] as number[], copied: [] as number[] }, outcomes: { folded: [] as number[], copied: [] as number[] } }
}

async function measure({ client, url }: { readonly client: pg.Client; readonly url: string }, size: Size, speeds: Speeds): Promise<void> {
  for (const [table, sql] of [
    ['exposures', EXPOSURES],
    ['outcomes', OUTCOMES],
  ] as const) {
    const rows = size[table]
    await client.query(sql, [rows, size.units])
    speeds[table].copied.push(rows / (await copySeconds(client, table)))
    speeds[table].folded.push(rows / (await foldSeconds(url, table, rows)))
  }
}

function figuresOf(speeds: Speeds, size: Size): Record<'exposures' | 'outcomes', FoldFigures> {
  const of = (table: 'exposures' | 'outcomes'): FoldFigures => ({
    rows: size[table],
    foldedPerSecond: medianOf(speeds[table].folded),
    copiedPerSecond: medianOf(speeds[table].copied),
    ratio: ratioOf(speeds[table].folded, speeds[table].copied),
  })
  return { exposures: of('exposures'), outcomes: of('outcomes') }
}

/** Seconds until all rows of a table are in one without any index, by binary COPY. */
export async function copySeconds(client: pg.Client, table: string): Promise<number> {
  const bytes = await buffer(client.query(to(`COPY (SELECT * FROM ${table}) TO STDOUT (FORMAT binary)`)))
  await client.query(`CREATE TABLE raw_${table} (LIKE ${table})`)
  const started = performance.now()
  await pipeline(Readable.from(bytes, { objectMode: false }), client.query(from(`COPY raw_${table} FROM STDIN (FORMAT binary)`)))
  return (performance.now() - started) / 1000
}

/** Seconds until the rows of that table are folded; they have to be all there is to fold. */
export async function foldSeconds(url: string, table: 'exposures' | 'outcomes', rows: number): Promise<number> {
  const database = openDatabase(url)
  try {
    const started = performance.now()
    const folded = await foldAll(database)
    if (folded[table] !== rows) throw new Error(`Of ${rows} ${table} ${folded[table]} were folded.`)
    return (performance.now() - started) / 1000
  } finally {
    await database.close()
  }
}
