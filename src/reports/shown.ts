/** The figures of a contrast that a page shows: those of the fixed test at the end of the plan, the always-valid ones before it. */

import type { Unknown } from '../stats/estimate.ts'
import type { Bounds, Contrast, Estimate } from './report-shape.ts'

export interface Shown {
  readonly difference: Estimate | Unknown
  readonly lift: Estimate | Unknown
  /** Unknown together with the intervals. */
  readonly log10PValue: number | Unknown
}

/** Before the plan an estimate without a valid interval keeps its value; the interval then says why there is none. */
export function shownOf({ shown, difference, lift, test, alwaysValid }: Contrast): Shown {
  if (shown === 'fixed') return { difference, lift, log10PValue: test.kind === 'test' ? test.log10PValue : test }
  if (alwaysValid.kind === 'always-valid') return alwaysValid
  const without = (estimate: Estimate | Unknown): Estimate | Unknown =>
    estimate.kind === 'estimate' ? { ...estimate, interval: alwaysValid } : estimate
  return { difference: without(difference), lift: without(lift), log10PValue: alwaysValid }
}

/** The interval, or null where there is none. */
export function boundsOf(estimate: Estimate | Unknown): Bounds | null {
  return estimate.kind === 'estimate' && 'low' in estimate.interval ? estimate.interval : null
}
