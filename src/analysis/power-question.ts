/** What is asked of a plan: which metric, which effect, which test, and how quickly units come. */
import type { Sides } from '../stats/group-sequential-bounds.ts'
import type { Spending } from '../stats/group-sequential-spending.ts'
import type { Margin } from '../stats/non-inferiority.ts'
import type { Arrivals } from '../stats/power-duration.ts'

/** Mean of the control and variance of a unit, by kind of metric. */
export type MetricPlan =
  | { readonly kind: 'proportion'; readonly baseline: number }
  /** A ratio's deviation is that of a unit's linearised value, (m − r·d)/d̄. */
  | { readonly kind: 'mean' | 'ratio'; readonly baseline: number; readonly deviation: number }
  | { readonly kind: 'quantile'; readonly baseline: number; readonly share: number; readonly density: number }

export type TestPlan =
  | { readonly kind: 'fixed' }
  | { readonly kind: 'group-sequential'; readonly looks: number; readonly spending: Spending }
  | { readonly kind: 'always-valid'; readonly looks: number }

export interface PowerQuestion {
  readonly metric: MetricPlan
  /** Effect to be shown, in units of the metric; with a margin, what the treatment is supposed to do (usually 0). */
  readonly effect?: number
  /** Units of the control. */
  readonly controlUnits?: number
  readonly power: number
  readonly level: number
  readonly sides: Sides
  /** Treatments beside the control, and units of each per unit of the control. */
  readonly treatments: number
  readonly ratio: number
  readonly correction: 'bonferroni' | 'dunnett'
  /** What covariates and clusters make of the variance: a factor. */
  readonly varianceFactor: number
  readonly test: TestPlan
  /** Makes it a test of non-inferiority. */
  readonly margin?: Margin
  /** Guardrails that all have to pass; each then needs more power. */
  readonly guardrails: number
  readonly arrivals?: Arrivals
}
