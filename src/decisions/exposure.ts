/** The exposure: the record that a unit was given a slate, by which arm, with which probability. What the log keeps. */
import type { RulesApplied } from '../policies/rule-price.ts'
import type { Choice } from './choose-arm.ts'
import type { Served } from './ladder.ts'
import type { Reason } from './reason.ts'

export interface Exposure {
  /** Milliseconds since 1970, the same as in the decision id. */
  readonly decidedAt: number
  /** UUID version 7, 16 bytes. */
  readonly decisionId: Uint8Array
  /** Pseudonym, 16 bytes. */
  readonly unit: Uint8Array
  readonly surface: string
  readonly epochId: number | null
  readonly armId: number | null
  /** `uniform` and `bandit` are the two strata of a bandit. */
  readonly stratum: 'fixed' | 'none' | 'uniform' | 'bandit'
  /** assigned: the unit stays with the arm of an earlier draw, whose probabilities these are. */
  readonly kind: 'drawn' | 'assigned' | 'default'
  /** Probability of every arm, in the order of the epoch's arms; 0 for a masked one. */
  readonly pi: readonly number[]
  /** What the serving model expected of every arm's outcomes, arm by arm, and the scale of the reward, as 32-bit numbers; null without a model. */
  readonly mhat?: readonly number[] | null
  readonly scale?: readonly number[] | null
  /** Feature vector in units of 1/1024. */
  readonly x: Int16Array
  /** The arm's policy, and the one that really served. */
  readonly policy: string
  readonly servedPolicy: string
  readonly modelVersion: string
  readonly snapshotId: string
  /** Item numbers, best first. */
  readonly items: readonly number[]
  readonly reason: Reason
  /** Pins and boosts that had a part in the slate, with their price. */
  readonly rules: RulesApplied | null
  /** Where chance had a part in the slate: with which probability each item stood at its place. */
  readonly rankPi: readonly number[] | null
}

export interface ExposureSource {
  readonly decidedAt: number
  readonly decisionId: Uint8Array
  readonly unit: Uint8Array
  readonly x: Int16Array
  readonly surface: string
  readonly snapshotId: string
}

/** The record of a decision. */
export function exposureOf(source: ExposureSource, choice: Choice, served: Served): Exposure {
  const { running, arm } = choice
  return {
    ...source,
    epochId: running ? running.epochId : null,
    armId: running ? running.armIds[arm]! : null,
    stratum: choice.drawn?.stratum ?? (running ? 'fixed' : 'none'),
    kind: running ? (choice.stay ? 'assigned' : 'drawn') : 'default',
    pi: choice.propensities,
    mhat: choice.drawn?.means ?? null,
    scale: choice.drawn?.scales ?? null,
    policy: choice.policy,
    servedPolicy: served.policy,
    modelVersion: served.modelVersion,
    items: served.items,
    reason: reasonOf(choice, served),
    rules: served.rules,
    rankPi: served.rankPi,
  }
}

/** The one word for what happened. */
export function reasonOf(choice: Choice, served: Served): Reason {
  if (choice.stay === 'withheld') return 'withheld'
  if (served.policy !== choice.policy) return 'fallback'
  if (choice.stay) return choice.stay === 'kept' ? 'assigned' : 'unassigned'
  if (choice.drawn) return 'thompson'
  return choice.running ? 'fixed' : 'default'
}
