/**
 * The conversions-only test: do arms convert alike, judged by nothing but which arm each conversion came from?
 *
 * When all arms convert alike, each conversion lands in arm a with its allocation share θₐ, whatever the base rate does meanwhile.
 * The shares are averaged over Dirichlet(kθ):
 *
 *     ln E = ln B(kθ + N) − ln B(kθ) − Σ Nₐ·ln θₐ
 *
 * Exact at any count and any time, needs no exposures, and does not mind a drifting base rate. For two arms the same test of every
 * other share gives a confidence sequence for the ratio of the rates: q/(1−q)·θ_c/θ_t.
 * @see Lindon & Malek (2022), Anytime-valid inference for multinomial count data, NeurIPS 35, arXiv:2011.03567
 */
import type { ArmPair } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { assertLevel, type Interval, intervalOf, pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { rootByBracket } from './root.ts'
import { logGamma } from './special.ts'

/** Strength of the mixture: shares within ±√(θ(1−θ)/k) of the allocation count as likely. */
const CONCENTRATION = 100

export interface ConversionsTest {
  readonly kind: 'conversions-test'
  readonly log10EValue: number
  readonly pValue: number
  readonly log10PValue: number
}

export interface ArmConversions {
  readonly conversions: number
  /** Share of the traffic, in (0, 1). */
  readonly share: number
}

/** Tests equal conversion rates of all arms. Unknown without a conversion, or with fewer than two arms in the allocation. */
export function testConversions(arms: readonly ArmConversions[], concentration = CONCENTRATION): ConversionsTest | Unknown {
  assert(
    arms.every((arm) => arm.share > 0 || arm.conversions === 0),
    'an arm without traffic has no conversions',
  )
  const open = arms.filter((arm) => arm.share > 0)
  if (open.length < 2) return unknown('too-few-arms', { have: open.length, need: 2 })
  if (open.every((arm) => arm.conversions === 0)) return unknown('no-events', { have: 0, need: 1 })
  const traffic = open.reduce((sum, arm) => sum + arm.share, 0)
  const logLikelihood = open.reduce((sum, arm) => sum + arm.conversions * Math.log(arm.share / traffic), 0)
  const logE = logMarginal(open, concentration) - logLikelihood
  return { kind: 'conversions-test', log10EValue: logE / Math.LN10, ...pValueOfLog(-logE) }
}

/** Confidence sequence of treatment rate / control rate − 1. It contains 0 exactly while the test of these two arms has E < 1/α. */
export function conversionsLift(
  { control, treatment }: ArmPair<ArmConversions>,
  { level, concentration = CONCENTRATION }: { readonly level: number; readonly concentration?: number },
): Interval | Unknown {
  assertLevel(level)
  assert(control.share > 0 && treatment.share > 0, 'both arms have traffic')
  if (control.conversions + treatment.conversions === 0) return unknown('no-events', { have: 0, need: 1 })
  const marginal = logMarginal([control, treatment], concentration)
  // u is the logit of the share of conversions that land in the treatment
  const evidence = marginal + Math.log(1 - level)
  const excess = (u: number): number => evidence + treatment.conversions * softplus(-u) + control.conversions * softplus(u)
  const peak = Math.log((treatment.conversions + 0.5) / (control.conversions + 0.5))
  const ratioAt = (u: number): number => (Math.exp(u) * control.share) / treatment.share
  return intervalOf(
    treatment.conversions === 0
      ? -1
      : ratioAt(rootByBracket(excess, { low: Math.min(peak, 0) - 1 + evidence / treatment.conversions, high: peak })) - 1,
    control.conversions === 0
      ? Number.POSITIVE_INFINITY
      : ratioAt(rootByBracket(excess, { low: peak, high: Math.max(peak, 0) + 1 - evidence / control.conversions })) - 1,
  )
}

/** ln of the likelihood of which arm each conversion came from, averaged over Dirichlet(kθ). */
function logMarginal(arms: readonly ArmConversions[], concentration: number): number {
  const traffic = arms.reduce((sum, arm) => sum + arm.share, 0)
  const conversions = arms.reduce((sum, arm) => sum + arm.conversions, 0)
  const gains = arms.map((arm) => {
    const strength = (concentration * arm.share) / traffic
    return logGamma(strength + arm.conversions) - logGamma(strength)
  })
  return gains.reduce((sum, gain) => sum + gain, 0) + logGamma(concentration) - logGamma(concentration + conversions)
}

/** ln(1 + eᵘ). */
function softplus(u: number): number {
  return Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)))
}
