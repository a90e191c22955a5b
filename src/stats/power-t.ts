/**
 * Power of the t-test, exact by the noncentral t: for samples so small that the variance is itself uncertain.
 *
 *     power  P(T_{ν,δ} > t_ν)      δ = |Δ|/√V      ν = V²/( (v_c/n_c)²/(n_c−1) + (v_t/n_t)²/(n_t−1) )
 *
 * With equal variances and arms ν = 2n − 2. Above a thousand units an arm it agrees with the normal formula to three digits.
 */
import { assert } from './assert.ts'
import { criticalValue } from './effect-test.ts'
import type { Sides } from './group-sequential-bounds.ts'
import { noncentralTSurvival } from './noncentral-t.ts'
import { type Sample, type UnitVariance, varianceOfSample } from './power.ts'
import { rootByBracket } from './root.ts'

export interface StudentDesign {
  readonly level: number
  readonly sides?: Sides
  /** Comparisons that share the error by Bonferroni. */
  readonly comparisons?: number
}

const UNITS_MAX = 1e12

/** Probability that Welch's test shows an effect of this size in its direction. */
export function studentPower(
  { effect, unit, sample }: { readonly effect: number; readonly unit: UnitVariance; readonly sample: Sample },
  { level, sides = 'two-sided', comparisons = 1 }: StudentDesign,
): number {
  const variance = varianceOfSample(unit, sample)
  const degreesOfFreedom = degreesOf(unit, sample, variance)
  const critical = criticalValue({ level: 1 - (1 - level) / comparisons, degreesOfFreedom, alternative: sides })
  return noncentralTSurvival(critical, { degreesOfFreedom, noncentrality: Math.abs(effect) / Math.sqrt(variance) })
}

/** Control units (not rounded) with which the effect is shown with this power. */
export function studentUnits(
  { effect, unit, ratio, power }: { readonly effect: number; readonly unit: UnitVariance; readonly ratio: number; readonly power: number },
  design: StudentDesign,
): number {
  assert(effect !== 0 && power >= 0.5 && power < 1, 'a sample size needs an effect and a power between 0.5 and 1')
  const powerAt = (logUnits: number): number =>
    studentPower({ effect, unit, sample: { controlUnits: Math.exp(logUnits), ratio } }, design) - power
  // both arms keep at least two units
  const least = Math.log(Math.max(2, 2 / ratio))
  return powerAt(least) >= 0 ? Math.exp(least) : Math.exp(rootByBracket(powerAt, { low: least, high: Math.log(UNITS_MAX) }))
}

/** The smallest effect that is shown with this power. */
export function studentEffect(
  { unit, sample, power }: { readonly unit: UnitVariance; readonly sample: Sample; readonly power: number },
  design: StudentDesign,
): number {
  assert(power >= 0.5 && power < 1, `a planned power lies between 0.5 and 1, got ${power}`)
  const scale = Math.sqrt(varianceOfSample(unit, sample))
  const powerAt = (noncentrality: number): number => studentPower({ effect: noncentrality * scale, unit, sample }, design) - power
  return scale * rootByBracket(powerAt, { low: 0, high: 1e4 })
}

function degreesOf(unit: UnitVariance, { controlUnits, ratio }: Sample, variance: number): number {
  const control = unit.control / controlUnits / variance
  const treatment = unit.treatment / (ratio * controlUnits) / variance
  return 1 / ((control * control) / (controlUnits - 1) + (treatment * treatment) / (ratio * controlUnits - 1))
}
