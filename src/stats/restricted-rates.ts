/**
 * The most likely rates of two arms when their difference or their ratio is given.
 *
 *     difference δ ≥ 0    p꜀ is the root in [0, 1−δ] of  p³ + l₂p² + l₁p + l₀, the derivative of the likelihood; pₜ = p꜀ + δ
 *     ratio R             p꜀ is the smaller root of  N·R·p² − b·p + x;  pₜ = R·p꜀
 *
 * The closed form of the cubic loses half of the digits at rare events, so the root is bracketed and polished. 1 − p has its own equation,
 * because at ten million units and three non-events 1 − p has lost nine of the digits.
 * @see Miettinen & Nurminen (1985), doi:10.1002/sim.4780040211
 */
import type { ArmPair } from './arm-estimate.ts'
import type { Counts } from './proportion.ts'
import { rootByNewton } from './root.ts'

/** A rate with what it lacks to 1. */
export interface Rate {
  readonly events: number
  readonly nonEvents: number
}

/** The same units, counted by what did not happen. */
export function nonEvents({ n, events }: Counts): Counts {
  return { n, events: n - events }
}

/** More than half of all units did it. */
export function mostlyEvents({ control, treatment }: ArmPair<Counts>): boolean {
  return control.events + treatment.events > (control.n + treatment.n) / 2
}

/** Rates with treatment − control = delta. */
export function restrictedByDifference(arms: ArmPair<Counts>, delta: number): ArmPair<number> {
  if (delta < 0) {
    const turned = restrictedByDifference({ control: arms.treatment, treatment: arms.control }, -delta)
    return { control: turned.treatment, treatment: turned.control }
  }
  const { control, treatment } = arms
  const units = control.n + treatment.n
  const events = control.events + treatment.events
  if (delta === 0) return { control: events / units, treatment: events / units }
  const missed = control.n - control.events
  // the likelihood may fall from the very left, or rise to the very right, where one arm has no events or nothing else
  const slopeAtZero = treatment.events / delta - (treatment.n - treatment.events) / (1 - delta) - control.n
  if (delta === 1 || (control.events === 0 && slopeAtZero <= 0)) return { control: 0, treatment: delta }
  const slopeAtEnd = treatment.n + control.events / (1 - delta) - missed / delta
  if (treatment.events === treatment.n && slopeAtEnd >= 0) return { control: 1 - delta, treatment: 1 }
  const l2 = ((2 * control.n + treatment.n) * delta - units - events) / units
  const l1 = ((control.n * delta - units - 2 * control.events) * delta + events) / units
  const l0 = (control.events * delta * (1 - delta)) / units
  const rate = rootByNewton((p) => ({ value: ((p + l2) * p + l1) * p + l0, slope: (3 * p + 2 * l2) * p + l1 }), {
    low: 0,
    high: 1 - delta,
    start: (events - treatment.n * delta) / units,
    rising: false,
  })
  return { control: rate, treatment: Math.min(1, rate + delta) }
}

/** Rates with treatment/control = exp(logRatio). */
export function restrictedByRatio({ control, treatment }: ArmPair<Counts>, logRatio: number): ArmPair<Rate> {
  const ratio = Math.exp(logRatio)
  const units = control.n + treatment.n
  const events = control.events + treatment.events
  const b = treatment.n * ratio + treatment.events + control.n + control.events * ratio
  // the smaller root, without cancellation
  const rate = Math.min(1, 1 / ratio, (2 * events) / (b + Math.sqrt(Math.max(0, b * b - 4 * units * ratio * events))))
  const missed = { control: control.n - control.events, treatment: treatment.n - treatment.events }
  return {
    control: rateOf(rate, complement({ units, logRatio, own: missed.control, other: missed.treatment })),
    treatment: rateOf(ratio * rate, complement({ units, logRatio: -logRatio, own: missed.treatment, other: missed.control })),
  }
}

/** Both equations lose digits next to 1; the smaller answer is the one to keep. */
function rateOf(events: number, missing: number): Rate {
  return missing < 0.5 ? { events: 1 - missing, nonEvents: missing } : { events, nonEvents: 1 - events }
}

/** 1 − p of the arm with `own` non-events, when the other arm's rate is exp(logRatio) times p: the larger root of N·R·q² − D·q + (R−1)·own. */
function complement(of: { readonly units: number; readonly logRatio: number; readonly own: number; readonly other: number }): number {
  const ratio = Math.exp(of.logRatio)
  const lift = Math.expm1(of.logRatio)
  const d = of.units * lift + of.other + of.own * ratio
  const root = Math.sqrt(Math.max(0, d * d - 4 * of.units * ratio * lift * of.own))
  const q = d >= 0 ? (d + root) / (2 * of.units * ratio) : (2 * lift * of.own) / (d - root)
  return Math.min(1, Math.max(0, q))
}
