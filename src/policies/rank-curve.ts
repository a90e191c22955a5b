/**
 * The rank curve: how the chance of a purchase falls from place to place of a ranking, with two numbers.
 *
 *     q(r) = a·r^(−c)                      what nine events in ten million tell of rank 40 is nothing; what all ranks tell together is something
 *     c:  Σ k_r·ln r / K = Σ n_r·r^(−c)·ln r / Σ n_r·r^(−c)      a = K / Σ n_r·r^(−c)      K = Σ k_r
 *
 * The maximum of the Poisson likelihood of k_r events in n_r places of rank r. The right side falls with c, so that there is one root; it is
 * looked for in [0, 3], and 0 (no rank is better than another) is what a policy gets whose events do not lean to the front.
 */
import { rootByNewton } from '../stats/root.ts'

export interface RankCurve {
  /** a: the chance at rank 1, above 0 and at most 1. */
  readonly first: number
  /** c ≥ 0. */
  readonly power: number
}

const POWER_MAX = 3

/** Fits the curve to counts by rank; position 0 is rank 1. There has to be an event. */
export function rankCurveOf({ places, events }: { readonly places: ArrayLike<number>; readonly events: ArrayLike<number> }): RankCurve {
  const total = sumOver(events, (k) => k)
  const wanted = sumOver(events, (k, rank) => k * Math.log(rank)) / total
  const power = rootByNewton(
    (c) => {
      const weight = sumOver(places, (n, rank) => n * rank ** -c)
      const mean = sumOver(places, (n, rank) => n * rank ** -c * Math.log(rank)) / weight
      const square = sumOver(places, (n, rank) => n * rank ** -c * Math.log(rank) ** 2) / weight
      return { value: mean - wanted, slope: mean * mean - square }
    },
    { low: 0, high: POWER_MAX, start: 0.5, rising: false },
  )
  return { first: Math.min(1, total / sumOver(places, (n, rank) => n * rank ** -power)), power }
}

/** q(r), rank counted from 1. */
export function onCurve({ first, power }: RankCurve, rank: number): number {
  return first * rank ** -power
}

function sumOver(values: ArrayLike<number>, term: (value: number, rank: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += term(values[i]!, i + 1)
  return sum
}
