/**
 * The delay curve: which share of the outcomes that will come within the window has come by an age, from exposures of every age.
 *
 *     S(j) = Π_{i≤j} (1 − dᵢ/rᵢ)      G(age) = (1 − S(age))/(1 − S(window))
 *
 * Kaplan and Meier's estimator over all exposures, those without outcome too: young ones leave the risk set at their age. rᵢ counts
 * exposures that had no outcome before bin i, each as far as it has lived through the bin. Leaving the young ones out, or counting them as
 * failures, makes an arm launched yesterday look 79 % worse.
 * @see Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452
 */
import { assert } from '../stats/assert.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'

/** Counts by age group of the exposures, and by delay of their first outcome, in bins that are numbered from 0. */
export interface DelayCounts {
  /** By age: exposures, with and without outcome. */
  readonly exposures: readonly number[]
  /** By age, then by delay: exposures whose first outcome came after it. */
  readonly converted: readonly (readonly number[])[]
  /** By age, then by delay: the share of the bin that these exposures have lived through; left out when age n has seen bins 0 … n whole. */
  readonly seen?: readonly (readonly number[])[]
}

export interface DelayCurve {
  readonly kind: 'delay-curve'
  readonly events: number
  /** G at the end of each bin, not decreasing; the last is 1. */
  readonly arrived: readonly number[]
}

/** Fewer events than this tell nothing of an arm's own; arms are then pooled. */
export const OWN_CURVE_EVENTS = 200

/** The curve of one set of exposures up to `window` bins; unknown without any event. */
export function delayCurve({ exposures, converted, seen }: DelayCounts, window: number): DelayCurve | Unknown {
  assert(Number.isInteger(window) && window > 0, `a window has a whole number of bins, got ${window}`)
  const waiting = [...exposures]
  const shown: number[] = []
  let survival = 1
  let events = 0
  for (let bin = 0; bin < window; bin++) {
    let atRisk = 0
    let came = 0
    for (let age = 0; age < exposures.length; age++) {
      const share = seen ? (seen[age]![bin] ?? 0) : age >= bin ? 1 : 0
      const own = share > 0 ? (converted[age]?.[bin] ?? 0) : 0
      atRisk += share * waiting[age]!
      came += own
      waiting[age]! -= own
    }
    if (came > 0) survival *= Math.max(0, 1 - came / Math.max(atRisk, came))
    events += came
    shown.push(1 - survival)
  }
  if (events === 0) return unknown('no-events')
  return { kind: 'delay-curve', events, arrived: shown.map((share) => share / shown.at(-1)!) }
}

/** One curve an arm: its own where it has enough events, that of all arms together elsewhere. */
export function delayCurves(arms: readonly DelayCounts[], window: number): readonly (DelayCurve | Unknown)[] {
  const together = delayCurve(arms.reduce(mergedDelays), window)
  return arms.map((arm) => {
    const own = delayCurve(arm, window)
    return own.kind === 'delay-curve' && own.events >= OWN_CURVE_EVENTS ? own : together
  })
}

/** Counts of two disjoint sets of exposures together; both have the same ages. */
export function mergedDelays(one: DelayCounts, other: DelayCounts): DelayCounts {
  const sums = (a: readonly number[] = [], b: readonly number[] = []) =>
    Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0))
  const ages = Math.max(one.converted.length, other.converted.length)
  return {
    exposures: sums(one.exposures, other.exposures),
    converted: Array.from({ length: ages }, (_, age) => sums(one.converted[age], other.converted[age])),
    ...(one.seen ? { seen: one.seen } : {}),
  }
}

/** G at an age in bins; 1 from the window on. */
export function arrivedBy({ arrived }: DelayCurve, age: number): number {
  return age >= arrived.length ? 1 : arrived[Math.max(0, Math.floor(age))]!
}

/** G, averaged over exposures that have lived through these shares of the bins: Σ_j (G_j − G_{j−1})·seen_j. */
export function arrivedOver({ arrived }: DelayCurve, seen: readonly number[]): number {
  if (seen.every((share) => share === 1)) return 1
  return arrived.reduce((sum, share, bin) => sum + (share - (bin === 0 ? 0 : arrived[bin - 1]!)) * (seen[bin] ?? 0), 0)
}
