/**
 * Points in time as they stand in a file, in milliseconds since 1970.
 *
 * Understood: `2010-12-01`, `2010-12-01 08:26`, `2010-12-01T08:26:00.123Z`, `…+02:00`, and Unix time in seconds, `1592337718` or
 * `1592337718.25`, or in milliseconds (three digits more). A time without zone is read as UTC, always, so that the same file means the same on
 * every machine. A date that does not exist (30 February, 24:30) is refused, not moved.
 */
import { type Refused, refused, shown } from './refusal.ts'

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i
/** Nine digits are a time before September 2001. */
const UNIX = /^(\d{9,10})(?:(\d{3})|\.(\d{1,9}))?$/
const FIRST_MS = Date.UTC(1990, 0, 1)
const END_MS = Date.UTC(2100, 0, 1)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Makes a reader that remembers the last text: neighbouring rows of a history often share it. */
export function instantReader(): (cell: string, field: string) => number | Refused {
  let lastCell = ''
  let lastInstant: number | Refused = Number.NaN
  return (cell, field) => {
    if (cell !== lastCell || typeof lastInstant !== 'number') {
      lastInstant = instantOf(cell, field)
      lastCell = cell
    }
    return lastInstant
  }
}

/** Milliseconds since 1970, between 1990 and 2099. */
export function instantOf(cell: string, field: string): number | Refused {
  const instant = unixOf(cell) ?? writtenOf(cell)
  if (instant === null) return refused('not-a-time', `${field} ${shown(cell)} is not a time such as 2026-11-20T10:00:00Z`)
  if (Number.isNaN(instant)) return refused('no-such-time', `${field} ${shown(cell)} does not exist`)
  if (instant < FIRST_MS || instant >= END_MS) return refused('time-out-of-range', `${field} ${shown(cell)} is before 1990 or after 2099`)
  return instant
}

function unixOf(cell: string): number | null {
  const match = UNIX.exec(cell)
  return match ? Number(match[1]) * 1000 + Number(match[2] ?? `${match[3] ?? ''}000`.slice(0, 3)) : null
}

/** Null when the text has another form, NaN when there is no such time. */
function writtenOf(cell: string): number | null {
  const match = FORM.exec(cell)
  if (!match) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  const date = Date.UTC(year, month - 1, day)
  const found = new Date(date)
  const exists = found.getUTCFullYear() === year && found.getUTCMonth() === month - 1 && found.getUTCDate() === day
  if (!exists || hour > 23 || minute > 59 || second > 59) return Number.NaN
  const milliseconds = Number(`${match[7] ?? ''}000`.slice(0, 3))
  const offset = offsetMinutes(match[8] ?? 'Z')
  return offset === null ? Number.NaN : date + hour * 3_600_000 + minute * MINUTE_MS + second * 1000 + milliseconds - offset * MINUTE_MS
}

function offsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  if (Number(zone.slice(-2)) > 59 || minutes * MINUTE_MS >= DAY_MS) return null
  return zone.startsWith('-') ? -minutes : minutes
}
