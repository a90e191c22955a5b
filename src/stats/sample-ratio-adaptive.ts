/**
 * Sample ratio mismatch when the split changes: do the arms drawn agree with the propensities that were logged?
 *
 *     D = N − Σπ      W = Σ(diag π − ππᵀ)      χ² = Dᵀ·W⁻·D ~ χ² with rank(W) degrees of freedom
 *
 * D is a martingale with predictable variance W, so this holds under any adaptive allocation and any ramp; a plain χ² against the
 * configured split fires at 97 % of healthy bandits. The weights are checked as well: Σ 1{arm}/π over all rows must be their number.
 * @see Hall & Heyde (1980), Martingale Limit Theory and Its Application, ch. 3
 */
import { assert } from './assert.ts'
import { chiSquareLogSurvival } from './chi-square.ts'
import { logPValue } from './effect-test.ts'
import { pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { solveSymmetric } from './normal-equations.ts'
import { MISMATCH_BELOW } from './sample-ratio.ts'

/** What a direction without variance may miss by before it is called a mismatch: rounding of sums of propensities. */
const ROUNDING = 1e-6
const EXPECTED_MIN = 5
/** Draws that the weights are worth, T²/Σ(1/π): with fewer, few heavy ones decide. */
const WORTH_MIN = 20

/** Sums over all draws, of any period. */
export interface Allocation {
  /** N: draws per arm. */
  readonly counts: readonly number[]
  /** Σπ_a. */
  readonly expected: readonly number[]
  /** Σ(1{a=b}·π_a − π_a·π_b), row by row. */
  readonly covariance: readonly (readonly number[])[]
}

export interface AdaptiveSampleRatio {
  readonly kind: 'adaptive-sample-ratio'
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  readonly log10PValue: number
  readonly mismatch: boolean
}

/** χ² of draws against logged propensities. Draws that had propensity 0, or that miss a certainty, are a mismatch beyond doubt. */
export function adaptiveSampleRatio({ counts, expected, covariance }: Allocation): AdaptiveSampleRatio | Unknown {
  assert(
    counts.length === expected.length && covariance.length === counts.length,
    'counts, propensities and their covariance have one entry per arm',
  )
  const draws = counts.reduce((sum, count) => sum + count, 0)
  if (draws === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const gaps = counts.map((count, arm) => count - expected[arm]!)
  const { x, used, unmet } = solveSymmetric(covariance, gaps)
  const degreesOfFreedom = used.filter(Boolean).length
  const size = Math.max(...gaps.map(Math.abs))
  if (unmet * size > ROUNDING * draws) return beyondDoubt(degreesOfFreedom)
  if (degreesOfFreedom === 0) return unknown('no-information')
  const leastSpread = Math.min(...covariance.map((row, arm) => row[arm]!).filter((_, arm) => used[arm]))
  if (leastSpread < EXPECTED_MIN) return unknown('too-few-units', { have: leastSpread, need: EXPECTED_MIN })
  const statistic = Math.max(
    0,
    gaps.reduce((sum, gap, arm) => sum + gap * x[arm]!, 0),
  )
  const p = pValueOfLog(chiSquareLogSurvival(statistic, degreesOfFreedom))
  return { kind: 'adaptive-sample-ratio', statistic, degreesOfFreedom, ...p, mismatch: p.pValue < MISMATCH_BELOW }
}

/** The covariance of draws whose propensities did not change within batches. */
export function allocationOfBatches(
  batches: readonly { readonly draws: number; readonly propensities: readonly number[] }[],
  counts: readonly number[],
): Allocation {
  const arms = counts.map((_, arm) => arm)
  const sum = (f: (propensities: readonly number[]) => number) =>
    batches.reduce((total, { draws, propensities }) => total + draws * f(propensities), 0)
  return {
    counts,
    expected: arms.map((a) => sum((e) => e[a]!)),
    covariance: arms.map((a) => arms.map((b) => sum((e) => (a === b ? e[a]! : 0) - e[a]! * e[b]!))),
  }
}

export interface WeightCheck {
  readonly z: number
  readonly pValue: number
  readonly log10PValue: number
  readonly mismatch: boolean
}

/**
 * (Σ 1{arm}/π − T)/√Σ(1/π − 1) of one arm over T draws: far from 0 when logged propensities are not the ones drawn from. The variance is that of all
 * draws, known before them: what the drawn ones show, Σ 1{arm}/π² − T, is small just when few heavy ones came, and at π = 1/60 and twenty such
 * draws to be expected raised 5 to 12 times as many alarms as it should.
 * Unknown when the arm was certain throughout, and where so few draws are to be expected that their number is far from normal.
 */
export function weightCheck(sums: {
  readonly draws: number
  readonly weights: number
  /** Σ 1/π over all draws, whichever arm they drew. */
  readonly inverse: number
}): WeightCheck | Unknown {
  const variance = sums.inverse - sums.draws
  if (variance <= 0) return unknown('no-variance')
  const worth = sums.draws ** 2 / sums.inverse
  if (worth < WORTH_MIN) return unknown('too-few-units', { have: worth, need: WORTH_MIN })
  const z = (sums.weights - sums.draws) / Math.sqrt(variance)
  const p = pValueOfLog(logPValue(z, Number.POSITIVE_INFINITY, 'two-sided'))
  return { z, ...p, mismatch: p.pValue < MISMATCH_BELOW }
}

function beyondDoubt(degreesOfFreedom: number): AdaptiveSampleRatio {
  const statistic = Number.MAX_VALUE
  return {
    kind: 'adaptive-sample-ratio',
    statistic,
    degreesOfFreedom,
    pValue: Number.MIN_VALUE,
    log10PValue: Math.log10(Number.MIN_VALUE),
    mismatch: true,
  }
}
