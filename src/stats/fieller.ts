/**
 * Fieller's set: all relative lifts R that a test of t − (1 + R)·c does not reject, for any critical value k of that test.
 *
 *     r = t/c      g = k²·V_c/c²      R ∈ ( r − g·U/V_c ± (k/|c|)·√( V_t − 2rU + r²V_c − g·(V_t − U²/V_c) ) )/(1 − g) − 1
 *
 * V includes the variance U of a part that both estimates share (covariate-adjusted arms share the overall covariate mean); U = 0 for
 * independent arms. The set contains 0 exactly when the absolute test with critical value k does not reject, because U leaves t − c.
 * Unknown when c may itself be 0 (g ≥ 1): the set is then unbounded.
 * @see Fieller (1954), doi:10.1111/j.2517-6161.1954.tb00159.x
 */
import type { ArmEstimate, ArmPair } from './arm-estimate.ts'
import { type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'

/** The interval of the lift, relative to the size of the control mean (so that with a negative mean up stays up). */
export function fiellerInterval({ control, treatment }: ArmPair<ArmEstimate>, critical: number): Interval | Unknown {
  if (control.estimate === 0) return unknown('control-mean-zero')
  const baseline = Math.abs(control.estimate)
  const shared = (control.sharedVariance ?? 0) / baseline / baseline
  const controlVariance = control.variance / baseline / baseline + shared
  const treatmentVariance = treatment.variance / baseline / baseline + shared
  const g = critical * critical * controlVariance
  if (g >= 1) return unknown('baseline-not-established', { have: 1 / Math.sqrt(controlVariance), need: critical })
  const ratio = treatment.estimate / control.estimate
  const share = controlVariance === 0 ? 0 : shared / controlVariance
  const spread = treatmentVariance - 2 * ratio * shared + ratio * ratio * controlVariance - g * (treatmentVariance - shared * share)
  const centre = (ratio - g * share) / (1 - g)
  const half = (critical / (1 - g)) * Math.sqrt(Math.max(0, spread))
  // the end nearer to 0 from the product of both, where the difference of centre and half would cancel
  const far = centre < 0 ? centre - half : centre + half
  const treatmentError = critical * Math.sqrt(treatmentVariance)
  const near = far === 0 ? 0 : ((ratio - treatmentError) * (ratio + treatmentError)) / (1 - g) / far
  const [low, high] = far < near ? [far, near] : [near, far]
  return control.estimate < 0 ? intervalOf(1 - high, 1 - low) : intervalOf(low - 1, high - 1)
}
