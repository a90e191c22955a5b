/** The live models as the worker reads them, to hold new ones against. In the thread, so that serving need not copy them. */
import type pg from 'pg'
import type { Calibrated } from '../policies/calibration.ts'

export interface LiveModel {
  readonly version: string
  readonly bytes: Uint8Array
  /** As they were when it was trained. */
  readonly parameters: unknown
  /** What it can have seen of the log: until here, seconds since 1970. */
  readonly until: number
  /** What was learned of its chances; null of a model that was published before there were any. */
  readonly calibration?: Calibrated | null
}

const LIVE = `
SELECT l.policy, l.version, m.calibration, m.summary -> 'parameters' AS parameters,
  coalesce((m.summary ->> 'until')::float8, extract(epoch FROM m.trained_at)::float8) AS until
FROM live_models() l
JOIN models m ON m.policy = l.policy AND m.version = l.version
WHERE l.policy = ANY ($1)`
const BODY = 'SELECT p.bytes FROM model_parts p WHERE p.policy = $1 AND p.version = $2 ORDER BY p.part'

/** By policy. */
export async function readLiveModels(client: pg.Client, policies: readonly string[]): Promise<ReadonlyMap<string, LiveModel>> {
  type Row = Omit<Required<LiveModel>, 'bytes'> & { readonly policy: string }
  const { rows } = await client.query<Row>(LIVE, [policies])
  const live = new Map<string, LiveModel>()
  for (const { policy, version, parameters, until, calibration } of rows) {
    const parts = await client.query<{ bytes: Buffer }>(BODY, [policy, version])
    // A copy of its own lies on a multiple of 8.
    const bytes = Uint8Array.from(Buffer.concat(parts.rows.map((part) => part.bytes)))
    // Earlier releases kept parameters as text.
    live.set(policy, {
      version,
      bytes,
      until,
      calibration,
      parameters: typeof parameters === 'string' ? JSON.parse(parameters) : parameters,
    })
  }
  return live
}
