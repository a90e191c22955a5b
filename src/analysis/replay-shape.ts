/**
 * The shape of a replay, as `croupier replay open-bandit --json` prints it. Every number is finite. When the log cannot answer, `refused`
 * is true, `because` and `remedy` say why and what to do, and no estimate is given.
 */
import type { Estimator } from '../bandits/off-policy-estimates.ts'
import type { Reason } from '../stats/estimate.ts'

export interface ReplayAnswer {
  readonly format: 'croupier-replay/1'
  readonly rows: number
  /** (Σw)²/Σw²: so many rows of the new policy itself would say as much. */
  readonly effectiveSampleSize: number
  /** The largest weight as a share of all. */
  readonly maxWeightShare: number
  /** (Σw·r)²/Σw²r²: so many clicks of the new policy carry the values. */
  readonly effectiveEvents: number
  /** Clicks per row, by estimator; null when refused. */
  readonly estimates: Readonly<Record<Estimator, number | null>>
  readonly intervals: Readonly<Record<Estimator, PolicyFigure | null>>
  readonly refused: boolean
  readonly because: string | null
  readonly remedy: string | null
  /** Σw/n, which is 1 but for chance when propensities are right. */
  readonly meanWeight: { readonly value: number; readonly standardError: number }
  /** Clicks per row as they were, and DR minus that; null when refused. */
  readonly logged: PolicyFigure | null
  readonly gain: PolicyFigure | null
  readonly settings: ReplaySettings
  readonly notes: readonly string[]
}

/** A value with its error; where it has none, null with the reason beside it. */
export interface PolicyFigure {
  readonly value: number
  readonly standardError: number | null
  readonly low: number | null
  readonly high: number | null
  readonly because?: Reason
}

export interface ReplaySettings {
  /** "uniform", or the file that the policy is in. */
  readonly policy: string
  readonly items: number
  readonly positions: number
  readonly level: number
  readonly folds: number
  readonly switchAt: number
}
