/**
 * One test of the gate: is a contrast of scores shown to be below (or above) 0, at a look that nobody planned?
 *
 *     S = Σψ of a linear combination of arms and slots       W as the report has it        normal mixture in martingale form, two-sided
 *     ρ from the plan: W of the planned decisions, with the losing arm at its floor (tuned to even shares it finds a loss later)
 *
 * The level is Bonferroni's: 1 − α/comparisons. Nothing is claimed before 20 conversions are to be expected in every arm of the contrast, if
 * they were alike: decisions × the conversion rate of them together. Conversions that were seen would be the wrong count. A bandit starves an
 * arm that sells nothing, so it would never come to twenty, and its own failure would protect it.
 * @see Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import { alwaysValidContrast, type ContrastSums } from '../stats/adaptive-contrast.ts'
import { CONVERSIONS_MIN } from '../stats/always-valid-gate.ts'
import { rhoFor } from '../stats/always-valid-martingale.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'

/** A linear combination: Σ arms[a]·Γₐ + realised·y, of Σ slots[k]·(slot k). */
export interface GateQuestion {
  /** One coefficient an arm. */
  readonly arms: readonly number[]
  /** Coefficient of what the bandit really brought. */
  readonly realised: number
  /** Whose decisions count; null: of both strata. */
  readonly stratum: 'bandit' | null
  /** One weight a slot that looks forward. */
  readonly slots: readonly number[]
  /** Decisions of this day (since 1970, UTC) and later only; null: all. */
  readonly fromDay: number | null
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
  /** 1/π of an arm that has lost, on average over the strata. */
  readonly plannedInversePropensity: number
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
  /** Of the interval, after Bonferroni. */
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
  { level, comparisons, plannedDecisions, plannedInversePropensity }: GateTestOptions,
): GateTestResult | Unknown {
  const { arms, slots } = question
  const conversionsExpected = expectedIn(arms.flatMap((coefficient, arm) => (coefficient === 0 ? [] : [scores.events(arm, slots)])))
  if (conversionsExpected < CONVERSIONS_MIN) return unknown('too-few-events', { have: conversionsExpected, need: CONVERSIONS_MIN })
  const sums = scores.contrast(question)
  if (isUnknown(sums)) return sums
  const outcomeVariance = scores.outcomeVariance(slots)
  if (!(outcomeVariance > 0)) return unknown('no-variance')
  const own = 1 - (1 - level) / comparisons
  const rho = rhoFor({ plannedVariance: plannedDecisions * outcomeVariance * plannedInversePropensity, level: own })
  const found = alwaysValidContrast(sums, { level: own, rho })
  if (isUnknown(found)) return found
  const { estimate, interval, test } = found
  return {
    kind: 'gate-test',
    direction: interval.high < 0 ? 'below' : interval.low > 0 ? 'above' : 'neither',
    ...{ estimate, low: interval.low, high: interval.high },
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
