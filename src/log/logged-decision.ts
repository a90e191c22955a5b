/** Reads one decision back from the log, for its receipt and its replay. */
import { uuidBytes } from '../decisions/decision-id.ts'
import type { Exposure } from '../decisions/exposure.ts'
import type { LoggedDecision } from '../decisions/replay.ts'
import { statement } from './statement.ts'
import type { LogDatabase } from './transaction.ts'

const DECISION = statement('decision')

interface Row extends Pick<Exposure, 'surface' | 'stratum' | 'kind' | 'pi' | 'mhat' | 'scale' | 'policy' | 'reason'> {
  readonly decided_at: Date
  readonly unit: Uint8Array
  readonly epoch_id: number | null
  readonly arm_id: number | null
  readonly x: readonly number[]
  readonly served_policy: string
  readonly model_version: string
  readonly snapshot_id: string
  readonly request_key: Uint8Array | null
  readonly items: readonly string[]
  readonly first_decision: string | null
}

/** Null when the log has no such decision (yet), or the text is no UUID. Rejects with PostgreSQL's error. */
export async function readDecision(database: LogDatabase, decisionId: string): Promise<LoggedDecision | null> {
  const bytes = uuidBytes(decisionId)
  if (!bytes) return null
  const { rows } = await database.learner.query<Row>(DECISION, [decisionId])
  const row = rows[0]
  if (!row) return null
  const { surface, stratum, kind, pi, policy, reason, items, unit } = row
  return {
    ...{ decisionId: bytes, surface, stratum, kind, pi, policy, reason, items, unit: new Uint8Array(unit) },
    mhat: singlesOf(row.mhat),
    scale: singlesOf(row.scale),
    decidedAt: row.decided_at.getTime(),
    epochId: row.epoch_id,
    armId: row.arm_id,
    x: Int16Array.from(row.x),
    servedPolicy: row.served_policy,
    modelVersion: row.model_version,
    snapshotId: row.snapshot_id,
    requestKey: row.request_key && new Uint8Array(row.request_key),
    firstDecision: row.first_decision === null ? null : uuidBytes(row.first_decision),
  }
}

/** PostgreSQL writes the shortest text that tells 32-bit numbers apart; as a double it is another number. */
function singlesOf(values: readonly number[] | null | undefined): readonly number[] | null {
  return values?.map(Math.fround) ?? null
}
