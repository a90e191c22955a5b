/** The calendar of a moment in UTC, as the feature vector wants it. Minutes are exact enough, so it is computed once a minute. */

export interface Calendar {
  readonly hour: number
  readonly dayOfYear: number
  readonly weekday: number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
let minute = -1
let calendar: Calendar = { hour: 0, dayOfYear: 0, weekday: 0 }

/** Hour with fraction, day of the year (0 = 1 January) and weekday (0 = Sunday). */
export function calendarOf(ms: number): Calendar {
  const now = Math.floor(ms / MINUTE_MS)
  if (now === minute) return calendar
  const date = new Date(now * MINUTE_MS)
  const newYear = Date.UTC(date.getUTCFullYear(), 0, 1)
  minute = now
  calendar = {
    hour: date.getUTCHours() + date.getUTCMinutes() / 60,
    dayOfYear: Math.floor((now * MINUTE_MS - newYear) / DAY_MS),
    weekday: date.getUTCDay(),
  }
  return calendar
}
