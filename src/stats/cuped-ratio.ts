/**
 * CUPED for a ratio metric: numerator and denominator from before the experiment, both linearised.
 *
 *     g = (1/d̄, −m̄/d̄²)      u = g·(m, d) of the experiment      v = g·(m, d) of the time before
 *     θ = Σ_a Cov(u, v)/Σ_a Var(v)      Δ̂ = (r_t − r_c) − θ·(p_t − p_c)      p: the ratio before
 *
 * Each arm is linearised at its own means; the adjusted ratio of an arm is r_a − θ·(p_a − p̄) with p̄ the pooled ratio before.
 * @see Deng, Xu, Kohavi & Walker (2013), doi:10.1145/2433396.2433413; Deng, Knoblich & Lu (2018), doi:10.1145/3219819.3219919
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { assert } from './assert.ts'
import type { CupedComparison } from './cuped.ts'
import { testEffect } from './effect-test.ts'
import { isUnknown, type Unknown } from './estimate.ts'
import { combinationOf, type JointMoments, mergeJointMoments, packedIndex } from './pair-moments.ts'
import { armRatioOf } from './ratio.ts'
import { relativeLift } from './relative-lift.ts'

/** Joint moments are of (numerator, denominator, numerator before, denominator before) per unit. */
export function compareRatiosWithCovariate(arms: ArmPair<JointMoments>, { level }: { readonly level: number }): CupedComparison | Unknown {
  const control = linearised(arms.control)
  if (isUnknown(control)) return control
  const treatment = linearised(arms.treatment)
  if (isUnknown(treatment)) return treatment
  const centre = linearised(mergeJointMoments(arms.control, arms.treatment))
  if (isUnknown(centre)) return centre
  const spread = control.m2Before + treatment.m2Before
  const theta = spread === 0 ? 0 : (control.comoment + treatment.comoment) / spread
  const sharedVariance = (theta * theta * centre.m2Before) / (centre.arm.n * (centre.arm.n - 1))
  const adjusted = {
    control: { ...adjust(control, theta, centre.before), sharedVariance },
    treatment: { ...adjust(treatment, theta, centre.before), sharedVariance },
  }
  const effect = differenceOfArms(adjusted)
  if (isUnknown(effect)) return effect
  const plain = control.arm.variance + treatment.arm.variance
  return {
    kind: 'comparison',
    method: 'cuped',
    difference: testEffect(effect, { level }),
    lift: relativeLift(adjusted, { level }),
    theta: [theta],
    varianceReduction: 1 - effect.variance / plain,
    arms: adjusted,
  }
}

interface Linearised {
  readonly arm: ArmEstimate
  /** Ratio before the experiment. */
  readonly before: number
  readonly m2: number
  readonly m2Before: number
  readonly comoment: number
}

function linearised(moments: JointMoments): Linearised | Unknown {
  assert(moments.mean.length === 4, 'a ratio with history has four quantities per unit')
  const arm = armRatioOf(partOf(moments, 0))
  if (isUnknown(arm)) return arm
  const before = armRatioOf(partOf(moments, 2))
  if (isUnknown(before)) return before
  const now = [1 / moments.mean[1]!, -arm.estimate / moments.mean[1]!]
  const then = [1 / moments.mean[3]!, -before.estimate / moments.mean[3]!]
  const m2 = combinationOf(moments, [...now, 0, 0]).m2
  const m2Before = combinationOf(moments, [0, 0, ...then]).m2
  let comoment = 0
  for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) comoment += now[i]! * then[j]! * moments.comoments[packedIndex(i, j + 2, 4)]!
  return { arm, before: before.estimate, m2, m2Before, comoment }
}

function adjust({ arm, before, m2, m2Before, comoment }: Linearised, theta: number, centre: number): ArmEstimate {
  const m2Adjusted = Math.max(0, m2 - 2 * theta * comoment + theta * theta * m2Before)
  return { ...arm, estimate: arm.estimate - theta * (before - centre), variance: m2Adjusted / ((arm.n - 1) * arm.n) }
}

/** Quantities i and i + 1 alone. */
function partOf(moments: JointMoments, i: number): JointMoments {
  const at = (row: number, column: number) => moments.comoments[packedIndex(row, column, moments.mean.length)]!
  return { n: moments.n, mean: [moments.mean[i]!, moments.mean[i + 1]!], comoments: [at(i, i), at(i, i + 1), at(i + 1, i + 1)] }
}
