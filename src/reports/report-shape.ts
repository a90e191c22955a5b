/**
 * The shape of a report, as JSON gives it. Every number is finite; where there is none, there is `unknown` with a reason.
 *
 * Money stands in major units (euros, not cents): means and differences as numbers, totals as decimal texts, exact however large.
 * Shares are between 0 and 1. Times are ISO 8601 in UTC. Arms are named by their keys.
 */

import type { GateKind } from '../experiments/gate.ts'
import type { Status } from '../experiments/lifecycle.ts'
import type { Metric } from '../experiments/metric.ts'
import type { Comparison as ComparisonOfArms } from '../stats/comparison.ts'
import type { Reason, Unknown } from '../stats/estimate.ts'
import type { BanditReport } from './bandit-shape.ts'

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
    /** With `thompson` the shares are learned: values and comparisons of the metrics are then honest ones from scores, per draw. */
    readonly allocation: 'fixed' | 'thompson'
    /** Only where it is so: a unit keeps the arm that was drawn for it first. */
    readonly sticky?: true
  }
  readonly asOf: string
  /** How far the log is in the numbers: transaction id (text, it has 64 bits), and when that was. */
  readonly watermark: { readonly transaction: string; readonly foldedAt: string | null }
  readonly plan: PlanProgress
  readonly verdict: Verdict
  readonly trust: Trust
  /** May a treatment be shipped? In the order of the treatments. */
  readonly decisions: readonly Decision[]
  readonly metrics: readonly MetricReport[]
  readonly bandit?: BanditReport
  /** As the epoch froze them; empty when it names none. */
  readonly guardrails: readonly GuardrailReport[]
  readonly money: readonly MoneyReport[]
  readonly integrity: Integrity
  /** What the gate did to the arms in this epoch, oldest first; empty where it did nothing. */
  readonly gate: readonly GateNote[]
  readonly notes: readonly string[]
}

export interface GateNote {
  readonly id: number
  readonly at: string
  readonly kind: GateKind
  /** Null where the whole experiment is meant. */
  readonly arm: string | null
  /** `gate`, or the name of a person's key. */
  readonly by: string
  /** `tests` with their numbers, `no-treatment-left`, `person` with a reason, or `carried` from the epoch before. */
  readonly evidence: { readonly kind: string } & Readonly<Record<string, unknown>>
  /** The action that is taken back. */
  readonly undoes: number | null
  /** Whether it was not taken back. */
  readonly stands: boolean
}

export interface PlanProgress {
  readonly unitsPerArm: number
  readonly level: number
  readonly reached: boolean
  readonly arms: readonly ArmProgress[]
  /** Of a bandit, whose arms never get equal shares: the units of all arms against those of the plan. */
  readonly together?: { readonly have: number; readonly need: number }
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
  /** A failed check that makes every verdict worthless; null when there is none. */
  readonly blockedBy: 'sample-ratio-mismatch' | 'exposures-do-not-add-up' | null
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
      /** The watched test while the experiment is on its way to its plan, χ² afterwards. */
      readonly decidedBy: 'sequential' | 'chi-square'
      /** Of the test that decides. */
      readonly alarm: boolean
      /** Watched after every day: the smallest p so far may be read at any time. */
      readonly sequential: { readonly pValue: number; readonly log10PValue: number; readonly looks: number; readonly alarm: boolean }
      readonly arms: readonly { readonly arm: string; readonly units: number; readonly expected: number }[]
    }
  | { readonly kind: 'does-not-apply'; readonly because: 'arms-were-switched-off' | 'shares-are-learned' }
  | Unknown

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
  /** Of a mean: whether it has enough units for its skewness, as far as the moments can tell. */
  readonly skew?: Skew | Unknown
  /** Units with a history of so many days before their first exposure: of the arm with the fewest, and how many it takes to use it. */
  readonly covariate?: { readonly days: number; readonly have: number; readonly need: number }
  readonly arms: readonly { readonly arm: string; readonly units: number; readonly value: number | Unknown }[]
  readonly comparisons: readonly Comparison[]
}

