/**
 * Batched least squares: the cross-check of the adaptive contrast that needs no propensities, only batches.
 *
 *     z_b = (ȳ_t − ȳ_c)/(σ̂_b·√(1/n_t + 1/n_c))       Z = Σz_b/√B ~ N(0, 1)        Δ̂ = Σ(Δ̂_b/s_b)/Σ(1/s_b),  s = √B/Σ(1/s_b)
 *     for effects that change from batch to batch      Σz_b² ~ χ²_B
 *
 * Within a batch the allocation is fixed, so each z_b is an ordinary one; adding them before squaring keeps what an allocation that
 * follows the data destroys in a pooled test.
 * @see Zhang, Janson & Murphy (2020), Inference for batched bandits, NeurIPS 33, arXiv:2002.03217
 */
import type { ArmPair } from './arm-estimate.ts'
import { chiSquareLogSurvival } from './chi-square.ts'
import { type Effect, pValueOfLog, type Unknown, unknown } from './estimate.ts'
import type { Moments } from './moments.ts'

export interface BatchedOls {
  readonly kind: 'batched-ols'
  readonly batchStatistics: readonly number[]
  /** Batches in which an arm was missing or nothing varied. */
  readonly batchesLeftOut: number
  readonly z: number
  /** The implied constant effect. */
  readonly effect: Effect
  /** Test against effects of any sign in any batch. */
  readonly anyEffect: { readonly statistic: number; readonly pValue: number; readonly log10PValue: number }
}

/** What one batch says of the difference. */
export interface BatchEffect {
  readonly difference: number
  /** Its standard error, above 0. */
  readonly error: number
}

/** Combines batches by their means and variances; unknown when none can be tested. */
export function batchedOls(batches: readonly ArmPair<Moments>[]): BatchedOls | Unknown {
  return combinedBatches(batches.map(batchTest))
}

/** Combines what batches say; null for one that says nothing. Unknown when none does. */
export function combinedBatches(batches: readonly (BatchEffect | null)[]): BatchedOls | Unknown {
  const tested = batches.filter((batch) => batch !== null)
  if (tested.length === 0) return unknown('no-variance')
  const count = tested.length
  const precision = tested.reduce((sum, { error }) => sum + 1 / error, 0)
  const z = tested.reduce((sum, one) => sum + one.difference / one.error, 0) / Math.sqrt(count)
  const squares = tested.reduce((sum, one) => sum + (one.difference / one.error) ** 2, 0)
  return {
    kind: 'batched-ols',
    batchStatistics: tested.map((one) => one.difference / one.error),
    batchesLeftOut: batches.length - count,
    z,
    effect: {
      kind: 'effect',
      estimate: (z * Math.sqrt(count)) / precision,
      variance: count / (precision * precision),
      degreesOfFreedom: Number.POSITIVE_INFINITY,
    },
    anyEffect: { statistic: squares, ...pValueOfLog(chiSquareLogSurvival(squares, count)) },
  }
}

function batchTest({ control, treatment }: ArmPair<Moments>): BatchEffect | null {
  const degreesOfFreedom = control.n + treatment.n - 2
  if (control.n === 0 || treatment.n === 0 || degreesOfFreedom < 1) return null
  const variance = (control.m2 + treatment.m2) / degreesOfFreedom
  if (variance === 0) return null
  return { difference: treatment.mean - control.mean, error: Math.sqrt(variance * (1 / control.n + 1 / treatment.n)) }
}
