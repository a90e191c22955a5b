/**
 * The tail of the outcomes: what shoppers did since the last reading, whichever node wrote it.
 *
 *     horizon = oldest transaction that runs ─▶ rows with xid ≥ the horizon of the reading before
 *
 * Transactions commit in another order than their numbers, so a reading begins where the one before could not be sure. Some rows come twice
 * by that, none is missed.
 */
import type pg from 'pg'
import { statement } from './statement.ts'

/** `unit` is a pseudonym of 16 bytes, `seconds` since 1970, `type` that of the outcome. */
export interface TailRow {
  readonly unit: Uint8Array
  readonly item: number
  readonly type: string
  readonly seconds: number
}

export interface OutcomeTail {
  /** Oldest first. The first reading goes back a day. Rejects with PostgreSQL's error; the next reading then begins where this one did. */
  read(): Promise<readonly TailRow[]>
}

const HORIZON = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon'
const ROWS = statement('outcome-tail')
/** Of more, in one reading, the oldest are left to training. */
const ROWS_MAX = 100_000

export function openOutcomeTail(pool: pg.Pool): OutcomeTail {
  let from = '0'
  return {
    async read() {
      const { horizon } = (await pool.query<{ horizon: string }>(HORIZON)).rows[0]!
      const { rows } = await pool.query<TailRow>(ROWS, [from, ROWS_MAX])
      from = horizon
      return rows.reverse()
    },
  }
}
