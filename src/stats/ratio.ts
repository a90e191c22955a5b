/**
 * Ratio metrics by the delta method: clicks per view, revenue per order, analysed by the unit that was randomised.
 *
 *     r = Σm/Σd      V = (s²_m − 2r·s_md + r²·s²_d)/(n·d̄²)
 *
 * That is the variance of the mean of m − r·d over d̄, which equals the cluster-robust variance up to n/(n−1). Treating events as
 * independent instead gives 15 % false alarms at five events a unit. Small samples use Student's t with Welch's degrees of freedom on
 * the linearised values.
 * @see Deng, Knoblich & Lu (2018), doi:10.1145/3219819.3219919
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { type Comparison, compareArms } from './comparison.ts'
import { type Effect, isUnknown, type Unknown, unknown } from './estimate.ts'
import { sampleVariance } from './moments.ts'
import { combinationOf, covarianceOf, type JointMoments } from './pair-moments.ts'

/** Linearising divides by d̄; below three standard errors from 0 that is no approximation (nine units with a denominator, roughly). */
const DENOMINATOR_ERRORS_MIN = 3

/** The ratio of an arm from joint moments of (numerator, denominator) per unit. */
export function armRatioOf(moments: JointMoments): ArmEstimate | Unknown {
  if (moments.n < 2) return unknown('too-few-units', { have: moments.n, need: 2 })
  const [numerator = 0, denominator = 0] = moments.mean
  const weak = weakDenominator({ estimate: denominator, variance: covarianceOf(moments, 1, 1) / moments.n })
  if (weak) return weak
  const ratio = numerator / denominator
  const linearised = combinationOf(moments, [1, -ratio])
  const variance = sampleVariance(linearised) / (moments.n * denominator * denominator)
  return { kind: 'arm', n: moments.n, estimate: ratio, variance, degreesOfFreedom: moments.n - 1 }
}

/** Why a mean may not be divided by: too few standard errors away from 0 for linearising to be an approximation. Null when it may. */
export function weakDenominator({ estimate, variance }: Pick<Effect, 'estimate' | 'variance'>): Unknown | null {
  const error = Math.sqrt(variance)
  if (estimate !== 0 && Math.abs(estimate) >= DENOMINATOR_ERRORS_MIN * error) return null
  const have = estimate === 0 ? 0 : Math.abs(estimate) / error
  return unknown('denominator-not-established', { have, need: DENOMINATOR_ERRORS_MIN })
}

/** Difference of two ratios, treatment minus control. */
export function differenceOfRatios({ control, treatment }: ArmPair<JointMoments>): Effect | Unknown {
  const c = armRatioOf(control)
  if (isUnknown(c)) return c
  const t = armRatioOf(treatment)
  return isUnknown(t) ? t : differenceOfArms({ control: c, treatment: t })
}

/** Test of two ratios with the relative lift beside it. */
export function compareRatios({ control, treatment }: ArmPair<JointMoments>, { level }: { readonly level: number }): Comparison | Unknown {
  const c = armRatioOf(control)
  if (isUnknown(c)) return c
  const t = armRatioOf(treatment)
  return isUnknown(t) ? t : compareArms({ control: c, treatment: t }, { method: 'delta', level })
}
