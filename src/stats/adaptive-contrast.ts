/**
 * Honest uplift from bandit traffic: the augmented inverse-propensity estimate of a difference of two arms.
 *
 *     Δ̂ = Σ hₜ·nₜ·ψ̄ₜ / Σ hₜ·nₜ       hₜ one weight a period for the contrast, fixed before the period; hₜ = 1 is the headline
 *     W = max( Σ hₜ²·Σ(ψ − Δ̂)² , Σ hₜ²·vₜ·Σ(1/πₐ + 1/π₀) )       always valid: the normal mixture of S = Σ hₜ·Σψ with this W
 *
 * A pooled comparison of the arms' means is wrong in up to 16 % of null experiments under Thompson sampling, and in 95 to 99.7 % when the
 * base rate drifts; this one is not, in either. Weights per arm instead of per contrast fall to 50–69 % under drift. Weighted sums
 * other than h = 1 belong inside the mixture only. The empirical variance alone is not safe early (6–13 %), hence the larger of two.
 * @see Hadad et al. (2021), doi:10.1073/pnas.2014602118; Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import { type AdaptivePeriod, type Contrast, contrastScores, type ScorePeriod } from './adaptive-period.ts'
import { type MartingaleTest, testMartingale } from './always-valid-martingale.ts'
import { assert } from './assert.ts'
import { type Effect, effectOf, type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'
import { mergeMoments, NO_MOMENTS } from './moments.ts'

/** Below this propensity one row would weigh a million others. */
export const PROPENSITY_MIN = 1e-6

export interface ContrastSums {
  readonly kind: 'contrast'
  /** Rows used, and rows of periods in which one of the two arms could not be drawn. */
  readonly rows: number
  readonly rowsLeftOut: number
  /** S = Σ hₜ·Σψ and H = Σ hₜ·nₜ. */
  readonly sum: number
  readonly weight: number
  readonly empiricalVariance: number
  readonly pooledVariance: number
}

/** Scores of all periods in which both arms could be drawn; unknown when a propensity is too small to divide by. */
export function scorePeriods(
  periods: readonly AdaptivePeriod[],
  contrast: Contrast,
): { readonly used: readonly ScorePeriod[]; readonly rowsLeftOut: number } | Unknown {
  const used: ScorePeriod[] = []
  let rowsLeftOut = 0
  for (const period of periods) {
    const least = Math.min(period.arms[contrast.treatment]!.leastPropensity, period.arms[contrast.control]!.leastPropensity)
    if (period.rows === 0) continue
    if (least === 0) rowsLeftOut += period.rows
    else if (least < PROPENSITY_MIN) return unknown('propensity-too-small', { have: least, need: PROPENSITY_MIN })
    else used.push(contrastScores(period, contrast))
  }
  return used.length === 0 ? unknown('no-overlap', { have: 0, need: 1 }) : { used, rowsLeftOut }
}

/** Weighted sums of the scores. `weights` has one number a used period, fixed before it; all 1 by default. */
export function contrastSums(
  periods: readonly ScorePeriod[],
  { weights, rowsLeftOut = 0 }: { readonly weights?: readonly number[]; readonly rowsLeftOut?: number } = {},
): ContrastSums {
  assert(weights === undefined || weights.length === periods.length, `${periods.length} periods need as many weights`)
  const weightOf = (t: number): number => weights?.[t] ?? 1
  const total = (value: (period: ScorePeriod, h: number) => number): number =>
    periods.reduce((sum, period, t) => sum + value(period, weightOf(t)), 0)
  const sum = total(({ scores }, h) => h * scores.n * scores.mean)
  const weight = total(({ scores }, h) => h * scores.n)
  assert(weight > 0, 'a contrast needs rows with weight')
  const estimate = sum / weight
  return {
    kind: 'contrast',
    rows: total(({ scores }) => scores.n),
    rowsLeftOut,
    sum,
    weight,
    empiricalVariance: total(({ scores }, h) => h * h * (scores.m2 + scores.n * (scores.mean - estimate) ** 2)),
    pooledVariance: total(({ pooledVariance }, h) => h * h * pooledVariance),
  }
}

/** The headline: all rows count alike. For a look that was planned; while it runs, use the always-valid test. */
export function headlineEffect(periods: readonly ScorePeriod[]): Effect | Unknown {
  const { n, mean, m2 } = periods.map((period) => period.scores).reduce(mergeMoments, NO_MOMENTS)
  if (n < 2) return unknown('too-few-units', { have: n, need: 2 })
  return effectOf(mean, m2 / (n * (n - 1)))
}

export interface AlwaysValidContrast {
  readonly kind: 'always-valid-contrast'
  readonly estimate: number
  readonly interval: Interval
  readonly test: MartingaleTest
}

/** The always-valid test of a contrast; ρ from `rhoFor` with the planned variance of S. Unknown without variance. */
export function alwaysValidContrast(
  { sum, weight, empiricalVariance, pooledVariance }: ContrastSums,
  options: { readonly level: number; readonly rho: number },
): AlwaysValidContrast | Unknown {
  const variance = Math.max(empiricalVariance, pooledVariance)
  if (variance === 0) return unknown('no-variance')
  const test = testMartingale({ sum, variance }, options)
  const { low, high } = test.interval
  return { kind: 'always-valid-contrast', estimate: sum / weight, interval: intervalOf(low / weight, high / weight), test }
}

/** Variance of S to expect from so many rows: for tuning ρ before the start. */
export function plannedVariance({
  rows,
  outcomeVariance,
  propensities,
  weight = 1,
}: {
  readonly rows: number
  readonly outcomeVariance: number
  /** Of the two arms of the contrast. */
  readonly propensities: readonly [number, number]
  readonly weight?: number
}): number {
  return weight * weight * rows * outcomeVariance * (1 / propensities[0] + 1 / propensities[1])
}

/** πₐπ₀, the weight that keeps periods with a starved arm from drowning the others. */
export function overlapWeight([a, b]: readonly [number, number]): number {
  return a * b
}
