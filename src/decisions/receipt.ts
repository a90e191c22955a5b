/**
 * The receipt of a decision: what was seen of the request, what every arm was expected to bring and why, and how the arm was drawn.
 *
 *     contribution of a feature = xⱼ·θₐⱼ      their sum is the mean      p: chance to be best      π: p with the floor, or even
 *     means and scales are rewards; of the model `beta`, which knows no features, chances of what is wanted; of `logistic` their log-odds
 *
 * The arm is the one whose stretch of [0, 1) holds u. Made from the log and the snapshot's body alone; numbers are recomputed, not quoted.
 */
import { rateMarginal } from '../bandits/beta-bernoulli.ts'
import { FEATURE_NAMES, FEATURE_SCALE } from '../bandits/features.ts'
import type { StoredModels } from '../bandits/stored-models.ts'
import type { Model } from '../experiments/allocation.ts'
import { type LoggedDecision, type Restored, restored } from './replay.ts'
import { type Seed, servingAllocationOf } from './running.ts'
import type { SnapshotBody, StoredBelief } from './snapshot-body.ts'

export interface Receipt {
  readonly experiment: { readonly key: string; readonly epochId: number; readonly arm: string | null } | null
  readonly features: readonly { readonly name: string; readonly value: number }[]
  /** In the order of the epoch's arms; empty when the snapshot is not kept. */
  readonly arms: readonly ArmReceipt[]
  /** What the bandit knew; null for fixed allocation, and when the snapshot is not kept. */
  readonly belief: BeliefReceipt | null
}

export type BeliefReceipt =
  | (Omit<Extract<StoredBelief, { kind: 'models' }>, 'models' | 'evidence'> & {
      readonly model: Model
      /** What means and scales are in. */
      readonly meansAre: 'rewards' | 'chances' | 'log-odds'
      readonly learnedTo: string | null
    })
  | Omit<Extract<StoredBelief, { kind: 'unknown' }>, 'evidence'>

export interface ArmReceipt {
  readonly arm: string
  readonly policy: string
  /** Whether it could be drawn at all. */
  readonly eligible: boolean
  /** π, as logged. */
  readonly propensity: number
  /** The arm is drawn when low ≤ u < high. */
  readonly stretch: { readonly low: number; readonly high: number }
  readonly drawn: boolean
  /** Null when no model served. */
  readonly expected: {
    readonly mean: number
    readonly scale: number
    /** p, among the eligible arms and before the floor; null when the floor leaves no trace of it. */
    readonly chanceBest: number | null
    /** Features that are not 0; they add up to the mean. */
    readonly contributions: readonly {
      readonly name: string
      readonly value: number
      readonly weight: number
      readonly contribution: number
    }[]
  } | null
}

/** The receipt of a logged decision; without the snapshot's body, what the log alone has. */
export function receiptOf(logged: LoggedDecision, body: SnapshotBody | null, seed: Seed): Receipt {
  const features = Array.from(logged.x, (value, i) => ({ name: FEATURE_NAMES[i] ?? `#${i}`, value: value / FEATURE_SCALE }))
  const found = body && logged.epochId !== null ? restored(body, logged.epochId, seed) : null
  if (!body || !found || logged.epochId === null) return { experiment: null, features, arms: [], belief: null }
  const { epoch, belief } = found
  const drawn = epoch.armIds.indexOf(logged.armId!)
  return {
    experiment: { key: epoch.key, epochId: epoch.epochId, arm: epoch.settings.arms[drawn]?.key ?? null },
    features,
    arms: armsOf(logged, found, drawn),
    belief: belief && beliefReceipt(belief, body.learnedTo[epoch.epochId] ?? null),
  }
}

const MEANS_ARE = { linear: 'rewards', beta: 'chances', logistic: 'log-odds' } as const

function beliefReceipt(belief: StoredBelief, learnedTo: string | null): BeliefReceipt {
  if (belief.kind === 'unknown') return { kind: 'unknown', because: belief.because }
  const { kind, models, decisions, memoryDays, prices } = belief
  const model = models.kind ?? 'linear'
  return { kind, model, meansAre: MEANS_ARE[model], decisions, memoryDays, ...(prices ? { prices } : {}), learnedTo }
}

function armsOf(logged: LoggedDecision, { epoch, running, belief }: Restored, drawn: number): readonly ArmReceipt[] {
  // Whoever could be drawn had its floor or weight.
  const eligible = logged.pi.map((propensity) => propensity > 0)
  const decider = running.bandit?.decider ?? null
  decider?.decide(logged.x, Uint8Array.from(eligible, Number), 0)
  const floor = servingAllocationOf(epoch)?.floor ?? 0
  const alive = eligible.filter(Boolean).length
  let low = 0
  return epoch.settings.arms.map(({ key, policy }, arm) => {
    const propensity = logged.pi[arm]!
    const stretch = { low, high: low + propensity }
    low += propensity
    return {
      ...{ arm: key, policy, eligible: eligible[arm]!, propensity, stretch, drawn: arm === drawn },
      expected:
        decider && belief?.kind === 'models'
          ? {
              mean: decider.means[arm]!,
              scale: decider.scales[arm]!,
              chanceBest: floor < 1 && eligible[arm] ? Math.max(0, (decider.probabilities[arm]! - floor / alive) / (1 - floor)) : null,
              contributions: contributionsOf(logged.x, coefficientsOf(belief.models, arm)),
            }
          : null,
    }
  })
}

/** A rate is all intercept. */
function coefficientsOf(models: StoredModels, arm: number): readonly number[] {
  return models.kind === 'beta' ? [rateMarginal(models.arms[arm]!).mean] : models.arms[arm]!.coefficients
}

function contributionsOf(x: Int16Array, coefficients: readonly number[]) {
  return coefficients.flatMap((weight, i) => {
    const value = x[i]! / FEATURE_SCALE
    return value === 0 ? [] : [{ name: FEATURE_NAMES[i] ?? `#${i}`, value, weight, contribution: value * weight }]
  })
}
