/**
 * One test of the gate: is a contrast of scores shown to be below (or above) 0, at a look that nobody planned?
 *
 *     S = Σ hₛ·Σψ of a linear combination of arms and slots      W = Σ hₛ²·(as the report has it)      normal mixture in martingale form, one-sided
 *     hₛ  of a stratum, fixed with the epoch: 1 evenly, (2k)/(k/ε + 1/(1−ε+ε/k)) in the bandit's where the one that loses is starved of draws
 *     ρ   from the plan: W of the planned decisions, with the losing arm at its floor (tuned to even shares it finds a loss later)
 *
 * A starved arm's draws in the bandit stratum weigh 1/π each: alone, the even stratum knows as much from a twentieth of the traffic. Both strata are
 * the same units by a hash, so weighing them changes how much is known and not what is asked. An action has one side, and so has its test.
 * The level is Bonferroni's: 1 − α/comparisons. Nothing is claimed before 20 conversions are to be expected in every arm of the contrast, if
 * they were alike: decisions × the conversion rate of them together. Conversions that were seen would be the wrong count. A bandit starves an
 * arm that sells nothing, so it would never come to twenty, and its own failure would protect it.
 * @see Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import type { ContrastSums } from '../stats/adaptive-contrast.ts'
import { CONVERSIONS_MIN } from '../stats/always-valid-gate.ts'
import { mixtureBound, rhoFor, testMartingale } from '../stats/always-valid-martingale.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'

/** A linear combination: Σ arms[a]·Γₐ + realised·y, of Σ slots[k]·(slot k). */
export interface GateQuestion {
  /** One coefficient an arm. */
  readonly arms: readonly number[]
  /** Coefficient of what the bandit really brought. */
  readonly realised: number
  /** Whose decisions count, and how much: h by stratum; 0: not at all. */
  readonly strata: StratumWeights
  /** One weight a slot that looks forward. */
  readonly slots: readonly number[]
  /** Decisions of this day (since 1970, UTC) and later only; null: all. */
  readonly fromDay: number | null
}

export interface StratumWeights {
  readonly uniform: number
  readonly bandit: number
}

/** What the gate asks of the moments of an epoch; whoever has the cells answers. */
export interface GateScores {
  /** Only rows count in which all arms of the contrast could be drawn. */
  contrast(question: GateQuestion): ContrastSums | Unknown
  /** Decisions of an arm, and in how many of them Σ slots·y was not 0, at least. */
  events(arm: number, slots: readonly number[]): { readonly n: number; readonly conversions: number }
  /** Variance of Σ slots·y of one decision, arms pooled: only to tune the test. */
  outcomeVariance(slots: readonly number[]): number
}

export interface GateTestOptions {
  /** α is shared by as many comparisons. */
  readonly level: number
  readonly comparisons: number
  /** Of the whole experiment. */
  readonly plannedDecisions: number
  /** h²/π of an arm that has lost, on average over the strata. */
  readonly plannedInversePropensity: number
  /** What is to be shown. */
  readonly side: 'below' | 'above'
}

/** What a test said, as the evidence of an action keeps it. Per decision. */
export interface GateTestResult {
  readonly kind: 'gate-test'
  readonly direction: 'below' | 'above' | 'neither'
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly log10EValue: number
  readonly pValue: number
  readonly log10PValue: number
  /** Of each of the two bounds, after Bonferroni; `low` and `high` hold at every look, each by itself. */
  readonly level: number
  readonly comparisons: number
  readonly decisions: number
  /** Decisions in which an arm of the contrast could not be drawn. */
  readonly decisionsLeftOut: number
  /** To be expected in the arm with the fewest, were all alike. */
  readonly conversionsExpected: number
}

/** Unknown until there are conversions, rows and variance enough. */
export function gateTest(
  scores: GateScores,
  question: GateQuestion,
  { level, comparisons, plannedDecisions, plannedInversePropensity, side }: GateTestOptions,
): GateTestResult | Unknown {
  const { arms, slots } = question
  const conversionsExpected = expectedIn(arms.flatMap((coefficient, arm) => (coefficient === 0 ? [] : [scores.events(arm, slots)])))
  if (conversionsExpected < CONVERSIONS_MIN) return unknown('too-few-events', { have: conversionsExpected, need: CONVERSIONS_MIN })
  const sums = scores.contrast(question)
  if (isUnknown(sums)) return sums
  const outcomeVariance = scores.outcomeVariance(slots)
  if (!(outcomeVariance > 0)) return unknown('no-variance')
  const own = 1 - (1 - level) / comparisons
  const alternative = 'greater'
  const rho = rhoFor({ plannedVariance: plannedDecisions * outcomeVariance * plannedInversePropensity, level: own, alternative })
  const variance = Math.max(sums.empiricalVariance, sums.pooledVariance)
  if (!(variance > 0)) return unknown('no-variance')
  const options = { level: own, rho, alternative } as const
  const test = testMartingale({ sum: side === 'above' ? sums.sum : -sums.sum, variance }, options)
  const bound = mixtureBound(variance, options)
  return {
    kind: 'gate-test',
    direction: test.significant ? side : 'neither',
    ...{ estimate: sums.sum / sums.weight, low: (sums.sum - bound) / sums.weight, high: (sums.sum + bound) / sums.weight },
    ...{ log10EValue: test.log10EValue, pValue: test.pValue, log10PValue: test.log10PValue, level: own, comparisons },
    ...{ decisions: sums.rows, decisionsLeftOut: sums.rowsLeftOut, conversionsExpected },
  }
}

/** Conversions of the smallest arm at the rate of all together, rounded down. */
function expectedIn(arms: readonly { readonly n: number; readonly conversions: number }[]): number {
  const n = arms.reduce((sum, arm) => sum + arm.n, 0)
  const conversions = arms.reduce((sum, arm) => sum + arm.conversions, 0)
  return n === 0 ? 0 : Math.floor((Math.min(...arms.map((arm) => arm.n)) * conversions) / n)
}
