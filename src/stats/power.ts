/**
 * Power: how large a sample shows an effect, how probably, and how small an effect a sample can show.
 *
 *     power  Φ(|Δ|/√V − k)        smallest effect  (k + z_power)·√V        V needed  (Δ/(k + z_power))²
 *     V = v_c/n_c + v_t/n_t       n_c = (v_c + v_t/r)/V,  n_t = r·n_c
 *
 * k is the critical z of the test (1.960 for two-sided 95 %, larger for several arms), v the variance of one unit. Means, rates, ratios,
 * covariates, clusters and quantiles differ only in v. Power counts the right direction only. Small samples: see the t version.
 */
import { assert } from './assert.ts'
import { errorOfSide, type Sides } from './group-sequential-bounds.ts'
import { normalCdf, normalUpperQuantile } from './normal.ts'

/** Variance of one unit's value in each arm. */
export interface UnitVariance {
  readonly control: number
  readonly treatment: number
}

/** Units of the control, and treatment units per control unit. */
export interface Sample {
  readonly controlUnits: number
  readonly ratio: number
}

/** The critical z of a test, shared among so many comparisons by Bonferroni. */
export function criticalZ({
  level,
  sides = 'two-sided',
  comparisons = 1,
}: {
  readonly level: number
  readonly sides?: Sides
  readonly comparisons?: number
}): number {
  assert(Number.isInteger(comparisons) && comparisons >= 1, `a test makes at least one comparison, got ${comparisons}`)
  return normalUpperQuantile(errorOfSide({ level, sides }) / comparisons)
}

/** V of the difference of two arms. */
export function varianceOfSample(unit: UnitVariance, { controlUnits, ratio }: Sample): number {
  assert(controlUnits > 0 && ratio > 0, `both arms need units, got ${controlUnits} and ${ratio} times as many`)
  return unit.control / controlUnits + unit.treatment / (ratio * controlUnits)
}

/** Control units (not rounded) whose difference has variance V. */
export function unitsForVariance(unit: UnitVariance, { variance, ratio }: { readonly variance: number; readonly ratio: number }): number {
  assert(variance > 0 && ratio > 0, 'a sample size needs a positive variance and ratio')
  return (unit.control + unit.treatment / ratio) / variance
}

/** Probability of showing an effect of this size in its direction. */
export function powerOfEffect({ effect, variance, critical }: { effect: number; variance: number; critical: number }): number {
  return normalCdf(Math.abs(effect) / Math.sqrt(variance) - critical)
}

/** The smallest effect that is shown with this power. */
export function effectForPower({ variance, power, critical }: { variance: number; power: number; critical: number }): number {
  return (critical + zOfPower(power)) * Math.sqrt(variance)
}

/** The variance that an estimate must not exceed to show the effect with this power. */
export function varianceForPower({ effect, power, critical }: { effect: number; power: number; critical: number }): number {
  assert(effect !== 0, 'no sample shows an effect of 0')
  return (effect / (critical + zOfPower(power))) ** 2
}

/** z_power; powers below a half would ask for less than a coin. */
export function zOfPower(power: number): number {
  assert(power >= 0.5 && power < 1, `a planned power lies between 0.5 and 1, got ${power}`)
  return normalUpperQuantile(1 - power)
}

/** Variance of an uneven split over that of an even one with as many units: 1/(4s(1 − s)) for a share s. */
export function allocationPenalty(share: number): number {
  assert(share > 0 && share < 1, `a share lies between 0 and 1, got ${share}`)
  return 1 / (4 * share * (1 - share))
}
