/**
 * The life of an experiment, as one table. A stopped experiment never runs again: its answer has been seen.
 *
 *     draft ──start──▶ running ⇄ paused ──stop──▶ stopped ──archive──▶ archived
 */

export const STATUSES = ['draft', 'running', 'paused', 'stopped', 'archived'] as const
export type Status = (typeof STATUSES)[number]
export const ACTIONS = ['start', 'pause', 'resume', 'stop', 'archive'] as const
export type Action = (typeof ACTIONS)[number]

const NEXT: Readonly<Record<Status, Partial<Readonly<Record<Action, Status>>>>> = {
  draft: { start: 'running', archive: 'archived' },
  running: { pause: 'paused', stop: 'stopped' },
  paused: { resume: 'running', stop: 'stopped' },
  stopped: { archive: 'archived' },
  archived: {},
}

/** The status after an action, or null when the action is not possible from here. */
export function after(status: Status, action: Action): Status | null {
  return NEXT[status][action] ?? null
}

/** What can be done from a status. */
export function actionsFrom(status: Status): readonly Action[] {
  return ACTIONS.filter((action) => after(status, action) !== null)
}
