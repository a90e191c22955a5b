/**
 * Lin's regression adjustment: one slope per arm, for splits that are not equal or effects that depend on the covariate.
 *
 *     arm: ȳ_a − θ_a·(x̄_a − x̄)      V = Σ s²_{y−θ_a·x}/n_a + (θ_t − θ_c)ᵀ·S_x·(θ_t − θ_c)/N
 *
 * The last term is the chance in x̄ itself, which matters when the effect depends on x. Never less precise than the unadjusted difference
 * in large samples; with one slope for both arms (CUPED) that holds only near 50/50.
 * @see Lin (2013), doi:10.1214/12-AOAS583
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { adjustedArm, slopes } from './cuped.ts'
import { type Effect, effectOf, isUnknown, type Unknown, unknown } from './estimate.ts'
import { sampleVariance } from './moments.ts'
import { combinationOf, type JointMoments, mergeJointMoments, packedIndex } from './pair-moments.ts'

export interface LinEffect {
  readonly kind: 'lin'
  /** For the population the units came from. */
  readonly effect: Effect
  /** For these very units: without the chance in x̄. */
  readonly finite: Effect
  readonly arms: ArmPair<ArmEstimate>
  readonly theta: ArmPair<readonly number[]>
}

/** Joint moments are of (outcome, covariate 1, …, covariate k) per unit. */
export function linEffect({ control, treatment }: ArmPair<JointMoments>): LinEffect | Unknown {
  const need = control.mean.length + 1
  const have = Math.min(control.n, treatment.n)
  if (have < need) return unknown('too-few-units', { have, need })
  const centre = mergeJointMoments(control, treatment)
  const theta = { control: armSlopes(control), treatment: armSlopes(treatment) }
  const arms = { control: adjustedArm(control, theta.control, centre), treatment: adjustedArm(treatment, theta.treatment, centre) }
  const finite = differenceOfArms(arms)
  if (isUnknown(finite)) return finite
  const gap = theta.treatment.map((slope, i) => slope - theta.control[i]!)
  const chance = sampleVariance(combinationOf(centre, [0, ...gap])) / centre.n
  const effect = effectOf(finite.estimate, finite.variance + chance, finite.degreesOfFreedom)
  return isUnknown(effect) ? effect : { kind: 'lin', effect, finite, arms, theta }
}

function armSlopes(moments: JointMoments): readonly number[] {
  const size = moments.mean.length
  return slopes(size, (i, j) => moments.comoments[packedIndex(i, j, size)]!)
}