/** Bounds of the skewness, and the units an arm needs at it. */
export interface Skew {
  readonly kind: 'skew'
  readonly atLeast: number
  /** With a cap only. */
  readonly atMost?: number
  /** Units of the smallest arm. */
  readonly have: number
  readonly needAtLeast: number
  readonly needAtMost?: number
  /** Arms of about equal size cancel each other's skew. */
  readonly balanced: boolean
  readonly enough: 'yes' | 'no' | 'unknown'
}

/** A treatment against the control: difference = treatment − control, lift = difference / |control|. */
export interface Contrast {
  readonly arm: string
  readonly control: string
  readonly difference: Estimate | Unknown
  readonly lift: Estimate | Unknown
  readonly test: Test | Unknown
  /** Holds at every look while the experiment runs; unknown until there are enough events. */
  readonly alwaysValid: AlwaysValid | Unknown
  /** Whose interval the page shows: the fixed test's once the plan is reached, the always-valid one's before. The other is an alternate. */
  readonly shown: 'fixed' | 'always-valid'
}

export interface AlwaysValid {
  readonly kind: 'always-valid'
  readonly difference: Estimate
  readonly lift: Estimate | Unknown
  /** Of this look; may be read at every look. */
  readonly pValue: number
  readonly log10PValue: number
  /** Information so far over the planned: the interval is tightest at 1. */
  readonly fraction: number
}

export interface Comparison extends Contrast {
  /** Share of the variance that the covariate took away, when it was used; slightly negative when it says nothing. */
  readonly varianceReduction?: number
  /** The same without the covariate, to look at beside it; it decides nothing. */
  readonly alternate?: Pick<Contrast, 'difference' | 'lift' | 'test' | 'alwaysValid'>
  readonly status: 'not yet' | 'better' | 'worse' | 'no difference shown' | 'unknown'
  /** What its interval alone would show, when the corrected p does not: the status is then "no difference shown". */
  readonly byItself?: 'better' | 'worse'
  /** Why the status is unknown. */
  readonly because?: Reason | 'sample-ratio-mismatch' | 'exposures-do-not-add-up'
  /** Units of the arm that is furthest behind, and the planned ones, while the status is "not yet". */
  readonly have?: number
  readonly need?: number
  /** Whether somebody may stop on it: not before the planned sample, except for harm. */
  readonly forStopping: boolean
  /** While it runs: the whole always-valid interval lies on the bad side, so that stopping is justified at any look. */
  readonly harm: boolean
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
  /** Holm's correction over the family; the status follows it. */
  readonly adjustedPValue: number
  /** Tests that were corrected together: of a primary metric its treatments, of all other metrics metric × treatment. */
  readonly family: number
}

/** Success is the primary metric; every guardrail has to hold. */
export interface Decision {
  readonly arm: string
  readonly kind: 'ship' | 'do not ship' | 'not yet' | 'nothing shown' | 'fix first'
  /** Metrics that decided, or that are waited for. */
  readonly because: readonly string[]
  readonly sentence: string
}

export interface GuardrailReport {
  readonly metric: string
  /** Relative to the control. */
  readonly margin: number
  readonly direction: Metric['direction']
  readonly results: readonly GuardrailResult[]
}

export interface GuardrailResult {
  readonly arm: string
  readonly control: string
  readonly state: 'holds' | 'breached' | 'not yet shown'
  /** Why it is not tested. */
  readonly because?: Reason | NonNullable<Trust['blockedBy']>
  /** The bad end of the lift's interval: it holds when that is better than the margin. */
  readonly bound: number | Unknown
  /** The good end: it is breached when even that is worse than the margin. */
  readonly atBest: number | Unknown
  /** Of "worse by more than the margin", one-sided. */
  readonly test: { readonly kind: 'non-inferiority'; readonly pValue: number; readonly log10PValue: number } | Unknown
  readonly shown: Contrast['shown']
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
