/**
 * Verify: the moments equal a recount of the log, bit for bit.
 *
 * One snapshot, so traffic and folding may go on meanwhile; read-only, so it holds no watermark back. Joins by hash only: on tables without
 * statistics PostgreSQL would go row by row through everything.
 */
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'
import { verifyDecisions } from './verify-decisions.ts'

export interface Difference {
  /** Table. */
  readonly part: string
  /** Epoch, unit or arm, day or currency, and which number. */
  readonly id: string
  /** Null when the row is missing. */
  readonly stored: string | null
  readonly recounted: string | null
}

export interface VerifyReport {
  readonly equal: boolean
  /** Everything below it was recounted. */
  readonly watermark: bigint
  readonly exposures: number
  readonly outcomes: number
  readonly units: number
  readonly cells: number
  readonly differences: number
  /** The first 20. */
  readonly first: readonly Difference[]
}

const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL TimeZone = 'UTC'; SET LOCAL statement_timeout = 0; SET LOCAL jit = off; SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'`
/** pg's own patience; a recount of a large log takes minutes. */
const PATIENCE_MS = 3_600_000
const FIRST = 20
const COUNTS = statement('verify-counts')
const VERIFY = statement('verify')

/** Recounts the log below the watermark and compares every stored number. Rejects with PostgreSQL's error. */
export function verify(database: LogDatabase): Promise<VerifyReport> {
  return transaction(database.learner, BEGIN, async (client) => {
    const ask = <Row extends object>(text: string) => client.query<Row>({ text, query_timeout: PATIENCE_MS } as { text: string })
    const { rows: counts } = await ask<Record<'watermark' | 'exposures' | 'outcomes' | 'units' | 'cells', string>>(COUNTS)
    const { rows } = await ask<Difference & { differences: unknown }>(VERIFY)
    const decisions = await verifyDecisions(client, PATIENCE_MS)
    const counted = counts[0]
    const first = [...rows.map(({ part, id, stored, recounted }) => ({ part, id, stored, recounted })), ...decisions.differences]
    return {
      equal: first.length === 0,
      watermark: BigInt(counted?.watermark ?? 0),
      exposures: Number(counted?.exposures ?? 0),
      outcomes: Number(counted?.outcomes ?? 0),
      units: Number(counted?.units ?? 0),
      cells: Number(counted?.cells ?? 0) + decisions.cells,
      differences: Number(rows[0]?.differences ?? 0) + decisions.differences.length,
      first: first.slice(0, FIRST),
    }
  })
}
