/**
 * Miettinen and Nurminen's score statistics for two proportions: the difference and the ratio, good down to single events.
 *
 *     difference   z(δ) = (d − δ) / √( (p̃ₜq̃ₜ/nₜ + p̃꜀q̃꜀/n꜀)·N/(N−1) )           p̃ₜ − p̃꜀ = δ
 *     ratio        z(R) = (pₜ − R·p꜀) / √( (p̃ₜq̃ₜ/nₜ + R²·p̃꜀q̃꜀/n꜀)·N/(N−1) )     p̃ₜ / p̃꜀ = R
 *
 * p̃ maximise the likelihood under the restriction (see `restricted-rates.ts`). At δ = 0 and R = 1 both statistics are the same, so
 * p-value, flag, absolute interval and relative interval come from one test.
 * @see Miettinen & Nurminen (1985), doi:10.1002/sim.4780040211
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Interval, intervalOf } from './estimate.ts'
import type { Counts } from './proportion.ts'
import { mostlyEvents, nonEvents, restrictedByDifference, restrictedByRatio } from './restricted-rates.ts'
import { rootByBracket } from './root.ts'

/** Stands for an infinite statistic, where the restricted variance is 0. */
const BEYOND = 1e9
/** |ln R| where no critical value is left: rates of 10²⁶ and 10⁻²⁶ to one. */
const LOG_RATIO_MAX = 60

/** z(δ) for H₀: treatment − control = δ, with δ in [−1, 1]. */
export function scoreOfDifference(arms: ArmPair<Counts>, delta: number): number {
  // rates next to 1 are handled as non-events, which change places: q꜀ − qₜ = pₜ − p꜀
  if (mostlyEvents(arms)) return scoreOfDifference({ control: nonEvents(arms.treatment), treatment: nonEvents(arms.control) }, delta)
  const { control, treatment } = arms
  const rates = restrictedByDifference(arms, delta)
  const gap = treatment.events / treatment.n - control.events / control.n - delta
  const variance = (rates.treatment * (1 - rates.treatment)) / treatment.n + (rates.control * (1 - rates.control)) / control.n
  return studentise(gap, variance, control.n + treatment.n)
}

/** z(R) for H₀: treatment/control = R > 0. */
export function scoreOfRatio(arms: ArmPair<Counts>, ratio: number): number {
  return scoreOfLogRatio(arms, Math.log(ratio))
}

/** All δ with |z(δ)| ≤ critical. */
export function scoreIntervalOfDifference(arms: ArmPair<Counts>, critical: number): Interval {
  const estimate = differenceOf(arms)
  const low = estimate === -1 ? -1 : rootByBracket((delta) => scoreOfDifference(arms, delta) - critical, { low: -1, high: estimate })
  const high = estimate === 1 ? 1 : rootByBracket((delta) => scoreOfDifference(arms, delta) + critical, { low: estimate, high: 1 })
  return intervalOf(low, high)
}

/** All lifts R − 1 with |z(R)| ≤ critical: from −1 without events in the treatment, unbounded above without events in the control. */
export function scoreIntervalOfLift(arms: ArmPair<Counts>, critical: number): Interval {
  const range = { low: -LOG_RATIO_MAX, high: LOG_RATIO_MAX }
  const end = (bound: number) => Math.expm1(rootByBracket((logRatio) => scoreOfLogRatio(arms, logRatio) - bound, range))
  return intervalOf(arms.treatment.events === 0 ? -1 : end(critical), arms.control.events === 0 ? Number.POSITIVE_INFINITY : end(-critical))
}

/** z in ln R, so that lifts of a billionth keep their digits. */
function scoreOfLogRatio(arms: ArmPair<Counts>, logRatio: number): number {
  const { control, treatment } = arms
  const ratio = Math.exp(logRatio)
  const rates = restrictedByRatio(arms, logRatio)
  const gap = mostlyEvents(arms)
    ? (ratio * (control.n - control.events)) / control.n - (treatment.n - treatment.events) / treatment.n - Math.expm1(logRatio)
    : treatment.events / treatment.n - (ratio * control.events) / control.n
  const controlVariance = (ratio * ratio * rates.control.events * rates.control.nonEvents) / control.n
  return studentise(gap, (rates.treatment.events * rates.treatment.nonEvents) / treatment.n + controlVariance, control.n + treatment.n)
}

/** pₜ − p꜀, from whichever of events and non-events are rarer. */
function differenceOf(arms: ArmPair<Counts>): number {
  if (mostlyEvents(arms)) return differenceOf({ control: nonEvents(arms.treatment), treatment: nonEvents(arms.control) })
  return arms.treatment.events / arms.treatment.n - arms.control.events / arms.control.n
}

function studentise(gap: number, variance: number, units: number): number {
  if (gap === 0) return 0
  const z = gap / Math.sqrt((variance * units) / (units - 1))
  return Math.min(BEYOND, Math.max(-BEYOND, z))
}
