/**
 * The sample ratio watched day by day: evidence against the planned shares after every day, of which the strongest stays.
 *
 *     look k    units by arm whose first exposure was on day 1 … k      p = min over looks of 1/BF
 *
 * The days are those of the moments, so every report of the same log sees the same looks, and p only falls from one day to the next. A day
 * that is not over yet is a look that still changes.
 */
import { assert } from '../stats/assert.ts'
import { isUnknown } from '../stats/estimate.ts'
import { type SequentialSampleRatio, sequentialSampleRatio } from '../stats/sample-ratio-sequential.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { DayUnits } from './epoch-moments.ts'

export interface Watched {
  readonly pValue: number
  readonly log10PValue: number
  readonly looks: number
}

/** The watch up to now; the last look is at all units. Null without units, or with one arm. */
export function watchSampleRatio(arms: readonly EpochArm[], days: readonly DayUnits[]): Watched | null {
  const weights = arms.map((arm) => arm.share)
  const looks = looksOf(arms, days)
  let last: SequentialSampleRatio | undefined
  for (const counts of looks) {
    const next = sequentialSampleRatio(counts, { weights }, last)
    if (isUnknown(next)) return null
    last = next
  }
  return last ? { pValue: last.pValue, log10PValue: last.log10PValue, looks: looks.length } : null
}

/** Units by arm up to the end of every day, in the order of the arms. */
function looksOf(arms: readonly EpochArm[], days: readonly DayUnits[]): readonly (readonly number[])[] {
  const places = new Map(arms.map(({ id }, i) => [id, i]))
  const all = arms.map(({ moments }) => Number(moments.units))
  const counts = arms.map(() => 0)
  const looks: number[][] = []
  for (const day of [...new Set(days.map((row) => row.day))].sort()) {
    for (const row of days) {
      const place = row.day === day ? places.get(row.armId) : undefined
      if (place !== undefined) counts[place]! += Number(row.units)
    }
    looks.push([...counts])
  }
  assert(
    looks.every((look) => look.every((count) => count >= 0)),
    'no day has fewer than zero units',
  )
  const complete = all.every((count, i) => count === counts[i])
  if (!complete && all.some((count) => count > 0)) looks.push(all)
  return looks
}
