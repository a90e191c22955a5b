/**
 * The acceptance band: between which counts a true rate leaves the number of hits in so many trials, but for a stated false alarm.
 *
 *     P(X < low) ≤ a/2      P(X > high) ≤ a/2      X ~ Binomial(n, p)
 *
 * For judging simulations: a method with error rate p lands outside once in 1/a runs. With a fixed seed a count outside is a bug.
 * @see Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404
 */
import { assert } from './assert.ts'
import { binomialQuantile } from './binomial.ts'

export interface Band {
  readonly low: number
  readonly high: number
}

export interface BandOf {
  readonly trials: number
  /** The true rate that is claimed, in (0, 1). */
  readonly rate: number
  /** Probability that a true claim is refused. */
  readonly falseAlarm: number
  /** `at-most`: only too many hits count against the claim. */
  readonly claim?: 'equal' | 'at-most'
}

/** Counts from low to high, both included, agree with the claim. */
export function acceptanceBand({ trials, rate, falseAlarm, claim = 'equal' }: BandOf): Band {
  assert(Number.isSafeInteger(trials) && trials > 0, `a band needs trials, got ${trials}`)
  assert(falseAlarm > 0 && falseAlarm < 1, `a false alarm has a probability, got ${falseAlarm}`)
  const binomial = { trials, probability: rate }
  if (claim === 'at-most') return { low: 0, high: binomialQuantile(1 - falseAlarm, binomial) }
  return { low: binomialQuantile(falseAlarm / 2, binomial), high: binomialQuantile(1 - falseAlarm / 2, binomial) }
}
