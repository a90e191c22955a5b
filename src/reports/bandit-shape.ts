/** The part of a report that only a bandit's epoch has. Differences are treatment − control per draw (per unit when sticky), money in major units. */
import type { Unknown } from '../stats/estimate.ts'
import type { Estimate } from './report-shape.ts'

export interface BanditReport {
  /** What a draw is: a decision, or a unit that keeps its arm. */
  readonly per: 'decision' | 'unit'
  readonly draws: number
  /** Independent observations: draws of a unit on one day are one. */
  readonly unitDays: number
  /** Draws with one arm alone to draw: promoted, or the last one left. Choosing is worth nothing there. */
  readonly drawsWithoutChoice: number
  /** Draws against the logged propensities, by stratum. */
  readonly strata: readonly StratumCheck[]
  readonly arms: readonly ArmDraws[]
  readonly metrics: readonly {
    readonly key: string
    /** Share of the draws whose window may still be open. */
    readonly immatureShare: number
    readonly contrasts: readonly BanditContrast[]
  }[]
  /** Of the weighted objectives as they are now; in their unit. */
  readonly reward: { readonly kind: 'reward'; readonly contrasts: readonly BanditContrast[]; readonly choosing: BanditFigures } | Unknown
  /** Of every mean of money among the metrics. */
  readonly money: readonly BanditMoney[]
}

export interface BanditContrast {
  readonly arm: string
  readonly control: string
  /** Draws in which one of the two could not be drawn. */
  readonly drawsLeftOut: number
  /** Augmented scores, all draws: the fixed interval, for the planned look. */
  readonly honest: Estimate | Unknown
  /** The same, holding at every look. */
  readonly anyLook: Estimate | Unknown
  /** Days alone whose windows have closed. */
  readonly mature: Estimate | Unknown
  /** The stratum that is drawn evenly alone. */
  readonly uniform: Estimate | Unknown
  /** Batched least squares, which needs no propensities. Unknown under sticky arms, whose units span batches. */
  readonly batched: BatchedEstimate | Unknown
  /** Plain means of all draws: biased. */
  readonly naive: Estimate | Unknown
}

export interface BatchedEstimate extends Estimate {
  readonly batches: number
  /** In which an arm was hardly drawn, or nothing varied. */
  readonly batchesLeftOut: number
  /** Against effects of any sign in any batch. */
  readonly anyEffect: { readonly pValue: number; readonly log10PValue: number }
}

/** What choosing brought against drawing evenly among the arms that could be drawn. */
export interface BanditFigures {
  readonly perDraw: Estimate | Unknown
  readonly total: Estimate | Unknown
  readonly anyLook: Estimate | Unknown
}

export interface BanditMoney {
  readonly metric: string
  readonly currency: string
  /** What a draw brings by arm, and what all draws in which it could be drawn would have brought, had all been its own. */
  readonly arms: readonly { readonly arm: string; readonly perDraw: Estimate | Unknown; readonly total: Estimate | Unknown }[]
  readonly choosing: BanditFigures
}

export type StratumCheck = {
  readonly stratum: string
  readonly arms: readonly { readonly arm: string; readonly draws: number; readonly expected: number }[]
} & (
  | {
      readonly kind: 'tested'
      readonly chiSquare: number
      readonly degreesOfFreedom: number
      readonly pValue: number
      readonly log10PValue: number
      readonly alarm: boolean
    }
  | Unknown
)

export interface ArmDraws {
  readonly arm: string
  readonly draws: number
  /** As many even draws would say as much. */
  readonly effectiveSampleSize: number
  /** z and p of Σ1/π over the arm's draws against all draws in which it could be drawn. */
  readonly weights: { readonly kind: 'tested'; readonly z: number; readonly pValue: number; readonly alarm: boolean } | Unknown
}
