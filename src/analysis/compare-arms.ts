/**
 * One metric, one treatment against the control: which test, and what goes into it.
 *
 *     proportion   Welch on unit totals, the score test while counts are small
 *     mean         Welch              ratio      delta method
 *     covariate    CUPED, with an indicator for units without history
 *     segments     post-stratified: each segment by itself, weighted by its units
 */
import type { ArmEstimate, ArmPair } from '../stats/arm-estimate.ts'
import { compareProportions } from '../stats/compare-proportions.ts'
import { type Comparison, compareArms } from '../stats/comparison.ts'
import { compareWithCovariates, pooledSlopes } from '../stats/cuped.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { JointMoments } from '../stats/pair-moments.ts'
import { stratifiedArms } from '../stats/post-stratification.ts'
import { estimatesOf, valueMoments } from './arm-moments.ts'
import type { MetricCells } from './metric-cells.ts'
import type { MetricAsked } from './question.ts'

/** Where a comparison's numbers lie. */
export interface Pairing {
  readonly asked: MetricAsked
  readonly cells: MetricCells
  readonly control: number
  readonly treatment: number
  readonly withCovariate: boolean
  /** Number of segments; 0 when none are asked for. */
  readonly segments: number
}

export interface Estimates {
  readonly kind: 'estimates'
  readonly arms: ArmPair<ArmEstimate>
  readonly method: Comparison['method']
  readonly unitsLeftOut: number
}

/** The fixed-sample comparison. */
export function compareFixed(pairing: Pairing, level: number): Comparison | Unknown {
  const { asked, withCovariate, segments } = pairing
  if (segments === 0 && withCovariate) {
    const { control, treatment } = valuesOf(pairing)
    if (isUnknown(control)) return control
    return isUnknown(treatment) ? treatment : compareWithCovariates({ control, treatment }, { level })
  }
  if (segments === 0 && asked.kind === 'proportion') return compareProportions(countsOf(pairing), { level })
  const estimates = estimateArms(pairing)
  return isUnknown(estimates) ? estimates : compareArms(estimates.arms, { method: estimates.method, level })
}

/** Both arms as estimates: what always-valid and Bayesian methods take in. */
export function estimateArms(pairing: Pairing): Estimates | Unknown {
  const { asked, withCovariate, segments } = pairing
  if (segments === 0) {
    const arms = estimatesOf(valuesOf(pairing))
    const method = withCovariate ? 'cuped' : asked.kind === 'ratio' ? 'delta' : 'welch'
    return isUnknown(arms) ? arms : { kind: 'estimates', arms, method, unitsLeftOut: 0 }
  }
  const strata = segmentEstimates(pairing)
  const stratified = stratifiedArms(
    strata.map(({ arms }) => (isUnknown(arms) ? { control: arms, treatment: arms } : arms)),
    strata.map(({ units }) => units.control + units.treatment),
  )
  if (isUnknown(stratified)) return stratified
  return { kind: 'estimates', arms: stratified.arms, method: 'stratified', unitsLeftOut: stratified.unitsLeftOut }
}

/** Every segment by itself; one slope of the covariate for all of them. */
export function segmentEstimates(
  pairing: Pairing,
): readonly { readonly units: ArmPair<number>; readonly arms: ArmPair<ArmEstimate> | Unknown }[] {
  const { asked, cells, control, treatment, segments, withCovariate } = pairing
  const whole = valuesOf(pairing)
  const theta =
    withCovariate && !isUnknown(whole.control) && !isUnknown(whole.treatment) ? pooledSlopes(whole as ArmPair<JointMoments>) : undefined
  return Array.from({ length: segments }, (_, segment) => {
    const moments = { control: cells.momentsIn(control, segment), treatment: cells.momentsIn(treatment, segment) }
    const values = { control: valueMoments(asked.kind, moments.control), treatment: valueMoments(asked.kind, moments.treatment) }
    return { units: { control: moments.control.n, treatment: moments.treatment.n }, arms: estimatesOf(values, theta) }
  })
}

/** Units and events of a proportion. */
export function countsOf({ cells, control, treatment }: Pairing) {
  const of = (arm: number) => ({ n: cells.shapeOf(arm).n, events: cells.shapeOf(arm).total })
  return { control: of(control), treatment: of(treatment) }
}

function valuesOf({ asked, cells, control, treatment }: Pairing): ArmPair<JointMoments | Unknown> {
  return { control: valueMoments(asked.kind, cells.momentsOf(control)), treatment: valueMoments(asked.kind, cells.momentsOf(treatment)) }
}
