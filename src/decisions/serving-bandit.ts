/**
 * A bandit as it serves: draws an arm for a request from what was learned so far, and hands out the vector it drew from.
 *
 *     keyed hash of the unit ─▶ stratum      uniform: π = 1/k      bandit: π = ε/k + (1 − ε)·p(x)      over the k eligible arms
 *     u ─▶ the arm, from the very π that is logged                                eligible: can serve, and the gate lets it (gated-arms)
 *
 * While nothing is known yet, π is even in both strata.
 */
import { drawnArm } from '../bandits/choice.ts'
import { type Decider, type DeciderOptions, deciderOf, THOMPSON_SCALE } from '../bandits/decider.ts'
import type { Stratum } from '../bandits/exploration.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { type Expectations, expectationsOf } from '../bandits/outcome-lines.ts'
import { rateDeciderOf } from '../bandits/rate-decider.ts'
import { modelsFrom, type StoredModels } from '../bandits/stored-models.ts'
import { LEADER_SHARE } from '../bandits/top-two.ts'
import type { ThompsonAllocation } from '../experiments/allocation.ts'
import { hashUniform, type Words } from '../experiments/hash.ts'
import { type ArmGates, drawable } from './gated-arms.ts'

export interface ServingBandit {
  /** Salt of the hash that parts the strata. */
  readonly strata: Words
  readonly uniformShare: number
  /** What the gate did; null when it touches nobody. */
  readonly gates: ArmGates | null
  /** Whether a unit keeps the arm of its first request. */
  readonly sticky: boolean
  /** Null while nothing is known. */
  readonly decider: ServingDecider | null
}

export interface ServingDecider extends Decider {
  /** Null for models that were kept before outcomes had lines: then the reward's means are logged. */
  readonly expectations: Expectations | null
}

export interface Drawn {
  readonly arm: number
  readonly propensities: readonly number[]
  readonly stratum: Stratum
  /**
   * What the model expects of every arm's outcomes, masked arms too: arm by arm, one number a slot that looks forward, in stored integers.
   * Rounded to the 32 bits that the log keeps; null without a model.
   */
  readonly means: readonly number[] | null
  /** Of the reward, one number an arm. */
  readonly scales: readonly number[] | null
}

export interface DrawRequest {
  readonly unit: Words
  /** In units of 1/1024. */
  readonly x: Int16Array
  /** Uniform in [0, 1). */
  readonly u: number
  /** One flag an arm: whether its policy can serve. */
  readonly eligible: readonly boolean[]
}

/** How a draw is made of what is believed. */
export type DrawSettings = Pick<ThompsonAllocation, 'scale' | 'floor' | 'mode' | 'context'>

/** What is learned, ready to serve. Costs a millisecond, once a posterior. */
export function servingDecider(models: StoredModels, { scale, floor, mode, context }: DrawSettings): ServingDecider {
  const usual = context ? THOMPSON_SCALE.withContext : THOMPSON_SCALE.withoutContext
  const draw = { thompsonScale: scale === 'auto' ? usual : scale, floor, leaderShare: mode === 'learn' ? LEADER_SHARE : 1 }
  return { ...deciderFor(models, draw), expectations: models.lines ? expectationsOf(models.lines, models.features) : null }
}

function deciderFor(models: StoredModels, draw: Pick<DeciderOptions, 'thompsonScale' | 'floor' | 'leaderShare'>): Decider {
  switch (models.kind) {
    case 'beta':
      return rateDeciderOf({ rates: models.arms, ...draw })
    case 'logistic':
    case undefined:
      return deciderOf({ models: modelsFrom(models), ...draw, precision: 'serving', featureScale: FEATURE_SCALE })
  }
}

/** Null when no arm is eligible. Same request and bandit, same draw. */
export function drawArm({ strata, uniformShare, gates, decider }: ServingBandit, request: DrawRequest): Drawn | null {
  const { unit, x, u } = request
  const stratum: Stratum = hashUniform(unit, strata) < uniformShare ? 'uniform' : 'bandit'
  const eligible = drawable(gates, request.eligible, stratum)
  const alive = eligible.reduce((sum, isEligible) => sum + (isEligible ? 1 : 0), 0)
  if (alive === 0) return null
  if (!decider) {
    const propensities = eligible.map((isEligible) => (isEligible ? 1 / alive : 0))
    return { arm: drawnArm(propensities, u), propensities, stratum, means: null, scales: null }
  }
  const arm = decider.decide(x, Uint8Array.from(eligible, Number), u, stratum)
  return {
    ...{ arm, stratum, propensities: Array.from(decider.probabilities) },
    means: decider.expectations?.(x) ?? Array.from(decider.means, Math.fround),
    scales: Array.from(decider.scales, Math.fround),
  }
}
