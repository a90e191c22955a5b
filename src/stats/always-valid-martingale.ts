/**
 * The always-valid test in martingale form, for scores whose variance changes on the way, as under a bandit.
 *
 *     S = Σψ    W = Σσ²    ln E = ½·ln(ρ/(ρ+W)) + S²/(2(ρ+W))
 *     Σ of means ∈ S ± √( (W+ρ)·(ln((W+ρ)/ρ) + 2·ln(1/α)) )
 *
 * ρ is fixed beforehand from the planned W. It is the same mixture as everywhere, with ratio W/ρ; but τ² per estimate would change with
 * each new variance, and then E would be no fair game any more.
 * @see Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import { logMixture, logMixtureOneSided, mixtureCritical, mixtureCriticalOneSided, tunedRatioInClosedForm } from './always-valid-mixture.ts'
import { assert } from './assert.ts'
import { assertLevel, type Interval, intervalOf, pValueOfLog } from './estimate.ts'

/** Scores so far: their sum, and the sum of their variances. */
export interface ScoreSums {
  readonly sum: number
  readonly variance: number
}

export interface MartingaleTest {
  readonly kind: 'martingale-test'
  readonly log10EValue: number
  readonly pValue: number
  readonly log10PValue: number
  /** Of the sum of the scores' means; divide by their number for the mean. */
  readonly interval: Interval
  readonly level: number
  readonly significant: boolean
}

export interface MartingaleOptions {
  readonly level: number
  /** ρ, fixed before the first score. */
  readonly rho: number
  readonly alternative?: 'two-sided' | 'greater'
}

/** ρ that makes intervals tightest around the planned sum of variances. */
export function rhoFor({
  plannedVariance,
  level,
  alternative = 'two-sided',
}: {
  readonly plannedVariance: number
  readonly level: number
  readonly alternative?: 'two-sided' | 'greater'
}): number {
  assert(plannedVariance > 0, `a planned variance is positive, got ${plannedVariance}`)
  return plannedVariance / tunedRatioInClosedForm(level, alternative)
}

/** How far |S| may stray from its mean before the test rejects. */
export function mixtureBound(variance: number, { level, rho, alternative = 'two-sided' }: MartingaleOptions): number {
  assert(rho > 0 && variance > 0, `ρ and the sum of variances are positive, got ${rho} and ${variance}`)
  const ratio = variance / rho
  return Math.sqrt(variance) * (alternative === 'two-sided' ? mixtureCritical({ ratio, level }) : mixtureCriticalOneSided({ ratio, level }))
}

/** Tests "the scores have mean 0", at any time. */
export function testMartingale({ sum, variance }: ScoreSums, options: MartingaleOptions): MartingaleTest {
  const { level, rho, alternative = 'two-sided' } = options
  assertLevel(level)
  const bound = mixtureBound(variance, options)
  const z = sum / Math.sqrt(variance)
  const logE = alternative === 'two-sided' ? logMixture(z, variance / rho) : logMixtureOneSided(z, variance / rho)
  return {
    kind: 'martingale-test',
    log10EValue: logE / Math.LN10,
    ...pValueOfLog(-logE),
    interval: intervalOf(sum - bound, alternative === 'two-sided' ? sum + bound : Number.POSITIVE_INFINITY),
    level,
    significant: alternative === 'two-sided' ? Math.abs(sum) >= bound : sum >= bound,
  }
}
