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
  readonly stratum: 'fixed' | 'none'
  readonly kind: 'drawn' | 'default'
  /** Probability of every arm, in the order of the epoch's arms; 0 for a masked one. */
  readonly pi: readonly number[]
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
  /** What the serving model expected of every arm, arm by arm, objective by objective, and how far off; missing when no model served. */
  readonly mhat?: readonly number[] | null
  readonly scale?: readonly number[] | null
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
    stratum: running ? 'fixed' : 'none',
    kind: running ? 'drawn' : 'default',
    pi: choice.propensities,
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
  if (served.policy !== choice.policy) return 'fallback'
  return choice.running ? 'fixed' : 'default'
}
