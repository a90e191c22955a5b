/**
 * What decisions brought, without any feature: exact sums by arm, stratum and day, and any weighing of them as moments of one reward.
 *
 *     Σr = Σₖ wₖ·Σyₖ        Σr² = Σₖₗ wₖwₗ·Σyₖyₗ
 */
import { type Moments, NO_MOMENTS } from '../stats/moments.ts'

export interface OutcomeSums {
  readonly armId: number
  readonly stratum: string
  /** Days since 1970, UTC. */
  readonly day: number
  readonly n: bigint
  /** Σ yⱼ, one a slot that looks forward. */
  readonly y: readonly bigint[]
  /** Σ yᵢyⱼ for j ≥ i, row by row. */
  readonly yy: readonly bigint[]
}

/** Moments of Σ weights·y. */
export function rewardMomentsOf({ n, y, yy }: OutcomeSums, weights: readonly number[]): Moments {
  const count = Number(n)
  if (count === 0) return NO_MOMENTS
  let total = 0
  let square = 0
  let place = 0
  weights.forEach((weight, i) => {
    total += weight * Number(y[i] ?? 0n)
    for (let j = i; j < weights.length; j++) square += (i === j ? 1 : 2) * weight * weights[j]! * Number(yy[place++] ?? 0n)
  })
  const mean = total / count
  return { n: count, mean, m2: Math.max(0, square - count * mean * mean) }
}
