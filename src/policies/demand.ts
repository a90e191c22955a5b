/**
 * Demand: how much of each item went lately, and how much ever.
 *
 *     nowᵢ = Σ w·2^((t−L)/h)      everᵢ = Σ w      L the time of the last event, h the half-life; neither falls below 0
 *
 * Forward decay: weights are fixed when an event is written and only the landmark L moves, so the sums need no upkeep. L comes from the
 * data, so that training again on the same log gives the same model; but an event dated in the future counts as of now, or one wrong
 * date would make everything else old.
 * @see Cormode, Shkapenyuk, Srivastava & Xu (2009), doi:10.1109/ICDE.2009.65
 */
import type { TrainingData } from './policy.ts'

export interface Demand {
  /** By item number. */
  readonly now: Float64Array
  readonly ever: Float64Array
}

const HOUR_SECONDS = 3600

/** Sums the log up. O(events). */
export function demandOf({ items, weights, seconds, itemCount, now: today }: TrainingData, halfLifeHours: number): Demand {
  const now = new Float64Array(itemCount)
  const ever = new Float64Array(itemCount)
  const landmark = Math.min(seconds.at(-1) ?? 0, today)
  const rate = 1 / (halfLifeHours * HOUR_SECONDS)
  for (let k = 0; k < items.length; k++) {
    const item = items[k]!
    const weight = weights[k]!
    now[item]! += weight * 2 ** Math.min(0, (seconds[k]! - landmark) * rate)
    ever[item]! += weight
  }
  for (let i = 0; i < itemCount; i++) {
    if (!(now[i]! > 0)) now[i] = 0
    if (!(ever[i]! > 0)) ever[i] = 0
  }
  return { now, ever }
}
