/**
 * The shape of a what-if, as `POST /v1/experiments/{key}/what-if` and `croupier replay what-if --json` give it. Every number is finite.
 *
 * All values are per decision and in the metric's own units. Where the log cannot say, `kind` is "refused", and `because` and `remedy` are
 * sentences.
 */
import type { Estimator } from '../bandits/off-policy-estimates.ts'
import type { Reason } from '../stats/estimate.ts'
import type { Measure } from './report-shape.ts'

export interface WhatIf extends Judged {
  readonly format: 'croupier-what-if/1'
  readonly experiment: string
  readonly epoch: number
  readonly asked: AskedPolicy
  readonly log: WhatIfLog
  readonly overlap: OverlapFigures
  /** Mean probability of every arm, as it was drawn with and under the policy that was asked about. */
  readonly traffic: readonly { readonly arm: string; readonly ran: number; readonly would: number }[]
  /** Σ weight · metric, with the weights that were asked about. */
  readonly reward: WhatIfValue
  readonly metrics: readonly WhatIfValue[]
  readonly notes: readonly string[]
}

/** Whether the log can say it, and otherwise why not and what helps. */
export interface Judged {
  readonly kind: 'valued' | 'refused'
  readonly because: string | null
  readonly remedy: string | null
}

export interface AskedPolicy {
  readonly policy: 'settings' | 'arm' | 'shares'
  /** In words: "always personal", "weights conversion 1, clicks 0.2". */
  readonly words: string
  /** What the reward is worth here. */
  readonly weights: readonly { readonly metric: string; readonly weight: number }[]
  readonly level: number
  /** SwitchDR leaves heavier decisions to the model. */
  readonly switchAt: number
}

export interface WhatIfLog {
  /** Decisions in [from, to) were asked about; the newest `rowsMax` of them were read. */
  readonly from: string
  readonly to: string
  readonly maturity: 'so-far' | 'mature'
  readonly decisions: number
  readonly rowsMax: number
  /** When the oldest of those that were read was made; null without any. */
  readonly since: string | null
  /** Decisions that count below, and the shoppers, sessions or requests that they are of. */
  readonly used: number
  readonly units: number
  /** Decisions that could not be made again. */
  readonly withoutSnapshot: number
  readonly withoutEvidence: number
  readonly withoutDraw: number
  /** Of those read, the share whose window has not ended, by metric. */
  readonly immature: readonly { readonly metric: string; readonly share: number }[]
}

export interface OverlapFigures {
  /** (Σw)²/Σw²: so many decisions of the other policy itself would say as much. */
  readonly effectiveSampleSize: number
  /** The largest weight as a share of all. */
  readonly maxWeightShare: number
  /** Σw/n, which is 1 but for chance when propensities are right. */
  readonly meanWeight: { readonly value: number; readonly standardError: number }
  /** Share of the weight that SwitchDR leaves to the model. */
  readonly switchedShare: number
}

/** One quantity under both policies; all figures are null when refused. */
export interface WhatIfValue extends Judged {
  readonly name: string
  readonly measure: Measure
  /** What it was, what it would have been (doubly robust), and the difference. */
  readonly ran: WhatIfFigure | null
  readonly would: WhatIfFigure | null
  readonly difference: WhatIfFigure | null
  /** The second of these by each estimator that was asked for. */
  readonly estimates: Readonly<Partial<Record<Estimator, WhatIfFigure>>> | null
}

/** A value with its error; where it has none, null with the reason beside it. */
export interface WhatIfFigure {
  readonly value: number
  readonly standardError: number | null
  readonly low: number | null
  readonly high: number | null
  readonly because?: Reason
}
