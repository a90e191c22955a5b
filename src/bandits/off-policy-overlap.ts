/**
 * Whether a log can say anything about another policy, and why not.
 *
 *     effective decisions  (Σw)²/Σw² ≥ max(100, n/100)        the largest w ≤ ½·Σw
 *     mean weight          Σw/n is 1 when propensities are right and all arms could be played: |Σw/n − 1| ≤ 4 of its standard errors
 *     effective events     (Σw·|r|)²/Σw²r² ≥ 10: where rewards are rare, so many of them carry the value
 *     support              of what the new policy plays, at most 1 % goes to arms that the log could not play
 *
 * With fewer events no interval holds what it says: 95 % ones of IPS were measured to cover .64 at one event, .80 at three, .88 at five,
 * and .92 to .95 from ten on. A refusal carries what it takes: ESS grows with n, so 100·n/ESS decisions do unless ESS is below n/100; and
 * a floor ε of K arms keeps every weight below K/ε, hence E(w²) ≤ K/ε and ESS ≥ n·ε/K.
 * @see Kish (1965), Survey Sampling; Owen (2013), Monte Carlo theory, methods and examples, chapter 9
 */
import { sampleVariance } from '../stats/moments.ts'
import { combinationOf } from '../stats/pair-moments.ts'
import { decisionsOf, type OffPolicyMoments, PLACE } from './off-policy-moments.ts'

const EFFECTIVE_LEAST = 100
const EFFECTIVE_SHARE_LEAST = 0.01
const EVENTS_LEAST = 10
const WEIGHT_SHARE_MOST = 0.5
const STANDARD_ERRORS_MOST = 4
const UNSUPPORTED_MOST = 0.01
/** Weights that are all the same have no standard error; their mean is 1 up to the decimals of logged propensities. */
const MEAN_WEIGHT_ROUNDING = 1e-6

export interface Overlap {
  readonly decisions: number
  readonly effectiveSampleSize: number
  /** The largest weight as a share of all. */
  readonly maxWeightShare: number
  /** So many equally weighted rewards other than 0 would say as much. */
  readonly effectiveEvents: number
  /** Share of the weight that SwitchDR leaves to the model. */
  readonly switchedShare: number
  readonly meanWeight: number
  /** Standard error of the mean weight, over units. */
  readonly meanWeightError: number
  /** Of what the new policy plays, the share that the log could not have played, arm by arm. */
  readonly unsupported: readonly ArmShare[]
}

export interface ArmShare {
  readonly arm: number
  readonly share: number
}

export type Refusal =
  | {
      readonly kind: 'few-effective-decisions'
      readonly have: number
      readonly need: number
      /** About so many decisions more of the same log would do; null when no number would. */
      readonly more: number | null
      /** A floor on every arm's share, all arms together, that would do for this many decisions; null when none would. */
      readonly floor: number | null
    }
  /** `more` decisions: about so many would do; null when nothing has happened yet. */
  | { readonly kind: 'few-effective-events'; readonly have: number; readonly need: number; readonly more: number | null }
  | { readonly kind: 'one-decision-dominates'; readonly share: number }
  | { readonly kind: 'mean-weight-off'; readonly mean: number; readonly standardError: number }
  | { readonly kind: 'arms-without-support'; readonly arms: readonly ArmShare[]; readonly share: number }

/** The figures. Without decisions all are 0. */
export function overlapOf(moments: OffPolicyMoments): Overlap {
  const { units, weight, squaredWeight, largestWeight, keptWeight, weightedSize, squaredSize, unsupported } = moments
  const decisions = decisionsOf(moments)
  return {
    decisions,
    effectiveSampleSize: squaredWeight === 0 ? 0 : (weight * weight) / squaredWeight,
    maxWeightShare: weight === 0 ? 0 : largestWeight / weight,
    effectiveEvents: squaredSize === 0 ? 0 : (weightedSize * weightedSize) / squaredSize,
    switchedShare: weight === 0 ? 0 : 1 - keptWeight / weight,
    meanWeight: decisions === 0 ? 0 : weight / decisions,
    meanWeightError: meanWeightErrorOf(moments),
    unsupported: unsupported
      .map((share, arm) => ({ arm, share: share / Math.max(decisions, 1) }))
      .filter(({ share }) => share > 0 && units.n > 0)
      .sort((a, b) => b.share - a.share),
  }
}

/** Every reason to give no value, the one to mend first at the beginning; empty when the log will do. */
export function refusalsOf(overlap: Overlap, arms: number): readonly Refusal[] {
  const { decisions, effectiveSampleSize, effectiveEvents, maxWeightShare, meanWeight, meanWeightError, unsupported } = overlap
  const refusals: Refusal[] = []
  const share = unsupported.reduce((sum, arm) => sum + arm.share, 0)
  if (share > UNSUPPORTED_MOST) refusals.push({ kind: 'arms-without-support', arms: unsupported, share })
  if (decisions > 0 && Math.abs(meanWeight - 1) > Math.max(STANDARD_ERRORS_MOST * meanWeightError, MEAN_WEIGHT_ROUNDING))
    refusals.push({ kind: 'mean-weight-off', mean: meanWeight, standardError: meanWeightError })
  if (maxWeightShare > WEIGHT_SHARE_MOST) refusals.push({ kind: 'one-decision-dominates', share: maxWeightShare })
  const need = Math.max(EFFECTIVE_LEAST, EFFECTIVE_SHARE_LEAST * decisions)
  if (effectiveSampleSize < need)
    refusals.push({ kind: 'few-effective-decisions', have: effectiveSampleSize, need, ...remedies(overlap, { need, arms }) })
  else if (effectiveEvents < EVENTS_LEAST)
    refusals.push({
      kind: 'few-effective-events',
      have: effectiveEvents,
      need: EVENTS_LEAST,
      more: effectiveEvents === 0 ? null : Math.ceil((EVENTS_LEAST / effectiveEvents - 1) * decisions),
    })
  return refusals
}

function remedies(
  { decisions, effectiveSampleSize }: Overlap,
  { need, arms }: { readonly need: number; readonly arms: number },
): { readonly more: number | null; readonly floor: number | null } {
  const rate = decisions === 0 ? 0 : effectiveSampleSize / decisions
  const floor = decisions === 0 ? Number.POSITIVE_INFINITY : (arms * need) / decisions
  return {
    more: rate < EFFECTIVE_SHARE_LEAST ? null : Math.ceil(EFFECTIVE_LEAST / rate - decisions),
    floor: floor <= 1 ? floor : null,
  }
}

/**
 * Of Σw/n by the delta method: decisions of a unit go together. Where the draws are known it is no less than what they make of it: a log whose
 * heavy decisions have not come yet would think itself sure of a mean that is far too small.
 */
function meanWeightErrorOf(moments: OffPolicyMoments): number {
  return Math.max(observedErrorOf(moments), Math.sqrt(moments.weightVariance) / Math.max(decisionsOf(moments), 1))
}

function observedErrorOf({ units }: OffPolicyMoments): number {
  if (units.n < 2) return 0
  const decisions = units.mean[PLACE.decisions]!
  const mean = units.mean[PLACE.weight]! / decisions
  const deviations = Object.keys(PLACE).map((name) => (name === 'weight' ? 1 : name === 'decisions' ? -mean : 0))
  return Math.sqrt(sampleVariance(combinationOf(units, deviations)) / units.n) / decisions
}
