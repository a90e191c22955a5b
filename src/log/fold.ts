/**
 * The fold: what is new in the log is added to unit rows and moments, each row exactly once.
 *
 * Rows carry the id of the transaction that wrote them. One transaction locks the watermark, takes all rows with
 *
 *     watermark ≤ xid < oldest transaction still running
 *
 * none of which can still appear or vanish, moves the moments by what the touched units are now less what they were, moves the watermark,
 * and commits. A unit's totals are always added up anew from the log, its arm and first moment are an earliest, so a row counts once
 * whatever happens: two folders wait for each other, a killed one leaves nothing behind, and a stalled one has lost its transaction.
 * (Serial numbers would not do: they become visible out of order, and a watermark on them loses rows.)
 */
import type { PoolClient } from 'pg'
import { foldDecisions } from './decision-fold.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

export type FoldReport =
  | {
      readonly kind: 'folded'
      readonly exposures: number
      readonly outcomes: number
      /** Unit rows that were written. */
      readonly units: number
      /** Everything below it is in the moments. */
      readonly watermark: bigint
      /** There was more than one step's worth. */
      readonly behind: boolean
    }
  /** Somebody else is folding. */
  | { readonly kind: 'busy' }
  /** The log was restored from elsewhere: the moments were cleared, and the next steps build them anew. */
  | { readonly kind: 'reset' }

export interface FoldOptions {
  /** Exposures, and outcomes, of one transaction; bounds its time to a few seconds. */
  readonly rowsMax?: number
  /** How long to wait for another folder. */
  readonly lockMs?: number
}

const ROWS_MAX = 200_000
const LOCK_MS = 2_000
/** A folder that stalls in its transaction loses it, and the lock with it. */
const IDLE_MS = 10_000
const STATEMENT_MS = 60_000
/** Without statistics PostgreSQL takes large scratch tables for small ones and joins them row by row, in quadratic time. */
const ANALYZE_ROWS = 1_000
const HASH_JOINS = 'SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off'
const ALL_JOINS = 'SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on'

const SQL = {
  start: statement('fold-start'),
  tables: statement('fold-tables'),
  lock: statement('fold-lock'),
  bounds: statement('fold-bounds'),
  exposures: statement('fold-exposures'),
  told: statement('fold-told'),
  join: statement('fold-join'),
  toldPast: statement('fold-told-past'),
  touch: statement('fold-touch'),
  hits: statement('fold-hits'),
  totals: statement('fold-totals'),
  past: statement('fold-past'),
  pastTotals: statement('fold-past-totals'),
  unitRows: statement('fold-unit-rows'),
  unitCells: statement('fold-unit-cells'),
  moneyCells: statement('fold-money-cells'),
  unitMoney: statement('fold-unit-money'),
  end: statement('fold-end'),
  reset: statement('reset-moments'),
}

/** One step of the fold: at most `rowsMax` exposures and outcomes. Rejects with PostgreSQL's error; then nothing has changed. */
export async function foldOnce(database: LogDatabase, options: FoldOptions = {}): Promise<FoldReport> {
  const { rowsMax = ROWS_MAX, lockMs = LOCK_MS } = options
  try {
    return await transaction(database.learner, beginWith(lockMs), (client) => step(client, rowsMax))
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return { kind: 'busy' }
    throw error
  }
}

function beginWith(lockMs: number): string {
  const settings = {
    lock_timeout: lockMs,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_MS,
    TimeZone: "'UTC'",
    jit: 'off',
    work_mem: "'64MB'",
  }
  return `BEGIN; ${Object.entries(settings)
    .map(([name, value]) => `SET LOCAL ${name} = ${value}`)
    .join('; ')}`
}

async function step(client: PoolClient, rowsMax: number): Promise<FoldReport> {
  await client.query(SQL.tables)
  const locked = await client.query(SQL.lock)
  if (locked.rowCount === 0) {
    await client.query(SQL.start)
    await client.query(SQL.lock)
  }
  const { rows } = await client.query<Bounds>(SQL.bounds, [rowsMax])
  const bounds = rows[0]!
  if (!bounds.is_valid) {
    await client.query(SQL.reset)
    return { kind: 'reset' }
  }
  return { kind: 'folded', ...(await foldBetween(client, bounds)), watermark: BigInt(bounds.high), behind: bounds.is_behind }
}

interface Bounds {
  readonly low: string
  readonly high: string
  readonly is_behind: boolean
  readonly is_valid: boolean
  /** Some epoch has covariates. */
  readonly has_past: boolean
}

async function foldBetween(
  client: PoolClient,
  { low, high, has_past }: Bounds,
): Promise<{ exposures: number; outcomes: number; units: number }> {
  const range = [low, high]
  const counted = await client.query<{ exposures: unknown }>(SQL.exposures, range)
  const told = await client.query(SQL.told, range)
  const joined = await client.query(SQL.join, range)
  if (has_past) await client.query(SQL.toldPast, range)
  const touched = await client.query(SQL.touch, range)
  if (touched.rowCount) {
    if (has_past) await readPast(client, high)
    await moveMoments(client, high)
  }
  await foldDecisions(client, high)
  await client.query(SQL.end, [high])
  return {
    exposures: Number(counted.rows[0]!.exposures),
    outcomes: (told.rowCount ?? 0) + (joined.rowCount ?? 0),
    units: touched.rowCount ?? 0,
  }
}

/** What the units brought along that are new, or whose first exposure is another one now. */
async function readPast(client: PoolClient, high: string): Promise<void> {
  const { rowCount } = await client.query(SQL.past, [high])
  if (!rowCount) return
  if (rowCount > ANALYZE_ROWS) await client.query('ANALYZE touched; ANALYZE past')
  await client.query(HASH_JOINS)
  await client.query(SQL.pastTotals)
  await client.query(ALL_JOINS)
}

async function moveMoments(client: PoolClient, high: string): Promise<void> {
  const hits = await client.query(SQL.hits, [high])
  const many = (hits.rowCount ?? 0) > ANALYZE_ROWS
  if (many) await client.query('ANALYZE touched; ANALYZE hits')
  await client.query(HASH_JOINS)
  if (hits.rowCount) await client.query(SQL.totals)
  await client.query(SQL.unitCells)
  await client.query(ALL_JOINS)
  await client.query(SQL.unitRows)
  await client.query(SQL.moneyCells)
  await client.query(SQL.unitMoney)
}
