/**
 * The memory of exposure control: pressures by surface and group, moved on from the log by one node at a time.
 *
 *     step   exposures of transactions since the last step, below the oldest that still runs → share by group → pressure → NOTIFY
 *
 * What is counted is what was served, whoever decided it. A step reads at most EXPOSURES_MAX exposures, the latest: on a busy shop a sample is
 * enough. Every exposure is counted by one step at most, as the fold does it.
 */
import type { Knex } from 'knex'
import type { ExposureTarget } from '../policies/assembly.ts'
import { type Group, nextPressure, type Pressure, SLATES_LEAST } from '../policies/exposure-control.ts'
import type { Database } from './database.ts'
import { transact } from './transact.ts'

export interface SurfacePressure extends Pressure {
  readonly surface: string
}

export interface ExposureControl extends SurfacePressure {
  /** Share of position-weighted exposure in the last step, and how many slates it had. */
  readonly shown: number
  readonly slates: number
}

export interface ExposureControlStore {
  /** By surface, field and value. */
  list(): Promise<readonly ExposureControl[]>
  /** Moves the pressures of a surface's targets on; forgets groups that are no targets any more. Tells whether anything changed. */
  step(surface: string, targets: readonly ExposureTarget[]): Promise<boolean>
}

const EXPOSURES_MAX = 20_000
const LIST = 'SELECT surface, field, value, pressure, shown, slates FROM exposure_controls ORDER BY surface, field, value'
/** Index: exposures_xid. */
const SHARES = `
WITH latest AS (
  SELECT exposure.decision_id, exposure.items
  FROM exposures AS exposure
  WHERE exposure.xid >= ?::xid8 AND exposure.xid < ?::xid8 AND exposure.surface = ?
  ORDER BY exposure.xid DESC LIMIT ${EXPOSURES_MAX}
), places AS (
  SELECT item.brand, item.category, item.seller, ln(2) / ln(1 + place.rank) AS weight
  FROM latest, unnest(latest.items) WITH ORDINALITY AS place (item_no, rank)
  JOIN items AS item ON item.item_no = place.item_no
)
SELECT target.field, target.value, (SELECT count(*)::integer FROM latest) AS slates,
  coalesce(sum(places.weight) FILTER (
    WHERE CASE target.field WHEN 'brand' THEN places.brand WHEN 'category' THEN places.category ELSE places.seller END = target.value
  ) / nullif(sum(places.weight), 0), 0)::float8 AS share
FROM unnest(?::text[], ?::text[]) AS target (field, value)
LEFT JOIN places ON true
GROUP BY target.field, target.value`
const KEEP = `
INSERT INTO exposure_controls (surface, field, value, pressure, shown, slates, read_to) VALUES (?, ?, ?, ?, ?, ?, ?::xid8)
ON CONFLICT (surface, field, value) DO UPDATE SET
  pressure = excluded.pressure, shown = excluded.shown, slates = excluded.slates, read_to = excluded.read_to, stepped_at = now()`
const FORGET = `
DELETE FROM exposure_controls AS control
WHERE control.surface = ? AND NOT EXISTS (
  SELECT FROM unnest(?::text[], ?::text[]) AS target (field, value) WHERE target.field = control.field AND target.value = control.value
)`

export function exposureControlStore(database: Database): ExposureControlStore {
  return {
    list: async () => (await database.knex.raw<{ rows: readonly ExposureControl[] }>(LIST)).rows,
    step: (surface, targets) =>
      transact(database, { topic: 'settings', changed: (moved: boolean) => moved }, (transaction) => step(transaction, surface, targets)),
  }
}

async function step(transaction: Knex.Transaction, surface: string, targets: readonly ExposureTarget[]): Promise<boolean> {
  const groups = [targets.map(({ field }) => field), targets.map(({ value }) => value)] as const
  const { rowCount } = await transaction.raw<{ rowCount: number }>(FORGET, [surface, groups[0], groups[1]])
  const known = await transaction('exposure_controls').where({ surface }).select('field', 'value', 'pressure', 'read_to')
  const { rows: marks } = await transaction.raw<{ rows: { xid: string }[] }>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid')
  const horizon = marks[0]!.xid
  // A group that is new begins here, and the others with it: all targets of a surface look at the same slates.
  const isNew = known.length < targets.length
  const from = isNew ? horizon : String(known[0]?.read_to ?? horizon)
  const { rows: shares } = await transaction.raw<{ rows: (Group & { share: number; slates: number })[] }>(SHARES, [
    ...[from, horizon, surface],
    ...groups,
  ])
  let moved = rowCount > 0
  for (const { field, value, share } of targets) {
    const before = known.find((one) => one.field === field && one.value === value)
    const shown = shares.find((one) => one.field === field && one.value === value)!
    if (!isNew && shown.slates < SLATES_LEAST) continue
    const pressure = nextPressure(before?.pressure ?? 0, share, shown)
    moved ||= pressure !== (before?.pressure ?? 0)
    await transaction.raw(KEEP, [surface, field, value, pressure, shown.share, shown.slates, horizon])
  }
  return moved
}
