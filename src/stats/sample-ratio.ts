/**
 * Sample ratio mismatch for a fixed split: did the arms receive the shares that were planned?
 *
 *     χ² = Σ (N_a − E_a)²/E_a      E_a = N·w_a/Σw      degrees of freedom = arms with w > 0, less one
 *
 * A mismatch says that the assignment or the log is broken, so the report is blocked, not only warned. Arms with weight zero leave both
 * sums (counting them as a degree of freedom has hidden real mismatches); units found in them are reported as strays.
 * @see Fabijan et al. (2019), doi:10.1145/3292500.3330722
 */
import { assert } from './assert.ts'
import { chiSquareLogSurvival } from './chi-square.ts'
import { pValueOfLog, type Unknown, unknown } from './estimate.ts'

/** Below this many expected units in an arm χ² is no approximation. */
const EXPECTED_MIN = 5
/** The alarm: one false alarm in a thousand looks at a healthy experiment. */
export const MISMATCH_BELOW = 0.001

export interface SampleRatio {
  readonly kind: 'sample-ratio'
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  readonly log10PValue: number
  /** In the order of the arms. */
  readonly expected: readonly number[]
  /** Units in arms whose weight is zero. */
  readonly strays: number
  /** p below 0.001, or strays. */
  readonly mismatch: boolean
}

/** χ² test of observed unit counts against planned weights (any positive scale). */
export function sampleRatio({
  counts,
  weights,
}: {
  readonly counts: readonly number[]
  readonly weights: readonly number[]
}): SampleRatio | Unknown {
  assert(counts.length === weights.length, `${counts.length} arms need as many weights, got ${weights.length}`)
  assert(
    weights.every((weight) => weight >= 0 && Number.isFinite(weight)),
    'weights are finite and not negative',
  )
  assert(
    counts.every((count) => count >= 0 && Number.isFinite(count)),
    'counts are finite and not negative',
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const arms = weights.filter((weight) => weight > 0).length
  if (arms === 0) return unknown('zero-weights')
  if (arms === 1) return unknown('too-few-arms', { have: 1, need: 2 })
  const strays = counts.reduce((sum, count, i) => (weights[i] === 0 ? sum + count : sum), 0)
  const units = counts.reduce((sum, count) => sum + count, 0) - strays
  const expected = weights.map((weight) => (units * weight) / total)
  const smallest = Math.min(...weights.filter((weight) => weight > 0)) / total
  if (units * smallest < EXPECTED_MIN) return unknown('too-few-units', { have: units, need: Math.ceil(EXPECTED_MIN / smallest) })
  const statistic = counts.reduce((sum, count, i) => (weights[i] === 0 ? sum : sum + (count - expected[i]!) ** 2 / expected[i]!), 0)
  const p = pValueOfLog(chiSquareLogSurvival(statistic, arms - 1))
  return {
    kind: 'sample-ratio',
    statistic,
    degreesOfFreedom: arms - 1,
    ...p,
    expected,
    strays,
    mismatch: p.pValue < MISMATCH_BELOW || strays > 0,
  }
}
