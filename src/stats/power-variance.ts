/**
 * The variance of one unit, for planning: what ratios, covariates, clusters and quantiles make of it.
 *
 *     ratio      (s²_m − 2r·s_md + r²·s²_d)/d̄²
 *     covariate  1 − ρ²                                 ρ: correlation with the pre-period
 *     clusters   1 + ((1 + cv²)·m̄ − 1)·icc              m̄, cv: mean and variation of the cluster sizes
 *     quantile   p(1 − p)/f²                            f: density at the quantile
 *
 * Covariates and clusters are factors; they multiply.
 */
import { assert } from './assert.ts'
import { isUnknown, type Unknown } from './estimate.ts'
import type { JointMoments } from './pair-moments.ts'
import { armRatioOf } from './ratio.ts'

/** Variance of a unit of a ratio metric, from joint moments of (numerator, denominator) per unit. */
export function ratioVariance(moments: JointMoments): number | Unknown {
  const arm = armRatioOf(moments)
  return isUnknown(arm) ? arm : arm.variance * moments.n
}

/** What a covariate leaves of the variance. */
export function covariateFactor(correlation: number): number {
  assert(correlation > -1 && correlation < 1, `a correlation lies between −1 and 1, got ${correlation}`)
  return 1 - correlation * correlation
}

/** How much clusters inflate the variance: units of a cluster say partly the same. */
export function clusterFactor({
  meanSize,
  sizeVariation = 0,
  correlation,
}: {
  readonly meanSize: number
  /** Standard deviation of the cluster sizes over their mean. */
  readonly sizeVariation?: number
  /** Intra-cluster correlation. */
  readonly correlation: number
}): number {
  assert(
    meanSize >= 1 && sizeVariation >= 0 && correlation >= 0 && correlation <= 1,
    'clusters have a size of at least 1 and a correlation in [0, 1]',
  )
  return 1 + ((1 + sizeVariation * sizeVariation) * meanSize - 1) * correlation
}

/** Variance of a unit as a sample quantile sees it. */
export function quantileVariance({ share, density }: { readonly share: number; readonly density: number }): number {
  assert(share > 0 && share < 1 && density > 0, 'a quantile needs a share between 0 and 1 and a positive density')
  return (share * (1 - share)) / (density * density)
}
