/** The shape of what a bandit believes now, as `GET /v1/experiments/{key}/bandit` and `croupier bandit --json` give it. */
import type { Model, Weighed } from '../experiments/allocation.ts'
import type { Reason } from '../stats/estimate.ts'
import type { Measure } from './report-shape.ts'

export interface BanditState {
  readonly format: 'croupier-bandit/1'
  readonly experiment: string
  readonly epoch: number
  /** What served last; null before the first decision that is kept. */
  readonly snapshot: string | null
  readonly servedAt: string | null
  /** Of what served last. */
  readonly model: Model
  /** Decisions behind it. */
  readonly decisions: number
  /** Days that are remembered; null for all alike. */
  readonly memoryDays: number | null
  /** Of floors. */
  readonly prices: unknown
  /** Why nothing is believed yet; null when something is. */
  readonly because: Reason | null
  readonly level: number
  /** Requests that the average is over. */
  readonly contexts: number
  readonly objectives: readonly Weighed[]
  readonly metrics: readonly { readonly metric: string; readonly measure: Measure; readonly direction: 'increase' | 'decrease' }[]
  readonly arms: readonly BelievedArm[]
  /** Null with fewer than two objectives. */
  readonly slider: Slider | null
}

export interface BelievedArm {
  readonly arm: string
  readonly control: boolean
  /** Whether another arm is at least as good in every objective and better in one. */
  readonly dominated: boolean
  /** Shares of the bandit stratum; null without a decision. */
  readonly traffic: { readonly hour: number | null; readonly day: number | null }
  /** Per decision, at the average request, with the interval that the belief has; null while nothing is known. */
  readonly reward: BelievedValue | null
  readonly values: Readonly<Record<string, BelievedValue | null>>
}

export interface BelievedValue {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Whose turn it is, ascending in what one of `first` is worth in `second`. */
export interface Slider {
  readonly first: string
  readonly second: string
  /** From this worth on; null: never below infinity, only when the first alone counts. */
  readonly steps: readonly { readonly worthFrom: number | null; readonly arm: string }[]
}
