/**
 * A calibration: what a policy's ranking means in purchases, learned beside its model.
 *
 *     pᵢ = f(xᵢ)·(N/r)^max(1, c) beyond rank N          f rises; x is −ln r, the score, or the score beside the request's best
 *
 * P(bought within the horizon | shown once, at the first place; the policy puts it among its first N). Between knots f is a straight line, outside of
 * them flat. Plain data: it is stored as JSON with the version of the model that it was learned with.
 */
import type { Unknown } from '../stats/estimate.ts'
import type { RankCurve } from './rank-curve.ts'

/** rank: the order alone. score: what means the same in every request. share: of the best score of its request. */
export const BASES = ['rank', 'score', 'share'] as const
export type Basis = (typeof BASES)[number]

export interface Calibration {
  readonly kind: 'calibration'
  /** Hash of all that follows, 16 hexadecimal digits. */
  readonly id: string
  /** shown: of what shoppers were shown. wanted: of everything, seen or not; told by evaluations of files, never served. */
  readonly from: 'shown' | 'wanted'
  /** What chances are a function of. */
  readonly basis: Basis
  /** Knots: values of x, rising strictly. */
  readonly at: readonly number[]
  /** The chance at each knot, rising, in (0, 1]. */
  readonly chances: readonly number[]
  readonly curve: RankCurve
  /** η: how attention fades from place to place, as it was found. */
  readonly fading: number
  /** N: nineteen of twenty looks were at ranks up to it. What lies beyond was hardly ever shown, and is given no benefit of doubt. */
  readonly first: number
  readonly horizonDays: number
  /** What it was learned from: shoppers, places with an item that was shown, purchases among them. */
  readonly questions: number
  readonly places: number
  readonly purchases: number
  /** Last moment of the log that it was learned from, seconds since 1970. */
  readonly until: number
}

/** As it is stored: a calibration, or why there is none. */
export type Calibrated = Calibration | Unknown

/** What a policy says of an item: its rank (from 1), its score, and the best score of that ranking. */
export interface Said {
  readonly rank: number
  readonly score: number
  readonly best: number
}

/** What chances are a function of; a better item has the larger x. */
export function xOf(basis: Basis, { rank, score, best }: Said): number {
  if (basis === 'rank') return -Math.log(rank)
  return basis === 'score' ? score : score / best
}

const TAIL_POWER = 1

/** The chance that an item is bought. 0 for what the policy gives no chance at all. */
export function chanceOf(calibration: Pick<Calibration, 'basis' | 'at' | 'chances' | 'curve' | 'first'>, said: Said): number {
  const { rank, score } = said
  if (!(score > 0)) return 0
  const { basis, first, curve } = calibration
  const inside = along(calibration, xOf(basis, said))
  return rank <= first ? inside : inside * (first / rank) ** Math.max(TAIL_POWER, curve.power)
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
