/**
 * Miettinen and Nurminen's score statistics for two proportions: the difference and the ratio, good down to single events.
 *
 *     difference   z(δ) = (d − δ) / √( (p̃ₜq̃ₜ/nₜ + p̃꜀q̃꜀/n꜀)·N/(N−1) )           p̃ₜ − p̃꜀ = δ
 *     ratio        z(R) = (pₜ − R·p꜀) / √( (p̃ₜq̃ₜ/nₜ + R²·p̃꜀q̃꜀/n꜀)·N/(N−1) )     p̃ₜ / p̃꜀ = R
 *
 * p̃ maximise the likelihood under the restriction. At δ = 0 and R = 1 both statistics are the same, so p-value, flag, absolute interval
 * and relative interval come from one test.
 * @see Miettinen & Nurminen (1985), doi:10.1002/sim.4780040211
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Interval, intervalOf } from './estimate.ts'
import type { Counts } from './proportion.ts'
import { rootByBracket } from './root.ts'

/** Stands for an infinite statistic, where the restricted variance is 0. */
const BEYOND = 1e9
const LOG_RATIO_MAX = 600

/** z(δ) for H₀: treatment − control = δ, with δ in [−1, 1]. */
export function scoreOfDifference({ control, treatment }: ArmPair<Counts>, delta: number): number {
  const restricted = restrictedControl({ control, treatment }, delta)
  const shifted = Math.min(1, Math.max(0, restricted + delta))
  const gap = treatment.events / treatment.n - control.events / control.n - delta
  return studentise(gap, (shifted * (1 - shifted)) / treatment.n + (restricted * (1 - restricted)) / control.n, control.n + treatment.n)
}

/** z(R) for H₀: treatment/control = R > 0. */
export function scoreOfRatio({ control, treatment }: ArmPair<Counts>, ratio: number): number {
  const units = control.n + treatment.n
  const b = treatment.n * ratio + treatment.events + control.n + control.events * ratio
  const events = control.events + treatment.events
  // the smaller root of N·R·p² − b·p + x = 0, without cancellation
  const restricted = Math.min(1, 1 / ratio, (2 * events) / (b + Math.sqrt(Math.max(0, b * b - 4 * units * ratio * events))))
  const scaled = ratio * restricted
  const gap = treatment.events / treatment.n - (ratio * control.events) / control.n
  const variance = (scaled * (1 - scaled)) / treatment.n + (ratio * ratio * restricted * (1 - restricted)) / control.n
  return studentise(gap, variance, units)
}

/** All δ with |z(δ)| ≤ critical. */
export function scoreIntervalOfDifference(arms: ArmPair<Counts>, critical: number): Interval {
  const estimate = arms.treatment.events / arms.treatment.n - arms.control.events / arms.control.n
  const low = estimate === -1 ? -1 : rootByBracket((delta) => scoreOfDifference(arms, delta) - critical, { low: -1, high: estimate })
  const high = estimate === 1 ? 1 : rootByBracket((delta) => scoreOfDifference(arms, delta) + critical, { low: estimate, high: 1 })
  return intervalOf(low, high)
}

/** All ratios R with |z(R)| ≤ critical: from 0 without events in the treatment, unbounded above without events in the control. */
export function scoreIntervalOfRatio(arms: ArmPair<Counts>, critical: number): Interval {
  const z = (logRatio: number) => scoreOfRatio(arms, Math.exp(logRatio))
  const range = { low: -LOG_RATIO_MAX, high: LOG_RATIO_MAX }
  const low = arms.treatment.events === 0 ? 0 : Math.exp(rootByBracket((at) => z(at) - critical, range))
  const high = arms.control.events === 0 ? Number.POSITIVE_INFINITY : Math.exp(rootByBracket((at) => z(at) + critical, range))
  return intervalOf(low, high)
}

function studentise(gap: number, variance: number, units: number): number {
  const corrected = (variance * units) / (units - 1)
  if (gap === 0) return 0
  const z = gap / Math.sqrt(corrected)
  return Math.min(BEYOND, Math.max(-BEYOND, z))
}

/** The restricted maximum-likelihood control rate: a root of a cubic, in closed form, polished by Newton. */
function restrictedControl({ control, treatment }: ArmPair<Counts>, delta: number): number {
  const units = control.n + treatment.n
  const events = control.events + treatment.events
  const floor = Math.max(0, -delta)
  const ceiling = Math.min(1, 1 - delta)
  const l2 = ((control.n * 2 + treatment.n) * delta - units - events) / units
  const l1 = ((control.n * delta - units - 2 * control.events) * delta + events) / units
  const l0 = (control.events * delta * (1 - delta)) / units
  const q = (l2 / 3) ** 3 - (l1 * l2) / 6 + l0 / 2
  const size = Math.sqrt(Math.max(0, (l2 / 3) ** 2 - l1 / 3))
  const p = q < 0 ? -size : size
  const angle = (Math.PI + Math.acos(Math.min(1, Math.max(-1, p === 0 ? 0 : q / p ** 3)))) / 3
  let rate = Math.min(ceiling, Math.max(floor, 2 * p * Math.cos(angle) - l2 / 3))
  for (let step = 0; step < 3; step++) {
    const slope = (3 * rate + 2 * l2) * rate + l1
    const next = rate - (((rate + l2) * rate + l1) * rate + l0) / slope
    if (!(next >= floor && next <= ceiling)) break
    rate = next
  }
  return rate
}
