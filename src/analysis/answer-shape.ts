/**
 * The shape of an answer, as `croupier analyze --json` prints it. Every number is finite; where there is none stands `unknown` with a
 * reason, or null with a reason beside it. Shares and lifts are fractions: 0.05 is five percent.
 */
import type { Reason, Unknown } from '../stats/estimate.ts'
import type { Fault } from './faults.ts'
import type { Method, MetricAsked } from './question.ts'

export interface Answer {
  readonly format: 'croupier-analysis/1'
  readonly method: Method
  readonly level: number
  readonly control: string
  readonly arms: readonly { readonly arm: string; readonly units: number }[]
  readonly sampleRatio: SampleRatioAnswer
  /** Units that were seen in two arms are left out. */
  readonly twoArms: { readonly units: number; readonly share: number; readonly alarm: boolean }
  /** Every metric with every treatment, metrics first. */
  readonly results: readonly Result[]
  readonly faults: readonly Fault[]
  readonly notes: readonly string[]
}

export interface SampleRatioAnswer {
  readonly pValue: number | null
  readonly log10PValue: number | null
  readonly alarm: boolean
  /** Why there is no p-value. */
  readonly because?: Reason
  readonly expected: readonly number[]
}

export type ResultStatus = 'better' | 'worse' | 'no difference shown' | 'not yet' | 'unknown'

export interface Estimated {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** An end at infinity is null, with the reason. */
export interface EstimatedLift {
  readonly estimate: number
  readonly low: number | null
  readonly high: number | null
  readonly because?: Reason
}

export interface Result {
  readonly metric: string
  readonly kind: MetricAsked['kind']
  readonly arm: string
  readonly control: string
  /** What made the p-value and both intervals: welch, score, delta, cuped, stratified, with the method of monitoring before it. */
  readonly method: string
  /** Units with a value, by arm, and what they come to. */
  readonly units: { readonly control: number; readonly treatment: number }
  readonly value: { readonly control: number | null; readonly treatment: number | null }
  /** Treatment − control. */
  readonly absolute: (Estimated & { readonly standardError: number }) | Unknown
  /** (Treatment − control)/|control|. */
  readonly relative: EstimatedLift | Unknown
  /** Null when unknown, and for the Bayesian method, which has none. */
  readonly pValue: number | null
  readonly log10PValue: number | null
  /** Holm over all metrics and treatments. */
  readonly adjustedPValue: number | null
  readonly status: ResultStatus
  /** What its interval alone would show, when the corrected p does not. */
  readonly byItself?: 'better' | 'worse'
  /** Why the status is unknown or not yet. */
  readonly because?: Reason | 'sample-ratio-mismatch'
  readonly have?: number
  readonly need?: number
  /** Share of the variance that the covariate took away. */
  readonly varianceReduction?: number
  /** The same without the cap. */
  readonly uncapped?: Estimated | Unknown
  readonly bayesian?: BayesianFigures
  readonly segments?: SegmentTable | Unknown
}

export interface BayesianFigures {
  readonly chanceToWin: number
  readonly chanceToLose: number
  /** What choosing an arm costs on average, in the metric. */
  readonly lossOfTreatment: number
  readonly lossOfControl: number
}

export interface SegmentTable {
  /** Evidence at 5 % that the effect differs between segments. */
  readonly differ: boolean
  readonly pValue: number
  readonly rows: readonly {
    readonly segment: string
    readonly units: { readonly control: number; readonly treatment: number }
    /** As measured, and shrunk towards the others by as much as chance explains. */
    readonly raw: Estimated | Unknown
    readonly shrunk: Estimated | Unknown
  }[]
}
