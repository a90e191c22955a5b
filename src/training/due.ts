/**
 * When to learn anew, and why.
 *
 *     settings   a policy has never been trained, or not with its present parameters
 *     growth     the log has grown by a twentieth, and by a thousand rows at least
 *     schedule   the last training is as old as the schedule says, and there is anything new at all
 *     drift      demand does not look any more like it did, and the last training is older than the pause
 *
 * Where nothing was logged, nothing is learned: the same log would give the same models.
 */

export interface LastTraining {
  /** Seconds since 1970. */
  readonly at: number
  readonly rows: number
  /** Kind and parameters by policy, as text. */
  readonly settings: Readonly<Record<string, string>>
}

export interface DueFacts {
  /** Null before the first. */
  readonly last: LastTraining | null
  /** Seconds since 1970. */
  readonly now: number
  /** Kind and parameters of the policies that learn, as text. */
  readonly settings: Readonly<Record<string, string>>
  /** Rows that came into the log since, counted at least up to `growthOf(last)`. */
  readonly newRows: number
  readonly drifted: boolean
  readonly everySeconds: number
  readonly driftPauseSeconds: number
}

export type DueCause = 'settings' | 'growth' | 'schedule' | 'drift'

const GROWTH_PART = 0.05
const GROWTH_ROWS = 1_000

/** So many new rows are growth. */
export function growthOf(last: Pick<LastTraining, 'rows'> | null): number {
  return Math.max(GROWTH_ROWS, Math.ceil(GROWTH_PART * (last?.rows ?? 0)))
}

/** Null when there is nothing to learn. */
export function dueOf({ last, now, settings, newRows, drifted, everySeconds, driftPauseSeconds }: DueFacts): DueCause | null {
  if (Object.keys(settings).length === 0) return null
  if (!last) return newRows > 0 ? 'settings' : null
  if (Object.entries(settings).some(([key, text]) => last.settings[key] !== text)) return 'settings'
  if (newRows === 0) return null
  if (newRows >= growthOf(last)) return 'growth'
  if (now - last.at >= everySeconds) return 'schedule'
  return drifted && now - last.at >= driftPauseSeconds ? 'drift' : null
}
