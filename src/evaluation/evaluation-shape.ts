/** The shape of an evaluation: what the page, the drawing and the JSON are made of. */
import type { Interval, TestResult, Unknown } from '../stats/estimate.ts'
import type { ExposureFairness } from './exposure-fairness.ts'
import type { ProtocolName } from './protocol.ts'
import type { RankingMetric } from './ranking-metrics.ts'
import type { Segment } from './segments.ts'
import type { SlateMetrics } from './slate-metrics.ts'

export interface Evaluation {
  readonly split: {
    readonly at: number
    readonly until: number
    readonly leastShoppers: number
    readonly trainingRows: number
    readonly trainedShoppers: number
    readonly sellableItems: number
  }
  readonly baseline: string
  readonly size: number
  readonly level: number
  readonly replicates: number
  readonly seed: number
  readonly protocols: readonly ProtocolResult[]
}

export interface ProtocolResult {
  readonly name: ProtocolName
  /** How many the main numbers are means over: known shoppers, or baskets of anybody. */
  readonly asked: number
  readonly of: 'shoppers' | 'baskets'
  /** Policies that had nothing to say to anybody here, as one that only repeats has not where everything known is masked. */
  readonly silent: readonly string[]
  /** The baseline first, then those that said something; none when nobody known was left to ask about. */
  readonly policies: readonly PolicyResult[]
}

export interface PolicyResult {
  readonly policy: string
  readonly kind: string
  readonly metrics: Readonly<Record<RankingMetric, number>> & SlateMetrics
  readonly interval: Readonly<Record<RankingMetric, Interval | Unknown>>
  /** NDCG@10 against the baseline, shopper by shopper; null for the baseline itself. */
  readonly against: { readonly test: TestResult | Unknown; readonly adjustedPValue: number | Unknown } | null
  readonly segments: Readonly<Record<Segment, SegmentResult>>
  readonly fairness: ExposureFairness | Unknown
}

export interface SegmentResult {
  readonly shoppers: number
  /** NDCG@10. */
  readonly mean: number | Unknown
  readonly interval: Interval | Unknown
}

/** What a policy knows of the next item of a visit. */
export interface SessionResult {
  readonly policy: string
  readonly kind: string
  readonly visits: number
  /** Next items asked for. */
  readonly questions: number
  readonly metrics: Readonly<Record<SessionMetric, number>>
  readonly interval: Readonly<Record<SessionMetric, Interval | Unknown>>
}

export type SessionMetric = 'mrr@20' | 'hr@20'
