/** Moments of an epoch as reports see them: exact integers, all from one snapshot, with a recount of the log beside them. */
import type { ClientBase } from 'pg'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

/** Fits the shape that reports ask for. s[i] = Σ yᵢ and ss = Σ yᵢ·yⱼ, j ≤ i, row by row, in the order of the epoch's slots. */
export interface Moments {
  readonly arms: readonly {
    readonly armId: number
    readonly units: bigint
    /** Units first seen in this arm and later in another one; they are in no sum. */
    readonly excluded: bigint
    readonly s: readonly bigint[]
    readonly ss: readonly bigint[]
  }[]
  /** Units by the UTC day of their first exposure, YYYY-MM-DD. */
  readonly days: readonly { readonly armId: number; readonly day: string; readonly units: bigint }[]
  /** Minor units; returns are ≤ 0. */
  readonly money: readonly {
    readonly armId: number
    readonly currency: string
    readonly units: bigint
    readonly gross: bigint
    readonly returned: bigint
    readonly netSquare: bigint
  }[]
  readonly exposures: readonly { readonly armId: number; readonly n: bigint; readonly fallback: bigint; readonly masked: bigint }[]
  /** The same exposures counted in the log. */
  readonly recount: { readonly exposures: readonly { readonly armId: number; readonly n: bigint }[] }
  readonly watermark: bigint
  /** ISO 8601 in UTC; null when nothing was folded yet. */
  readonly foldedAt: string | null
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const SQL = {
  arms: statement('moments-arms'),
  days: statement('moments-days'),
  money: statement('moments-money'),
  exposures: statement('moments-exposures'),
  recount: statement('moments-recount'),
}
const MARK = "SELECT watermark.xid::text AS xid, watermark.folded_at FROM watermarks AS watermark WHERE watermark.name = 'fold'"

/** Reads the moments of an epoch. Rejects with PostgreSQL's error. */
export function readMoments(database: LogDatabase, epochId: number): Promise<Moments> {
  return transaction(database.learner, BEGIN, async (client) => {
    const ask = async <Row extends object>(text: string) => (await client.query<Row>(text, [epochId])).rows
    const arms = await ask<{ arm_id: number; units: string; excluded: string; s: string[] | null; ss: string[] | null }>(SQL.arms)
    const days = await ask<{ arm_id: number; day: string; units: string }>(SQL.days)
    const money = await ask<Record<'units' | 'gross' | 'returned' | 'net_square' | 'currency', string> & { arm_id: number }>(SQL.money)
    const exposures = await ask<{ arm_id: number; n: string; fallback: string; masked: string }>(SQL.exposures)
    const recount = await ask<{ arm_id: number; n: string }>(SQL.recount)
    return {
      arms: arms.map((row) => ({
        armId: row.arm_id,
        units: BigInt(row.units),
        excluded: BigInt(row.excluded),
        s: (row.s ?? []).map(BigInt),
        ss: (row.ss ?? []).map(BigInt),
      })),
      days: days.map((row) => ({ armId: row.arm_id, day: row.day, units: BigInt(row.units) })),
      money: money.map((row) => ({
        armId: row.arm_id,
        currency: row.currency,
        units: BigInt(row.units),
        gross: BigInt(row.gross),
        returned: BigInt(row.returned),
        netSquare: BigInt(row.net_square),
      })),
      exposures: exposures.map((row) => ({
        armId: row.arm_id,
        n: BigInt(row.n),
        fallback: BigInt(row.fallback),
        masked: BigInt(row.masked),
      })),
      recount: { exposures: recount.map((row) => ({ armId: row.arm_id, n: BigInt(row.n) })) },
      ...(await mark(client)),
    }
  })
}

async function mark(client: ClientBase): Promise<{ watermark: bigint; foldedAt: string | null }> {
  const { rows } = await client.query<{ xid: string; folded_at: Date }>(MARK)
  const row = rows[0]
  return { watermark: BigInt(row?.xid ?? 0), foldedAt: row ? row.folded_at.toISOString() : null }
}
