/**
 * The shape of a report, as JSON gives it. Every number is finite; where there is none, there is `unknown` with a reason.
 *
 * Money stands in major units (euros, not cents): means and differences as numbers, totals as decimal texts, exact however large.
 * Shares are between 0 and 1. Times are ISO 8601 in UTC. Arms are named by their keys.
 */

import type { Status } from '../experiments/lifecycle.ts'
import type { Metric } from '../experiments/metric.ts'
import type { Comparison as ComparisonOfArms } from '../stats/comparison.ts'
import type { Reason, Unknown } from '../stats/estimate.ts'

export interface Report {
  readonly format: 'croupier-report/1'
  readonly experiment: {
    readonly key: string
    readonly name: string
    readonly hypothesis: string
    readonly surface: string
    readonly unit: 'shopper' | 'session' | 'request'
    readonly status: Status
  }
  /** Arms, audience, traffic and metrics are frozen within an epoch; epochs are never mixed. */
  readonly epoch: {
    readonly no: number
    readonly startedAt: string
    readonly endedAt: string | null
    /** With `thompson` the shares are learned: what stands below as value and contrast is naive, and no status rests on it. */
    readonly allocation: 'fixed' | 'thompson'
  }
  readonly asOf: string
  /** How far the log is in the numbers: transaction id (text, it has 64 bits), and when that was. */
  readonly watermark: { readonly transaction: string; readonly foldedAt: string | null }
  readonly plan: PlanProgress
  readonly verdict: Verdict
  readonly trust: Trust
  readonly metrics: readonly MetricReport[]
  readonly money: readonly MoneyReport[]
  readonly integrity: Integrity
  readonly notes: readonly string[]
}

export interface PlanProgress {
  readonly unitsPerArm: number
  readonly level: number
  readonly reached: boolean
  readonly arms: readonly ArmProgress[]
  /** Days until every arm has its units, at the pace of the last week; absent when nobody can say. */
  readonly daysLeft?: number
}

export interface ArmProgress {
  readonly arm: string
  readonly policy: string
  readonly control: boolean
  /** Planned share of the units. */
  readonly share: number
  readonly have: number
  readonly need: number
}

export type VerdictKind = 'no data' | 'do not trust' | 'not yet' | 'better' | 'worse' | 'no difference shown' | 'unknown'

export interface Verdict {
  readonly kind: VerdictKind
  /** The arm that the verdict speaks of, when it is one. */
  readonly arm?: string
  readonly sentences: readonly string[]
}

export interface Trust {
  /** A failed check, or learned shares, that make every verdict worthless; null when there is none. */
  readonly blockedBy: 'sample-ratio-mismatch' | 'exposures-do-not-add-up' | 'adaptive-allocation' | null
  readonly sampleRatio: SampleRatio
  readonly twoArms: { readonly units: number; readonly share: number; readonly threshold: number; readonly alarm: boolean }
}

export type SampleRatio =
  | {
      readonly kind: 'tested'
      readonly chiSquare: number
      readonly degreesOfFreedom: number
      readonly pValue: number
      readonly log10PValue: number
      readonly threshold: number
      readonly alarm: boolean
      readonly arms: readonly { readonly arm: string; readonly units: number; readonly expected: number }[]
    }
  | { readonly kind: 'does-not-apply'; readonly because: 'arms-were-switched-off' | 'shares-are-learned' }
  | Unknown

/** How a metric's numbers are read. */
export type Measure = { readonly kind: 'share' | 'number' } | { readonly kind: 'money'; readonly currency: string }

export interface MetricReport {
  readonly key: string
  readonly kind: Metric['kind']
  readonly direction: Metric['direction']
  readonly primary: boolean
  readonly description: string
  readonly measure: Measure
  readonly windowHours: number
  /** Units whose window is still open: their later outcomes will be added. */
  readonly unitsOpen: number
  /** Totals of a unit count up to here only. */
  readonly cap?: number
  readonly arms: readonly { readonly arm: string; readonly units: number; readonly value: number | Unknown }[]
  readonly comparisons: readonly Comparison[]
}

/** A treatment against the control: difference = treatment − control, lift = difference / |control|. */
export interface Contrast {
  readonly arm: string
  readonly control: string
  readonly difference: Estimate | Unknown
  readonly lift: Estimate | Unknown
  readonly test: Test | Unknown
}

export interface Comparison extends Contrast {
  readonly status: 'not yet' | 'better' | 'worse' | 'no difference shown' | 'unknown'
  /** Why the status is unknown. */
  readonly because?: Reason | 'sample-ratio-mismatch' | 'exposures-do-not-add-up' | 'adaptive-allocation'
  /** Units of the arm that is furthest behind, and the planned ones, while the status is "not yet". */
  readonly have?: number
  readonly need?: number
  /** False before the planned sample: the numbers are shown, but nobody should stop on them. */
  readonly forStopping: boolean
}

export interface Estimate {
  readonly kind: 'estimate'
  readonly value: number
  readonly interval: Bounds | Unknown
}

export interface Bounds {
  readonly low: number
  readonly high: number
}

export interface Test {
  readonly kind: 'test'
  readonly method: ComparisonOfArms['method']
  readonly standardError: number
  readonly statistic: number
  /** Absent when the statistic is referred to the normal distribution. */
  readonly degreesOfFreedom?: number
  /** Never 0: log10PValue goes on where a double ends. */
  readonly pValue: number
  readonly log10PValue: number
  /** Holm's correction over the treatments of this metric. */
  readonly adjustedPValue: number
}

export interface MoneyReport {
  readonly currency: string
  readonly arms: readonly MoneyOfArm[]
  /** Net money per unit against the control's. */
  readonly comparisons: readonly Contrast[]
}

export interface MoneyOfArm {
  readonly arm: string
  readonly units: number
  /** Units with money in this currency; the others count as 0. */
  readonly payers: number
  readonly gross: string
  /** ≤ 0, so net = gross + returned. */
  readonly returned: string
  readonly net: string
  readonly netPerUnit: number | Unknown
}

export interface Integrity {
  /** What the arms' counters add up to, and what the log itself has. */
  readonly exposures: number
  readonly recount: number
  /** Equal in every arm. */
  readonly equal: boolean
  readonly arms: readonly {
    readonly arm: string
    readonly exposures: number
    readonly recount: number
    /** Served by another policy than the arm's own. */
    readonly fallback: number
    readonly fallbackShare: number | Unknown
    /** Decided while some arm was switched off. */
    readonly masked: number
  }[]
}
