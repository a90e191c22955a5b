/**
 * The value of a policy that did not run, six ways, each with its error.
 *
 *     IPS       Σw·r/n                                 unbiased, noisy
 *     SNIPS     Σw·r/Σw                                little bias, less noise; does not mind a constant added to all rewards
 *     DM        Σĝ/n                                   believes the model
 *     DR        Σ(ĝ + w·(r − m̂))/n                     unbiased when propensities are right, whatever the model: the headline
 *     SNDR      Σĝ/n + Σw·(r − m̂)/Σw
 *     SwitchDR  Σ(ĝ + [w ≤ λ]·w·(r − m̂))/n             λ = 0 is DM, λ = ∞ is DR
 *
 * Errors by the delta method over units: the variance of the linearised value, a combination of the nine numbers, over the units.
 * For DM that is the error of a fitted mean by chance; how far the model is from the truth no interval can show.
 * @see Horvitz & Thompson (1952), doi:10.1080/01621459.1952.10483446; Swaminathan & Joachims (2015), NeurIPS 28; Dudík, Erhan, Langford
 * & Li (2014), doi:10.1214/14-STS500; Wang, Agarwal & Dudík (2017), arXiv:1612.01205
 */
import { assert } from '../stats/assert.ts'
import { testEffect } from '../stats/effect-test.ts'
import { effectOf, type Interval, isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { sampleVariance } from '../stats/moments.ts'
import { combinationOf, type JointMoments, packedIndex } from '../stats/pair-moments.ts'
import { type OffPolicyMoments, PLACE } from './off-policy-moments.ts'

export const ESTIMATORS = ['IPS', 'SNIPS', 'DM', 'DR', 'SNDR', 'SwitchDR'] as const
export type Estimator = (typeof ESTIMATORS)[number]

export interface PolicyValue {
  readonly value: number
  readonly error: ErrorBar | Unknown
}

export interface ErrorBar {
  readonly kind: 'error-bar'
  readonly standardError: number
  readonly interval: Interval
}

export type PolicyValues = Readonly<Record<Estimator, PolicyValue>>

/** A variance below this share of what it was added up from is rounding. */
const ROUNDING = 1e-14

/** A value with its slopes: by how much it moves with the mean of each of the nine numbers. */
interface Linearised {
  readonly value: number
  readonly slopes: Partial<Record<keyof typeof PLACE, number>>
}

/** All six. The moments hold at least one decision of positive weight. */
export function policyValues(moments: OffPolicyMoments, { level }: { readonly level: number }): PolicyValues {
  const withError = (linearised: Linearised): PolicyValue => policyValue(moments.units, linearised, level)
  const at = meansOf(moments)
  return {
    IPS: withError(perDecision(at, { weightedReward: 1 })),
    SNIPS: withError(perWeight(at, { weightedReward: 1 })),
    DM: withError(direct(at)),
    DR: withError(doublyRobust(at)),
    SNDR: withError(sum(perDecision(at, { modelValue: 1 }), perWeight(at, { weightedReward: 1, weightedPrediction: -1 }))),
    SwitchDR: withError(perDecision(at, { modelValue: 1, keptReward: 1, keptPrediction: -1 })),
  }
}

/** What the log itself earned per decision. */
export function loggedValue(moments: OffPolicyMoments, { level }: { readonly level: number }): PolicyValue {
  return policyValue(moments.units, perDecision(meansOf(moments), { reward: 1 }), level)
}

/** How much more than the log the new policy would have earned per decision, doubly robust. */
export function gainOverLog(moments: OffPolicyMoments, { level }: { readonly level: number }): PolicyValue {
  const at = meansOf(moments)
  return policyValue(moments.units, sum(doublyRobust(at), perDecision(at, { reward: -1 })), level)
}

type Means = Readonly<Record<keyof typeof PLACE, number>>
type Terms = Partial<Record<keyof typeof PLACE, number>>

function meansOf({ units }: OffPolicyMoments): Means {
  const entries = Object.entries(PLACE).map(([name, place]) => [name, units.mean[place]!])
  return Object.fromEntries(entries) as Means
}

/** Σ terms / Σ1 */
function perDecision(at: Means, terms: Terms): Linearised {
  return ratio(at, terms, 'decisions')
}

/** Σ terms / Σw */
function perWeight(at: Means, terms: Terms): Linearised {
  assert(at.weight > 0, 'a self-normalised value needs weight')
  return ratio(at, terms, 'weight')
}

function direct(at: Means): Linearised {
  const model = perDecision(at, { modelValue: 1 })
  return { ...model, slopes: { ...model.slopes, modelError: 1 / at.decisions } }
}

function doublyRobust(at: Means): Linearised {
  return perDecision(at, { modelValue: 1, weightedReward: 1, weightedPrediction: -1 })
}

/** v = Σ terms / Σ below, and ∂v: terms/below̄ with −v/below̄ for what is below. */
function ratio(at: Means, terms: Terms, below: 'decisions' | 'weight'): Linearised {
  const entries = Object.entries(terms) as [keyof typeof PLACE, number][]
  const value = entries.reduce((total, [name, factor]) => total + factor * at[name], 0) / at[below]
  const slopes = Object.fromEntries(entries.map(([name, factor]) => [name, factor / at[below]]))
  return { value, slopes: { ...slopes, [below]: -value / at[below] } }
}

function sum(a: Linearised, b: Linearised): Linearised {
  const slopes: Terms = { ...a.slopes }
  for (const [name, slope] of Object.entries(b.slopes) as [keyof typeof PLACE, number][]) slopes[name] = (slopes[name] ?? 0) + slope
  return { value: a.value + b.value, slopes }
}

function policyValue(units: JointMoments, { value, slopes }: Linearised, level: number): PolicyValue {
  if (units.n < 2) return { value, error: unknown('too-few-units', { have: units.n, need: 2 }) }
  const weights = Object.keys(PLACE).map((name) => slopes[name as keyof typeof PLACE] ?? 0)
  const effect = effectOf(value, varianceOf(units, weights), units.n - 1)
  if (isUnknown(effect)) return { value, error: effect }
  const { standardError, interval } = testEffect(effect, { level })
  return { value, error: { kind: 'error-bar', standardError, interval } }
}

/** Of the mean of a combination; 0 where only rounding is left. */
function varianceOf(units: JointMoments, weights: readonly number[]): number {
  const size = weights.length
  const most = weights.reduce((total, weight, i) => total + Math.abs(weight) * Math.sqrt(units.comoments[packedIndex(i, i, size)]!), 0)
  const combination = combinationOf(units, weights)
  return combination.m2 <= ROUNDING * most * most ? 0 : sampleVariance(combination) / units.n
}
