/**
 * The always-valid test: an interval and a p-value that hold at every moment of a running experiment, all at once.
 *
 *     Δ̂ ± zₜ·√V      zₜ from the normal mixture at τ²/V = κ·t      t = V_planned/V
 *
 * Tuned to the plan: tightest when the planned sample is in (1.55 times the fixed interval at 95 %), and still valid before and after.
 * The lift is Fieller's set with the same critical value, so that flag, interval and lift never contradict one another. For splits that
 * stay fixed: where the variance of a unit's score changes with the allocation, use the martingale form. With few degrees of freedom
 * the critical value is Student's at the same tail probability, so that the interval always contains the fixed one.
 * @see Johari et al. (2022), doi:10.1287/opre.2021.2135; Waudby-Smith et al. (2024), doi:10.1214/24-AOS2408
 */

import { logMixture, logMixtureOneSided, mixtureCritical, mixtureCriticalOneSided, tunedRatio } from './always-valid-mixture.ts'
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { type Effect, type Interval, intervalOf, isUnknown, pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { fiellerInterval } from './fieller.ts'
import { normalScore, studentScore } from './normal-score.ts'

export interface AlwaysValidTest {
  readonly kind: 'always-valid'
  readonly estimate: number
  readonly standardError: number
  /** The statistic on the normal scale, and where it becomes significant now. */
  readonly z: number
  readonly critical: number
  /** log₁₀ of the e-value: evidence against no effect, as a pay-out of a fair game. */
  readonly log10EValue: number
  readonly pValue: number
  readonly log10PValue: number
  readonly interval: Interval
  readonly level: number
  readonly significant: boolean
}

export interface AlwaysValidComparison {
  readonly kind: 'always-valid-comparison'
  readonly difference: AlwaysValidTest
  readonly lift: { readonly kind: 'lift'; readonly estimate: number; readonly interval: Interval } | Unknown
}

export interface Monitoring {
  readonly level: number
  /** Information so far over the planned: usually units so far over planned units. */
  readonly fraction: number
  readonly alternative?: 'two-sided' | 'greater'
}

/** The share of the planned information: harmonic mean of the units of both arms over the planned units of an arm. At least 1 unit an arm. */
export function informationFraction({ control, treatment }: ArmPair<number>, plannedUnits: number): number {
  assert(control > 0 && treatment > 0 && plannedUnits > 0, `units are positive, got ${control}, ${treatment} of ${plannedUnits}`)
  return 2 / (1 / control + 1 / treatment) / plannedUnits
}

/** Tests an effect at this moment. Call it as often as you like. */
export function testAlwaysValid(effect: Effect, { level, fraction, alternative = 'two-sided' }: Monitoring): AlwaysValidTest {
  assert(fraction > 0 && Number.isFinite(fraction), `an information fraction is positive, got ${fraction}`)
  const { estimate, variance, degreesOfFreedom } = effect
  const ratio = tunedRatio(level, alternative) * fraction
  const standardError = Math.sqrt(variance)
  const z = normalScore(estimate / standardError, degreesOfFreedom)
  const critical = alternative === 'two-sided' ? mixtureCritical({ ratio, level }) : mixtureCriticalOneSided({ ratio, level })
  const logE = alternative === 'two-sided' ? logMixture(z, ratio) : logMixtureOneSided(z, ratio)
  const half = studentScore(critical, degreesOfFreedom) * standardError
  return {
    kind: 'always-valid',
    estimate,
    standardError,
    z,
    critical,
    log10EValue: logE / Math.LN10,
    ...pValueOfLog(-logE),
    interval: intervalOf(estimate - half, alternative === 'two-sided' ? estimate + half : Number.POSITIVE_INFINITY),
    level,
    significant: alternative === 'two-sided' ? Math.abs(z) >= critical : z >= critical,
  }
}

/** An interval of so many standard errors says nothing; it comes from few degrees of freedom long before the planned sample. */
const ERRORS_MOST = 1e6

/** Compares two arms at this moment: absolute difference and relative lift from one test. Unknown while it is too early for an interval. */
export function compareAlwaysValid(
  arms: ArmPair<ArmEstimate>,
  monitoring: { readonly level: number; readonly fraction: number },
): AlwaysValidComparison | Unknown {
  const effect = differenceOfArms(arms)
  if (isUnknown(effect)) return effect
  const difference = testAlwaysValid(effect, monitoring)
  const critical = studentScore(difference.critical, effect.degreesOfFreedom)
  if (critical > ERRORS_MOST) return unknown('horizon-not-reached')
  const interval = fiellerInterval(arms, critical)
  if (isUnknown(interval)) return { kind: 'always-valid-comparison', difference, lift: interval }
  return {
    kind: 'always-valid-comparison',
    difference,
    lift: { kind: 'lift', estimate: effect.estimate / Math.abs(arms.control.estimate), interval },
  }
}

/** What all looks so far say together: the smallest p-value, and the intersection of the intervals. */
export interface Running {
  readonly pValue: number
  readonly log10PValue: number
  /** Unknown when the intervals have no point in common: the effect has drifted, and no one number describes it. */
  readonly interval: Interval | Unknown
}

/** Adds a look to what was known. */
export function runningOf(
  test: { readonly pValue: number; readonly log10PValue: number; readonly interval: Interval },
  before?: Running,
): Running {
  if (!before) return { pValue: test.pValue, log10PValue: test.log10PValue, interval: test.interval }
  return {
    pValue: Math.min(test.pValue, before.pValue),
    log10PValue: Math.min(test.log10PValue, before.log10PValue),
    interval: isUnknown(before.interval) ? before.interval : intersection(before.interval, test.interval),
  }
}

function intersection(a: Interval, b: Interval): Interval | Unknown {
  const low = Math.max(a.low, b.low)
  const high = Math.min(a.high, b.high)
  return low <= high ? intervalOf(low, high) : unknown('outside-range', { have: low, need: high })
}
