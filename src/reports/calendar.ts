/**
 * Days of the calendar by arithmetic: pure code has no clock and no Date, but a report has to say how many days ago something was.
 *
 * Years are counted from March, so that the leap day is the last one; 400 years (an era) have 146,097 days.
 */

const DAYS_PER_ERA = 146_097
/** Days from 1 March of year 0 to 1 January 1970. */
const DAYS_TO_1970 = 719_468
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)Z)?$/

/** Days since 1 January 1970, with fraction, of `YYYY-MM-DD` (its beginning) or `YYYY-MM-DDThh:mm:ss[.sss]Z`. Throws on other texts. */
export function dayNumberOf(iso: string): number {
  const match = ISO.exec(iso)
  if (!match) throw new Error(`a time is written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, got ${iso}`)
  const part = (group: number): number => Number(match[group] ?? 0)
  return wholeDays(part(1), part(2), part(3)) + (part(4) + (part(5) + part(6) / 60) / 60) / 24
}

function wholeDays(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970
}
