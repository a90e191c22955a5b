/** Moments of a reward in which young decisions count for what they could have shown by now. */
import { agedMoments } from './aging.ts'
import type { DecisionMoments } from './decision-moments.ts'
import type { Span } from './delay-classes.ts'
import { type RewardMoments, rewardMomentsOf } from './reward-moments.ts'

/** What an arm learned in a span, and how much of what its decisions will bring has come, by class of maturity. */
export interface MaturePart extends Span {
  readonly arm: number
  readonly moments: DecisionMoments
  readonly arrived: readonly number[]
}

export interface Counting {
  /** The newest day. */
  readonly now: number
  readonly memory: number
  readonly window: number
  /** d of the moments. */
  readonly features: number
  /** The class whose shares count. */
  readonly classAt: number
}

/** Parts of an arm as a class counts them, for r = w·y. */
export function maturedMoments(
  parts: readonly MaturePart[],
  weights: readonly number[],
  { classAt, ...counting }: Counting,
): RewardMoments {
  const buckets = parts.map(({ day, moments, arrived }) => ({
    ...{ bucket: day, moments: rewardMomentsOf(moments, weights), arrived: arrived[classAt]! },
  }))
  return agedMoments(counting.features, buckets, counting)
}
