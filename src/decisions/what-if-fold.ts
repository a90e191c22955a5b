/**
 * What if: the decisions of an epoch, one after the other, seen from another policy.
 *
 *     settings   everybody's arm drawn with other weights, floor, mode or scale, from what was known then; the uniform stratum stays even
 *     arm        this arm, always          shares   the same shares for everybody
 *
 * Under a sticky bandit the unit's first draw is made again, and counts for all its decisions. A decision whose snapshot is no longer kept cannot be made again under other settings: it is left out of both sides and counted. The
 * policies of the last snapshots are kept ready, since decisions come in the order of time.
 */
import { type Ledger, openLedger } from '../bandits/off-policy-ledger.ts'
import { alwaysArm, fixedShares } from '../bandits/off-policy-targets.ts'
import type { TargetPolicy } from '../bandits/off-policy-what-if.ts'
import { slotsOf } from '../experiments/slot.ts'
import type { RunningEpoch } from './running.ts'
import type { StoredBelief } from './snapshot-body.ts'
import { type ChangedPolicy, changedPolicy, probabilitiesOf, type SettingsChange } from './what-if-policy.ts'

export type Alternative =
  | { readonly kind: 'settings'; readonly change: SettingsChange }
  /** Position of the arm. */
  | { readonly kind: 'arm'; readonly arm: number }
  /** One number an arm, not negative, one at least positive. */
  | { readonly kind: 'shares'; readonly shares: readonly number[] }

/** A logged decision with what it brought. */
export interface WhatIfDecision {
  /** A number from 0 that is the unit's own. */
  readonly unit: number
  readonly armId: number
  readonly stratum: string
  /** Whether the arm was drawn here, or kept from the unit's first draw, whose π and m̂ are logged then. */
  readonly kind: string
  readonly snapshotId: string
  /** In units of 1/1024. */
  readonly x: Int16Array
  readonly pi: readonly number[]
  /** m̂, arm by arm and within it by slot; null, or another length, where nothing was expected by slot. */
  readonly mhat: readonly number[] | null
  /** y, in the order of the epoch's slots that look forward, in whole numbers. */
  readonly outcomes: readonly number[]
}

/** What a snapshot kept of an epoch; nulls where it knew nothing of it. */
export interface KeptOfEpoch {
  readonly allocation: RunningEpoch['allocation'] | null
  readonly belief: StoredBelief | null
}

export interface WhatIfFold {
  /** Whether the policy of this snapshot has to be told before its decisions can be added. */
  lacks(snapshotId: string): boolean
  /** Null: the snapshot is not kept. */
  learn(snapshotId: string, kept: KeptOfEpoch | null): void
  /** Told before a row of decisions: what is long past may be forgotten. */
  forget(): void
  add(decision: WhatIfDecision): void
  readonly ledger: Ledger
  readonly leftOut: LeftOut
}

/** Decisions that could not be made again. */
export interface LeftOut {
  /** Their snapshot is not kept: thinned out after thirty days. */
  withoutSnapshot: number
  /** Other weights were asked about, and the snapshot kept no evidence: of an earlier release, or of arms that are compared within days. */
  withoutEvidence: number
  /** The unit's arm was drawn before the decisions that were read. */
  withoutDraw: number
}

type Known = ChangedPolicy | { readonly kind: 'no-snapshot' }

const POLICIES_KEPT = 256

export function openWhatIf(epoch: Pick<RunningEpoch, 'settings' | 'armIds'>, alternative: Alternative): WhatIfFold {
  const { armIds, settings } = epoch
  const slots = slotsOf(settings.metricBodies).filter(({ daysBefore }) => daysBefore === null).length
  const ledger = openLedger({ arms: armIds.length, outcomes: slots })
  const known = new Map<string, Known>()
  const leftOut: LeftOut = { withoutSnapshot: 0, withoutEvidence: 0, withoutDraw: 0 }
  const target = targetOf(alternative)
  const isSticky = settings.allocation.kind === 'thompson' && settings.allocation.sticky === true
  /** Of sticky bandits, by unit: later decisions were not drawn. */
  const drawn = new Map<number, readonly number[]>()

  const probabilitiesAt = (decision: WhatIfDecision): readonly number[] | null => {
    const { pi, x } = decision
    if (target) return target({ features: x, propensities: pi, predictions: [], eligible: pi.map((propensity) => propensity > 0) })
    if (decision.kind === 'assigned') {
      const first = drawn.get(decision.unit)
      if (!first) leftOut.withoutDraw += 1
      return first ?? null
    }
    const policy = known.get(decision.snapshotId)!
    switch (policy.kind) {
      case 'policy': {
        const probabilities = probabilitiesOf(policy.decider, decision)
        if (isSticky) drawn.set(decision.unit, probabilities)
        return probabilities
      }
      case 'no-evidence':
        leftOut.withoutEvidence += 1
        return null
      case 'no-snapshot':
        leftOut.withoutSnapshot += 1
        return null
    }
  }
  return {
    ledger,
    leftOut,
    lacks: (snapshotId) => target === null && !known.has(snapshotId),
    learn(snapshotId, kept) {
      if (alternative.kind !== 'settings') return
      known.set(
        snapshotId,
        kept?.allocation && kept.belief
          ? changedPolicy({ epoch: { settings, allocation: kept.allocation }, belief: kept.belief }, alternative.change)
          : { kind: 'no-snapshot' },
      )
    },
    forget() {
      if (known.size > POLICIES_KEPT) known.clear()
    },
    add(decision) {
      const probabilities = probabilitiesAt(decision)
      if (!probabilities) return
      const { unit, pi, mhat, outcomes } = decision
      const predictions = mhat?.length === armIds.length * slots ? mhat : null
      ledger.add({ unit, arm: armIds.indexOf(decision.armId), propensities: pi, probabilities, outcomes, predictions })
    },
  }
}

function targetOf(alternative: Alternative): TargetPolicy | null {
  switch (alternative.kind) {
    case 'settings':
      return null
    case 'arm':
      return alwaysArm(alternative.arm)
    case 'shares':
      return fixedShares(alternative.shares)
  }
}
