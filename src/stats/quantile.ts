/**
 * Quantiles: median basket, 90th percentile of latency.
 *
 *     one sample    order statistics of ranks l = B⁻¹(α/2), u = B⁻¹(1−α/2) + 1 of Binomial(n, p): no assumption on the distribution
 *     two samples   the error of a quantile is read off its own interval: se = ( q(p + z·σ) − q(p − z·σ) )/2z      σ: error of a share
 *
 * For independent values σ² = p(1−p)/n. When units bring several values (events per shopper), σ is the error of the share of values below
 * the quantile, by the delta method over units; ignoring that gives 21 % false alarms at four events a unit. Two passes over the data:
 * the quantile first, then one sum per unit at that threshold.
 * @see Hahn & Meeker (1991), Statistical Intervals, ch. 5; Deng, Knoblich & Lu (2018), doi:10.1145/3219819.3219919
 */
import type { ArmEstimate, ArmPair } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { binomialCdf, binomialQuantile } from './binomial.ts'
import { type Comparison, compareArms } from './comparison.ts'
import { criticalValue } from './effect-test.ts'
import { assertLevel, type Interval, intervalOf, isUnknown, type Unknown, unknown } from './estimate.ts'
import type { JointMoments } from './pair-moments.ts'
import { armRatioOf } from './ratio.ts'
import { sortedQuantile } from './simple-statistics-door.ts'

export interface QuantileInterval {
  readonly kind: 'quantile-interval'
  /** The sample quantile of type 7. */
  readonly estimate: number
  readonly interval: Interval
  /** One-based ranks of the ends; 0 and n + 1 stand for unbounded ends. */
  readonly ranks: { readonly low: number; readonly high: number }
  /** What the interval covers exactly: at least the level, unless an end is missing. */
  readonly coverage: number
}

/** The quantile function of a sample, and how many values it was made of. */
export interface QuantileSource {
  readonly at: (share: number) => number
  readonly n: number
}

/** Interval of one quantile of independent values in ascending order. */
export function quantileInterval(
  ascending: readonly number[],
  { share, level }: { readonly share: number; readonly level: number },
): QuantileInterval | Unknown {
  assertShare(share)
  assertLevel(level)
  const n = ascending.length
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const binomial = { trials: n, probability: share }
  const low = binomialQuantile((1 - level) / 2, binomial)
  const high = binomialQuantile(1 - (1 - level) / 2, binomial) + 1
  return {
    kind: 'quantile-interval',
    estimate: sortedQuantile(ascending, share),
    interval: intervalOf(
      low === 0 ? Number.NEGATIVE_INFINITY : ascending[low - 1]!,
      high > n ? Number.POSITIVE_INFINITY : ascending[high - 1]!,
    ),
    ranks: { low, high },
    coverage: binomialCdf(high - 1, binomial) - binomialCdf(low - 1, binomial),
  }
}

/** The quantile function of values in ascending order. */
export function quantileSourceOf(ascending: readonly number[]): QuantileSource {
  return { at: (share) => sortedQuantile(ascending, share), n: ascending.length }
}

/** The quantile of an arm whose values are independent of one another. */
export function armQuantileOf(
  source: QuantileSource,
  { share, level }: { readonly share: number; readonly level: number },
): ArmEstimate | Unknown {
  assertShare(share)
  return armOfShareError(source, { share, level, units: source.n, shareVariance: (share * (1 - share)) / source.n })
}

/**
 * The quantile of an arm whose units bring several values each. `below` are joint moments per unit of (values at or below the quantile,
 * values), from a second pass at the threshold `source.at(share)`.
 */
export function clusteredArmQuantileOf(
  source: QuantileSource,
  { share, level, below }: { readonly share: number; readonly level: number; readonly below: JointMoments },
): ArmEstimate | Unknown {
  assertShare(share)
  const ratio = armRatioOf(below)
  if (isUnknown(ratio)) return ratio
  return armOfShareError(source, { share, level, units: below.n, shareVariance: ratio.variance })
}

/** Difference and lift of a quantile between two arms. */
export function compareQuantiles(arms: ArmPair<ArmEstimate>, { level }: { readonly level: number }): Comparison | Unknown {
  return compareArms(arms, { method: 'quantile', level })
}

interface ShareError {
  readonly share: number
  readonly level: number
  readonly units: number
  readonly shareVariance: number
}

function armOfShareError(source: QuantileSource, { share, level, units, shareVariance }: ShareError): ArmEstimate | Unknown {
  const z = criticalValue({ level, degreesOfFreedom: Number.POSITIVE_INFINITY })
  const reach = z * Math.sqrt(shareVariance)
  const need = Math.ceil((z * z * share * (1 - share)) / Math.min(share, 1 - share) ** 2)
  if (share - reach <= 0 || share + reach >= 1) return unknown('too-few-units', { have: source.n, need: Math.max(need, source.n + 1) })
  const error = (source.at(share + reach) - source.at(share - reach)) / (2 * z)
  return { kind: 'arm', n: units, estimate: source.at(share), variance: error * error, degreesOfFreedom: Number.POSITIVE_INFINITY }
}

function assertShare(share: number): void {
  assert(share > 0 && share < 1, `a quantile lies between 0 and 1, got ${share}`)
}
