/** Folds until everything that was committed before the call is in the moments; says who holds the fold back when it lags. */
import { setTimeout as pause } from 'node:timers/promises'
import { type FoldOptions, foldOnce } from './fold.ts'
import { statement } from './statement.ts'
import type { LogDatabase } from './transaction.ts'

export interface FoldSummary {
  readonly exposures: number
  readonly outcomes: number
  readonly units: number
  readonly watermark: bigint
  /** False when a transaction that still runs, or another folder, kept us from it until `waitMs` was over. */
  readonly caughtUp: boolean
  readonly ms: number
}

export interface FoldLag {
  /** Age of the oldest row that is not in the moments; 0 when there is none. */
  readonly seconds: number
  readonly watermark: bigint
  /** The oldest writing transaction, when it keeps the watermark where it is. */
  readonly holder: {
    readonly pid: number
    readonly application: string
    readonly state: string
    readonly seconds: number
  } | null
}

const WAIT_MS = 5_000
const AGAIN_MS = { first: 10, most: 200 }
const LAG_MS = 1_000
const LAG = statement('fold-lag')

export interface FoldAllOptions extends FoldOptions {
  /** How long to wait for transactions that still run. Work that can be done is always done. */
  readonly waitMs?: number
}

/** Rejects with PostgreSQL's error; what was folded before stays folded. */
export async function foldAll(database: LogDatabase, options: FoldAllOptions = {}): Promise<FoldSummary> {
  const { waitMs = WAIT_MS } = options
  const start = performance.now()
  const goal = await nextTransaction(database)
  const sum = { exposures: 0, outcomes: 0, units: 0, watermark: 0n }
  let again = AGAIN_MS.first
  for (;;) {
    const report = await foldOnce(database, options)
    if (report.kind === 'folded') {
      sum.exposures += report.exposures
      sum.outcomes += report.outcomes
      sum.units += report.units
      sum.watermark = report.watermark
    }
    const ms = performance.now() - start
    const caughtUp = report.kind === 'folded' && report.watermark >= goal
    if (caughtUp) return { ...sum, caughtUp, ms }
    if (report.kind === 'reset' || (report.kind === 'folded' && report.behind)) continue
    if (ms > waitMs) return { ...sum, caughtUp, ms }
    await pause(again)
    again = Math.min(2 * again, AGAIN_MS.most)
  }
}

/** How far the fold is behind. Rejects with PostgreSQL's error, or when there is no answer within a second: probes and metrics wait for it. */
export async function foldLag(database: LogDatabase): Promise<FoldLag> {
  const { rows } = await database.learner.query<LagRow>({ text: LAG, query_timeout: LAG_MS } as { text: string })
  const row = rows[0]
  if (!row) return { seconds: 0, watermark: 0n, holder: null }
  const { seconds, watermark, pid, application_name, state, holder_seconds } = row
  const holder = pid === null ? null : { pid, application: application_name ?? '', state: state ?? '', seconds: holder_seconds ?? 0 }
  return { seconds, watermark: BigInt(watermark), holder: seconds > 0 ? holder : null }
}

interface LagRow {
  readonly seconds: number
  readonly watermark: string
  readonly pid: number | null
  readonly application_name: string | null
  readonly state: string | null
  readonly holder_seconds: number | null
}

/** Every transaction with a lower id has begun by now. */
async function nextTransaction(database: LogDatabase): Promise<bigint> {
  const { rows } = await database.learner.query<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot()) AS next')
  return BigInt(rows[0]!.next)
}
