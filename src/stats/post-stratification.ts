/**
 * Post-stratification: compare like with like, then add up.
 *
 *     Δ̂ = Σ w_k·(ȳ_tk − ȳ_ck)      V = Σ w_k²·(V_tk + V_ck)      w_k = N_k/N
 *
 * For segments it takes out the chance in who came to which arm; for epochs of a ramp it is required, because pooling across a changed
 * split turns signs over (Simpson's paradox). A stratum that lacks an arm leaves the contrast, and the result says how many units left.
 * @see Miratrix, Sekhon & Yu (2013), doi:10.1111/j.1467-9868.2012.01048.x; Crook et al. (2009), doi:10.1145/1557019.1557139
 */
import { type ArmEstimate, type ArmPair, armMeanOf } from './arm-estimate.ts'
import { type Comparison, compareArms } from './comparison.ts'
import { isUnknown, type Unknown, unknown } from './estimate.ts'
import type { Moments } from './moments.ts'

export interface StratifiedComparison extends Comparison {
  /** Share of each stratum in the answer, in the order given; 0 for strata that left. */
  readonly weights: readonly number[]
  readonly unitsLeftOut: number
}

/** Compares means over strata that are weighted by their units. */
export function compareStratified(
  strata: readonly ArmPair<Moments>[],
  { level }: { readonly level: number },
): StratifiedComparison | Unknown {
  const estimates = strata.map(({ control, treatment }) => ({ control: armMeanOf(control), treatment: armMeanOf(treatment) }))
  return compareStrata(estimates, { level, units: strata.map(({ control, treatment }) => control.n + treatment.n) })
}

/** Compares arm estimates of any kind (means, ratios, adjusted means) over strata of so many units. */
export function compareStrata(
  strata: readonly ArmPair<ArmEstimate | Unknown>[],
  { level, units }: { readonly level: number; readonly units: readonly number[] },
): StratifiedComparison | Unknown {
  const stratified = stratifiedArms(strata, units)
  if (isUnknown(stratified)) return stratified
  const { arms, weights, unitsLeftOut } = stratified
  const comparison = compareArms(arms, { method: 'stratified', level })
  return isUnknown(comparison) ? comparison : { ...comparison, weights, unitsLeftOut }
}

export interface StratifiedArms {
  readonly kind: 'stratified-arms'
  readonly arms: ArmPair<ArmEstimate>
  readonly weights: readonly number[]
  readonly unitsLeftOut: number
}

/** Both arms over all strata as one estimate each; unknown when no stratum has both. */
export function stratifiedArms(strata: readonly ArmPair<ArmEstimate | Unknown>[], units: readonly number[]): StratifiedArms | Unknown {
  const used = strata.map(({ control, treatment }) => !isUnknown(control) && !isUnknown(treatment))
  const total = units.reduce((sum, n, k) => (used[k] ? sum + n : sum), 0)
  if (total === 0) return unknown('no-overlap')
  const weights = units.map((n, k) => (used[k] ? n / total : 0))
  return {
    kind: 'stratified-arms',
    arms: { control: combine(strata, 'control', weights), treatment: combine(strata, 'treatment', weights) },
    weights,
    unitsLeftOut: units.reduce((sum, n) => sum + n, 0) - total,
  }
}

function combine(strata: readonly ArmPair<ArmEstimate | Unknown>[], side: keyof ArmPair<unknown>, weights: readonly number[]): ArmEstimate {
  let n = 0
  let estimate = 0
  let variance = 0
  let squares = 0
  for (const [k, stratum] of strata.entries()) {
    const arm = stratum[side]
    const weight = weights[k]!
    if (weight === 0 || isUnknown(arm)) continue
    const part = weight * weight * arm.variance
    n += arm.n
    estimate += weight * arm.estimate
    variance += part
    squares += (part * part) / arm.degreesOfFreedom
  }
  return { kind: 'arm', n, estimate, variance, degreesOfFreedom: squares === 0 ? n - 1 : (variance * variance) / squares }
}
