/**
 * The decisions of a bandit's epoch in their order, with what they brought and with what their snapshots kept, for folds that ask what
 * another policy would have done.
 *
 *     exposures, outcomes (by cursor, one picture of the log) ─▶ y by `broughtBy`     snapshots ─▶ bodies, each read once or twice
 *
 * Rows come in small batches, so that a node that serves meanwhile is not held up; only the newest bodies are kept.
 */
import type { ClientBase } from 'pg'
import type { KeptOfEpoch, WhatIfDecision, WhatIfFold } from '../decisions/what-if-fold.ts'
import { eachBatch } from './cursor.ts'
import { broughtBy, type Hit, longestMicros, type Objective, readBandits } from './objectives.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'
import { smallintsOf } from './wholes.ts'

export interface WhatIfQuestion {
  readonly epochId: number
  /** Decisions in [from, to). */
  readonly from: Date
  readonly to: Date
  /** The newest so many of them. */
  readonly rowsMax: number
  /** When windows are looked at. */
  readonly asOf: Date
}

export interface WhatIfRead {
  /** Decisions in [from, to); the newest `rowsMax` of them were visited. */
  readonly decisions: number
  /** When the oldest visited one was made; null without any. */
  readonly since: Date | null
  /** Visited ones whose window has not ended, by slot that looks forward. */
  readonly immature: readonly number[]
}

/** `done` and `total` count decisions. */
export type WhatIfProgress = (done: number, total: number) => void

type Row = readonly [
  unit: number,
  armId: number,
  stratum: string,
  kind: string,
  snapshotId: string,
  x: string,
  pi: readonly number[],
  mhat: readonly number[] | null,
  hits:
    | readonly (readonly [type: string, valueMinor: string | null, currency: string | null, quantity: number, ageMicros: number])[]
    | null,
]

const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; SET LOCAL enable_nestloop = off; SET LOCAL cursor_tuple_fraction = 1`
const SQL = { count: statement('what-if-count'), decisions: statement('what-if-decisions'), bodies: statement('what-if-bodies') }
/** Some 10 ms of work at 4 arms. */
const BATCH_ROWS = 250

/** Reads into the fold. Rejects with PostgreSQL's error. */
export function readWhatIf(
  database: LogDatabase,
  { epochId, from, to, rowsMax, asOf }: WhatIfQuestion,
  { fold, onProgress }: { readonly fold: WhatIfFold; readonly onProgress?: WhatIfProgress },
): Promise<WhatIfRead> {
  return transaction(database.learner, BEGIN, async (client) => {
    const bandit = (await readBandits(client)).get(epochId) ?? { armIds: [], objectives: [] }
    const { objectives } = bandit
    const windows = objectives.map(({ windowMicros }) => windowMicros)
    const counted = await client.query<WhatIfRead>(SQL.count, [epochId, from, to, rowsMax, windows, asOf])
    const { decisions, since, immature } = counted.rows[0]!
    if (since === null) return { decisions, since, immature }
    const total = Math.min(decisions, rowsMax)
    const values = [epochId, since, to, longestMicros(new Map([[epochId, bandit]]))]
    let done = 0
    await eachBatch<Row>(client, { text: SQL.decisions, values, rows: BATCH_ROWS }, async (rows) => {
      await learnBodies(client, { rows, epochId, fold })
      for (const row of rows) fold.add(decisionOf(row, objectives))
      done = Math.min(done + rows.length, total)
      onProgress?.(done, total)
    })
    return { decisions, since, immature }
  })
}

interface BodiesStep {
  readonly rows: readonly Row[]
  readonly epochId: number
  readonly fold: WhatIfFold
}

async function learnBodies(client: ClientBase, { rows, epochId, fold }: BodiesStep): Promise<void> {
  fold.forget()
  const missing = [...new Set(rows.map(([, , , , snapshotId]) => snapshotId))].filter(fold.lacks)
  if (missing.length === 0) return
  const { rows: bodies } = await client.query<KeptOfEpoch & { readonly id: string }>(SQL.bodies, [missing, epochId])
  const kept = new Map(bodies.map(({ id, ...body }) => [id, body]))
  for (const id of missing) fold.learn(id, kept.get(id) ?? null)
}

function decisionOf([unit, armId, stratum, kind, snapshotId, x, pi, mhat, hits]: Row, objectives: readonly Objective[]): WhatIfDecision {
  const brought = (hits ?? []).map(([type, valueMinor, currency, quantity, ageMicros]): Hit => {
    return { type, valueMinor: BigInt(valueMinor ?? 0), currency, quantity, ageMicros }
  })
  return { unit, armId, stratum, kind, snapshotId, x: smallintsOf(x), pi, mhat, outcomes: broughtBy(objectives, brought) }
}
