/**
 * A stay: under a sticky bandit a unit keeps the arm that was drawn at its first request, with the vector it was drawn from.
 *
 * Every later exposure carries that first vector, for no other chance was ever taken with the unit. What happens to the arm afterwards came
 * after the draw, so the exposure still counts for it: a retired or a demoted arm goes on serving those who have it, a masked one is
 * withheld, and the surface's own policy serves in its place.
 */
import type { Choice } from './choose-arm.ts'
import type { Drawn } from './serving-bandit.ts'
import type { RunningExperiment } from './snapshot.ts'

/** As it is stored at the first draw. */
export interface Stay {
  readonly armId: number
  readonly stratum: Drawn['stratum']
  readonly pi: readonly number[]
  readonly mhat: readonly number[] | null
  readonly scale: readonly number[] | null
  /** UUID of the decision that drew it, 16 bytes. */
  readonly firstDecision: Uint8Array
}

/** The choice for a unit that has its arm already. */
export function stayingChoice(running: RunningExperiment, { armId, stratum, pi, mhat, scale }: Stay): Choice {
  const arm = running.armIds.indexOf(armId)
  return {
    running,
    arm,
    propensities: pi,
    masked: pi.includes(0),
    policy: running.experiment.arms[arm]!.policy,
    drawn: { arm, stratum, propensities: pi, means: mhat, scales: scale },
    stay: running.bandit?.gates?.masked[arm] ? 'withheld' : 'kept',
  }
}

/** What is stored of a first draw. */
export function stayOf({ running, arm, propensities, drawn }: Choice, firstDecision: Uint8Array): Stay | null {
  if (!running || !drawn) return null
  const { stratum, means, scales } = drawn
  return { armId: running.armIds[arm]!, stratum, pi: propensities, mhat: means, scale: scales, firstDecision }
}
