/** What is known of models without their bytes: every version with its state, and what was refused with its reasons; the newest first. */
import type { Calibrated } from '../policies/calibration.ts'
import type { Database } from './database.ts'
import type { PageOf } from './noun.ts'

/**
 * live: it serves. shadow: it is scored beside the live one. previous: it can serve again. withdrawn: it was taken out of service.
 * refused: the gate did not let it serve; its bytes are gone.
 */
export type ModelState = 'live' | 'shadow' | 'previous' | 'withdrawn' | 'refused'

export interface ModelNote {
  /** Name of this entry, growing with time. */
  readonly entry: string
  readonly policy: string
  readonly version: string
  readonly state: ModelState
  readonly pinned: boolean
  /** Keys of the running and paused experiments that have frozen it. */
  readonly frozenBy: readonly string[]
  /** Why it was refused; empty otherwise. */
  readonly reasons: readonly string[]
  readonly summary: Readonly<Record<string, unknown>>
  /** What its ranking means in purchases, or why that is unknown; null of refused, imported and earlier models. */
  readonly calibration: Calibrated | null
  readonly trainedAt: Date
  readonly active: boolean
}

const LIMIT = 500

/** Entries are named by microseconds and version, which sorts them by age. */
const NOTES = `
SELECT n.*
FROM (
  SELECT
    lpad((extract(epoch FROM m.trained_at) * 1000000)::bigint::text, 17, '0') || '-' || m.version AS entry,
    m.policy, m.version, m.summary, m.calibration, m.trained_at AS "trainedAt", m.active, '{}'::text[] AS reasons,
    CASE WHEN l.version IS NOT NULL THEN 'live' WHEN s.version IS NOT NULL THEN 'shadow' WHEN m.active THEN 'previous' ELSE 'withdrawn' END AS state,
    p.version IS NOT NULL AS pinned,
    ARRAY(SELECT f.experiment FROM frozen_models() f WHERE f.policy = m.policy AND f.version = m.version ORDER BY 1) AS "frozenBy"
  FROM models m
  LEFT JOIN live_models() l ON l.policy = m.policy AND l.version = m.version
  LEFT JOIN model_roles p ON p.policy = m.policy AND p.version = m.version AND p.role = 'pinned'
  LEFT JOIN model_roles s ON s.policy = m.policy AND s.version = m.version AND s.role = 'shadow'
  UNION ALL
  SELECT
    lpad((extract(epoch FROM r.trained_at) * 1000000)::bigint::text, 17, '0') || '-' || r.version,
    r.policy, r.version, r.summary, NULL, r.trained_at, false, r.reasons, 'refused', false, '{}'
  FROM model_refusals r
) n
WHERE ($1::text IS NULL OR n.policy = $1) AND ($2::text IS NULL OR n.entry < $2)
ORDER BY n.entry DESC
LIMIT $3`

/** Of one policy, or of all; `after` names the last entry of the page before. */
export async function notesOf(
  { admin }: Database,
  policy: string | null = null,
  { limit, after }: PageOf = { limit: LIMIT },
): Promise<readonly ModelNote[]> {
  const { rows } = await admin.query<ModelNote>(NOTES, [policy, after ?? null, limit])
  return rows
}
