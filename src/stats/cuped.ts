/**
 * CUPED: the same effect with less noise, by taking out what was already visible before the experiment.
 *
 *     θ = (C_c,xx + C_t,xx)⁻¹·(C_c,xy + C_t,xy)          pooled within arms: the slope of the analysis of covariance
 *     arm:  ȳ_a − θ·(x̄_a − x̄)      V_a = s²_{y−θx,a}/n_a      MDE shrinks by √(1 − ρ²)
 *
 * Works for one covariate or several (units without history: x = 0 and an indicator as second covariate; dropping them would break the
 * comparison). The covariate must be frozen before the unit's first exposure, or the effect is biased. A covariate that says nothing
 * costs nothing; one that repeats another is left out.
 * @see Deng, Xu, Kohavi & Walker (2013), doi:10.1145/2433396.2433413
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { assert } from './assert.ts'
import type { Comparison } from './comparison.ts'
import { testEffect } from './effect-test.ts'
import { isUnknown, type Unknown, unknown } from './estimate.ts'
import { sampleVariance } from './moments.ts'
import { solveSymmetric } from './normal-equations.ts'
import { combinationOf, type JointMoments, marginalOf, mergeJointMoments, packedIndex } from './pair-moments.ts'
import { relativeLift } from './relative-lift.ts'

export interface CupedComparison extends Comparison {
  /** Slope of each covariate; 0 for one that repeats others or does not vary. */
  readonly theta: readonly number[]
  /** Share of the unadjusted variance that is gone; slightly negative when the covariates say nothing. */
  readonly varianceReduction: number
  /** The arms at the overall covariate mean, for every other test. */
  readonly arms: ArmPair<ArmEstimate>
}

/** Joint moments are of (outcome, covariate 1, …, covariate k) per unit. */
export function compareWithCovariates(arms: ArmPair<JointMoments>, { level }: { readonly level: number }): CupedComparison | Unknown {
  const { control, treatment } = arms
  const covariates = covariatesOf(arms)
  const smallest = Math.min(control.n, treatment.n)
  if (smallest < covariates + 2) return unknown('too-few-units', { have: smallest, need: covariates + 2 })
  const theta = pooledSlopes(arms)
  const centre = mergeJointMoments(control, treatment)
  const sharedVariance = predictedVariance(centre, theta) / centre.n
  const adjusted = {
    control: { ...adjustedArm(control, theta, centre), sharedVariance },
    treatment: { ...adjustedArm(treatment, theta, centre), sharedVariance },
  }
  const effect = differenceOfArms(adjusted)
  if (isUnknown(effect)) return effect
  const plain = sampleVariance(marginalOf(control, 0)) / control.n + sampleVariance(marginalOf(treatment, 0)) / treatment.n
  return {
    kind: 'comparison',
    method: 'cuped',
    difference: testEffect(effect, { level }),
    lift: relativeLift(adjusted, { level }),
    theta,
    varianceReduction: 1 - effect.variance / plain,
    arms: adjusted,
  }
}

/** θ pooled within arms, one slope per covariate. */
export function pooledSlopes({ control, treatment }: ArmPair<JointMoments>): readonly number[] {
  const size = control.mean.length
  const pooled = (i: number, j: number) => control.comoments[packedIndex(i, j, size)]! + treatment.comoments[packedIndex(i, j, size)]!
  return slopes(size, pooled)
}

/** The slopes of quantity 0 on quantities 1 … k, from a function that gives sums of products of deviations. */
export function slopes(size: number, comoment: (i: number, j: number) => number): readonly number[] {
  const covariates = Array.from({ length: size - 1 }, (_, i) => i + 1)
  const matrix = covariates.map((i) => covariates.map((j) => comoment(i, j)))
  return solveSymmetric(
    matrix,
    covariates.map((i) => comoment(0, i)),
  ).x
}

/** Mean of an arm at the overall covariate mean, with the variance of y − θ·x; the shared overall mean adds nothing to a difference. */
export function adjustedArm(moments: JointMoments, theta: readonly number[], centre: JointMoments): ArmEstimate {
  const residual = combinationOf(moments, [1, ...theta.map((slope) => -slope)])
  const estimate = moments.mean[0]! - theta.reduce((sum, slope, i) => sum + slope * (moments.mean[i + 1]! - centre.mean[i + 1]!), 0)
  return { kind: 'arm', n: moments.n, estimate, variance: sampleVariance(residual) / moments.n, degreesOfFreedom: moments.n - 1 }
}

/** Variance of θ·x over all units: divided by their number, what both adjusted arms share. */
function predictedVariance(centre: JointMoments, theta: readonly number[]): number {
  return sampleVariance(combinationOf(centre, [0, ...theta]))
}

function covariatesOf({ control, treatment }: ArmPair<JointMoments>): number {
  assert(control.mean.length === treatment.mean.length && control.mean.length >= 1, 'both arms need the same quantities')
  return control.mean.length - 1
}
