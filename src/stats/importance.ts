/**
 * Importance weights: what an arm's outcomes say about everybody, when it was shown with logged, unequal probabilities.
 *
 *     w = 1/π of the rows that got the arm      inverse-propensity mean (1/T)·Σwy      Hájek mean Σwy/Σw
 *     effective sample size (Σw)²/Σw²           Σw/T is near 1 when the propensities are right
 *
 * Weighted moments of disjoint rows merge in any order. Second moments are kept around their own mean, so that they do not cancel.
 * @see Horvitz & Thompson (1952), doi:10.1080/01621459.1952.10483446; Hájek (1971); Kish (1965), Survey Sampling
 */
import { assert } from './assert.ts'
import { type Effect, effectOf, type Unknown, unknown } from './estimate.ts'
import type { Moments } from './moments.ts'

/** Rows of one arm. */
export interface WeightedMoments {
  readonly rows: number
  /** Σw, and the mean of y with weights w. */
  readonly weight: number
  readonly mean: number
  /** Σw², the mean of y with weights w², and Σw²(y − that mean)². */
  readonly squaredWeight: number
  readonly squaredMean: number
  readonly squaredSpread: number
}

export const NO_WEIGHT: WeightedMoments = { rows: 0, weight: 0, mean: 0, squaredWeight: 0, squaredMean: 0, squaredSpread: 0 }

/** Rows that were all drawn with the same probability. */
export function weightedOf(outcomes: Moments, propensity: number): WeightedMoments {
  assert(propensity > 0 && propensity <= 1, `a shown arm had a propensity in (0, 1], got ${propensity}`)
  const squared = 1 / (propensity * propensity)
  return {
    rows: outcomes.n,
    weight: outcomes.n / propensity,
    mean: outcomes.mean,
    squaredWeight: outcomes.n * squared,
    squaredMean: outcomes.mean,
    squaredSpread: outcomes.m2 * squared,
  }
}

/** Weighted moments of the union of two disjoint sets of rows. */
export function mergeWeighted(a: WeightedMoments, b: WeightedMoments): WeightedMoments {
  if (a.rows === 0) return b
  if (b.rows === 0) return a
  const weight = a.weight + b.weight
  const squaredWeight = a.squaredWeight + b.squaredWeight
  const gap = b.squaredMean - a.squaredMean
  return {
    rows: a.rows + b.rows,
    weight,
    mean: a.mean + ((b.mean - a.mean) * b.weight) / weight,
    squaredWeight,
    squaredMean: a.squaredMean + (gap * b.squaredWeight) / squaredWeight,
    squaredSpread: a.squaredSpread + b.squaredSpread + gap * gap * a.squaredWeight * (b.squaredWeight / squaredWeight),
  }
}

/** Σw²(y − centre)². */
export function squaredSpreadAround({ squaredWeight, squaredMean, squaredSpread }: WeightedMoments, centre: number): number {
  return squaredSpread + squaredWeight * (squaredMean - centre) ** 2
}

/** The inverse-propensity (Horvitz–Thompson) mean over all `rows` of the log, whichever arm they got. */
export function inversePropensityMean(arm: WeightedMoments, rows: number): Effect | Unknown {
  if (rows < 2) return unknown('too-few-units', { have: rows, need: 2 })
  const estimate = (arm.weight * arm.mean) / rows
  const spread = squaredSpreadAround(arm, 0) - rows * estimate * estimate
  return effectOf(estimate, Math.max(0, spread) / (rows * (rows - 1)))
}

/** The self-normalised mean; unaffected by adding a constant to every outcome. */
export function hajekMean(arm: WeightedMoments): Effect | Unknown {
  if (arm.rows < 2) return unknown('too-few-units', { have: arm.rows, need: 2 })
  return effectOf(arm.mean, squaredSpreadAround(arm, arm.mean) / (arm.weight * arm.weight))
}

/** How many equally weighted rows would say as much. */
export function effectiveSampleSize({ weight, squaredWeight }: WeightedMoments): number {
  return squaredWeight === 0 ? 0 : (weight * weight) / squaredWeight
}
