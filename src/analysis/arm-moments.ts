/**
 * From moments to estimates of two arms: plain, adjusted for the covariate, by segment.
 *
 * A ratio is linearised at its own arm's means, u = r + (m − r·d)/d̄, and is then a mean like any other; so a covariate works for it too.
 */
import { type ArmEstimate, type ArmPair, armMeanOf } from '../stats/arm-estimate.ts'
import { adjustedArm, pooledSlopes } from '../stats/cuped.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { covarianceOf, type JointMoments, marginalOf, mergeJointMoments } from '../stats/pair-moments.ts'
import { armRatioOf } from '../stats/ratio.ts'
import type { MetricAsked } from './question.ts'

/** Moments of (value, covariates …) per unit, whatever the metric was; `df` and errors are those of the value's mean. */
export function valueMoments(kind: MetricAsked['kind'], moments: JointMoments): JointMoments | Unknown {
  if (kind !== 'ratio') return moments
  const arm = armRatioOf(firstOf(moments, 2))
  return isUnknown(arm) ? arm : linearised(moments, arm.estimate)
}

/** The two arms, adjusted for covariates when the moments have any. `theta` comes from a larger sample, or from these arms. */
export function estimatesOf(
  { control, treatment }: ArmPair<JointMoments | Unknown>,
  theta?: readonly number[],
): ArmPair<ArmEstimate> | Unknown {
  if (isUnknown(control)) return control
  if (isUnknown(treatment)) return treatment
  const fewest = Math.min(control.n, treatment.n)
  const need = control.mean.length + 1
  if (fewest < need) return unknown('too-few-units', { have: fewest, need })
  if (control.mean.length === 1) return bothKnown(armMeanOf(marginalOf(control, 0)), armMeanOf(marginalOf(treatment, 0)))
  const slopes = theta ?? pooledSlopes({ control, treatment })
  const centre = mergeJointMoments(control, treatment)
  return { control: adjustedArm(control, slopes, centre), treatment: adjustedArm(treatment, slopes, centre) }
}

/** The first k quantities alone. */
export function firstOf(moments: JointMoments, k: number): JointMoments {
  const size = moments.mean.length
  const comoments: number[] = []
  for (let i = 0, at = 0; i < k; at += size - i, i++) comoments.push(...moments.comoments.slice(at, at + k - i))
  return { n: moments.n, mean: moments.mean.slice(0, k), comoments }
}

function bothKnown(control: ArmEstimate | Unknown, treatment: ArmEstimate | Unknown): ArmPair<ArmEstimate> | Unknown {
  if (isUnknown(control)) return control
  return isUnknown(treatment) ? treatment : { control, treatment }
}

/** (m, d, x …) as (u, x …). */
function linearised(moments: JointMoments, ratio: number): JointMoments {
  const denominator = moments.mean[1]!
  const size = moments.mean.length
  const rows = [
    [1 / denominator, -ratio / denominator, ...new Array<number>(size - 2).fill(0)],
    ...Array.from({ length: size - 2 }, (_, x) => Array.from({ length: size }, (_, i) => (i === x + 2 ? 1 : 0))),
  ]
  const comoments: number[] = []
  for (let i = 0; i < rows.length; i++) for (let j = i; j < rows.length; j++) comoments.push(product(moments, rows[i]!, rows[j]!))
  return { n: moments.n, mean: [ratio, ...moments.mean.slice(2)], comoments }
}

/** a'·C·b, the sum of products of deviations of two combinations. */
function product(moments: JointMoments, a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (const [i, left] of a.entries())
    for (const [j, right] of b.entries()) if (left !== 0 && right !== 0) sum += left * right * covarianceOf(moments, i, j)
  return sum * (moments.n - 1)
}
