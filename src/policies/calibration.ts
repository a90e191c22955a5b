/**
 * A calibration: what a policy's ranking means in purchases, learned beside its model.
 *
 *     pᵢ = f(xᵢ)·(N/r)^c beyond rank N          f rises; x the score, or −ln r where scores of two requests do not compare
 *
 * P(bought within the horizon | the policy puts it among its first N), over shoppers who came. Between knots f is a straight line, outside of
 * them flat. Plain data: it is stored as JSON with the version of the model that it was learned with.
 */
import type { Unknown } from '../stats/estimate.ts'
import type { RankCurve } from './rank-curve.ts'

export interface Calibration {
  readonly kind: 'calibration'
  /** Hash of all that follows, 16 hexadecimal digits. */
  readonly id: string
  /** What chances are a function of. */
  readonly basis: 'score' | 'rank'
  /** Knots: scores, or −ln of the rank, rising strictly. */
  readonly at: readonly number[]
  /** The chance at each knot, rising, in (0, 1]. */
  readonly chances: readonly number[]
  readonly curve: RankCurve
  /** N: ranks that were asked about. */
  readonly first: number
  readonly horizonDays: number
  /** What it was learned from: requests, places with an item, purchases among them. */
  readonly questions: number
  readonly places: number
  readonly purchases: number
  /** Last moment of the log that it was learned from, seconds since 1970. */
  readonly until: number
}

/** As it is stored: a calibration, or why there is none. */
export type Calibrated = Calibration | Unknown

/** The chance that the item at a rank (from 1) with a score is bought. 0 for what the policy gives no chance at all. */
export function chanceOf(calibration: Calibration, { rank, score }: { readonly rank: number; readonly score: number }): number {
  if (!(score > 0)) return 0
  const { basis, first, curve } = calibration
  const inside = along(calibration, basis === 'score' ? score : -Math.log(rank))
  return rank <= first ? inside : inside * (first / rank) ** curve.power
}

/** f(x): on a straight line between two knots. */
function along({ at, chances }: Pick<Calibration, 'at' | 'chances'>, x: number): number {
  let above = 0
  while (above < at.length && at[above]! < x) above++
  if (above === 0) return chances[0]!
  if (above === at.length) return chances[above - 1]!
  const below = above - 1
  const part = (x - at[below]!) / (at[above]! - at[below]!)
  return chances[below]! + part * (chances[above]! - chances[below]!)
}
