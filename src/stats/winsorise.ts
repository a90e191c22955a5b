/**
 * Winsorising: a cap on what one unit may count, declared before anyone looks.
 *
 *     Σ min(y, cap)      Σ min(y, cap)²        additive like any other sums
 *
 * One shopper with a thousand pairs of shoes can decide an experiment. A cap takes a little bias for much less noise; it must be fixed
 * from the time before the experiment, over all arms together, and the report shows the share capped and the uncapped figure beside it.
 * A cap taken per arm, or from outcomes of the experiment, biases the comparison.
 * @see Kohavi, Tang & Xu (2020), Trustworthy Online Controlled Experiments, ch. 22
 */
import { assert } from './assert.ts'
import { type Unknown, unknown } from './estimate.ts'
import { type Moments, momentsOf } from './moments.ts'
import { sortedQuantile } from './simple-statistics-door.ts'

export interface Winsorised {
  readonly moments: Moments
  /** Units above the cap. */
  readonly capped: number
}

/** Moments of min(y, cap) over unit totals. */
export function winsorise(totals: readonly number[], cap: number): Winsorised {
  assert(Number.isFinite(cap), `a cap is a number, got ${cap}`)
  let capped = 0
  const values = totals.map((total) => {
    if (total > cap) capped += 1
    return Math.min(total, cap)
  })
  return { moments: momentsOf(values), capped }
}

/** The cap at a quantile of unit totals from before the experiment; unknown with so few that the quantile is their maximum. */
export function capOf(totalsBefore: readonly number[], { share }: { readonly share: number }): number | Unknown {
  assert(share > 0.5 && share < 1, `a cap is a high quantile, got ${share}`)
  const need = Math.ceil(1 / (1 - share))
  if (totalsBefore.length < need) return unknown('too-few-units', { have: totalsBefore.length, need })
  return sortedQuantile(
    [...totalsBefore].sort((a, b) => a - b),
    share,
  )
}

/** The cap from a histogram of unit totals before the experiment: the upper edge of the bucket where the share is reached. */
export function capOfHistogram(
  buckets: readonly { readonly upTo: number; readonly count: number }[],
  { share }: { readonly share: number },
): number | Unknown {
  assert(share > 0.5 && share < 1, `a cap is a high quantile, got ${share}`)
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  const need = Math.ceil(1 / (1 - share))
  if (total < need) return unknown('too-few-units', { have: total, need })
  let below = 0
  for (const { upTo, count } of buckets) {
    below += count
    if (below >= share * total) return upTo
  }
  return unknown('outside-range')
}
