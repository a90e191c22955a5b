/**
 * What one arm says: an estimate with the variance of that estimate, and the difference of two such arms.
 *
 *     Δ̂ = t − c      V = V_c + V_t      ν = V² / (V_c²/ν_c + V_t²/ν_t)
 *
 * Means, ratios and covariate-adjusted means all become arm estimates, so that one test serves them all. An arm without variance adds
 * nothing to ν, which then is that of the other arm.
 * @see Welch (1947), doi:10.1093/biomet/34.1-2.28; Satterthwaite (1946), doi:10.2307/3002019
 */
import { type Effect, effectOf, type Unknown, unknown } from './estimate.ts'
import { type Moments, sampleVariance } from './moments.ts'

export interface ArmEstimate {
  readonly kind: 'arm'
  /** Units. */
  readonly n: number
  readonly estimate: number
  /** Variance of the estimate, not of a unit; 0 when all units agree. */
  readonly variance: number
  /** Of that variance: units less one for a plain mean. */
  readonly degreesOfFreedom: number
  /** Variance beyond `variance` that both arms of a pair have in common, as covariate-adjusted ones do; it leaves their difference. */
  readonly sharedVariance?: number
}

/** The two arms of a comparison. */
export interface ArmPair<Arm> {
  readonly control: Arm
  readonly treatment: Arm
}

/** The mean of an arm; unknown below two units. */
export function armMeanOf(moments: Moments): ArmEstimate | Unknown {
  if (moments.n < 2) return unknown('too-few-units', { have: moments.n, need: 2 })
  return {
    kind: 'arm',
    n: moments.n,
    estimate: moments.mean,
    variance: sampleVariance(moments) / moments.n,
    degreesOfFreedom: moments.n - 1,
  }
}

/** Treatment minus control of two independent arms; unknown when neither has any variance. */
export function differenceOfArms({ control, treatment }: ArmPair<ArmEstimate>): Effect | Unknown {
  const variance = control.variance + treatment.variance
  if (variance === 0) return unknown('no-variance')
  const controlShare = control.variance / variance
  const treatmentShare = treatment.variance / variance
  const degreesOfFreedom =
    1 / ((controlShare * controlShare) / control.degreesOfFreedom + (treatmentShare * treatmentShare) / treatment.degreesOfFreedom)
  return effectOf(treatment.estimate - control.estimate, variance, degreesOfFreedom)
}
