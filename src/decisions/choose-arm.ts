/**
 * The first half of a decision: which arm, with which probability. Pure; the shell ranks afterwards.
 */

import { assign, takesPart } from '../experiments/assignment.ts'
import { type ContextField, inAudience } from '../experiments/audience.ts'
import type { Words } from '../experiments/hash.ts'
import { type Drawn, drawArm } from './serving-bandit.ts'
import type { RunningExperiment, Snapshot, SurfaceState } from './snapshot.ts'
import { type Stay, stayingChoice } from './stay.ts'

export interface ArmRequest {
  /** Pseudonym of the shopper or session; a fresh one when the request names none. */
  readonly unit: Words
  /** A fresh pseudonym of this very request, for experiments that randomise requests. */
  readonly requestUnit: Words
  readonly context: Readonly<Partial<Record<ContextField, string>>>
  /** The feature vector in units of 1/1024, for bandits. */
  readonly x: Int16Array
  /** Uniform in [0, 1), 53 bits, keyed: nobody outside can predict it. Only bandits draw. */
  readonly u: number
  /** Without consent to be measured, no experiment touches the request. */
  readonly measurement: boolean
  /** Policies that cannot serve just now, known before the draw: their arms are masked like those that are switched off. */
  readonly unavailable?: ReadonlySet<string>
  /** The arm that the unit has in a sticky epoch, as far as that is known here. */
  readonly stay?: (epochId: number) => Stay | undefined
}

/** What was chosen. Outside experiments `running` is null, the propensity 1 and the policy the surface's own. */
export interface Choice {
  readonly running: RunningExperiment | null
  readonly arm: number
  readonly propensities: readonly number[]
  /** Whether some arm could not have been drawn. */
  readonly masked: boolean
  readonly policy: string
  /** How a bandit drew; null everywhere else. */
  readonly drawn: Drawn | null
  /**
   * Of a sticky bandit's unit. kept: it has its arm from before; withheld: that arm is masked now, and the surface's own policy serves;
   * unknown: nobody could say which arm it has, so no experiment is touched. Null: there was nothing to keep.
   */
  readonly stay: 'kept' | 'withheld' | 'unknown' | null
}

const CERTAIN: readonly number[] = [1]

/** Chooses the arm for a request on a surface. Same request and snapshot, same choice. */
export function chooseArm(request: ArmRequest, state: SurfaceState, snapshot: Snapshot): Choice {
  if (request.measurement) {
    for (const running of state.experiments) {
      const choice = chooseWithin(request, running, snapshot)
      if (choice) return choice
    }
  }
  return outsideExperiments(state.surface.policy)
}

/** The choice where no experiment touches a request. */
export function outsideExperiments(policy: string, stay: Choice['stay'] = null): Choice {
  return { running: null, arm: 0, propensities: CERTAIN, masked: false, policy, drawn: null, stay }
}

/** The policy that is to rank: the arm's, unless that is withheld from the unit. */
export function rankingPolicy({ policy, stay }: Choice, { surface }: SurfaceState): string {
  return stay === 'withheld' ? surface.policy : policy
}

function chooseWithin(request: ArmRequest, running: RunningExperiment, snapshot: Snapshot): Choice | null {
  const { experiment, salts, bandit } = running
  if (!inAudience(experiment.audience, request.context)) return null
  const unit = experiment.unit === 'request' ? request.requestUnit : request.unit
  if (!takesPart(unit, salts, experiment.traffic)) return null
  const stay = bandit?.sticky ? request.stay?.(running.epochId) : undefined
  if (stay) return stayingChoice(running, stay)
  const { killed } = snapshot
  const { unavailable } = request
  const canServe = experiment.arms.map(({ policy }) => !killed.has(policy) && !unavailable?.has(policy))
  return chooseFor({ unit, x: request.x, u: request.u }, running, canServe)
}

/** The choice for a unit that takes part and has no arm yet; null when no arm is left. `eligible`: whose policy can serve. What a replay repeats. */
export function chooseFor(
  { unit, x, u }: { readonly unit: Words; readonly x: Int16Array; readonly u: number },
  running: RunningExperiment,
  eligible: readonly boolean[],
): Choice | null {
  const { experiment, bandit, salts, shares } = running
  if (bandit) {
    const drawn = drawArm(bandit, { unit, x, u, eligible })
    if (!drawn) return null
    const { arm, propensities } = drawn
    return { running, arm, propensities, masked: propensities.includes(0), policy: experiment.arms[arm]!.policy, drawn, stay: null }
  }
  const assignment = assign(unit, salts, { shares, eligible })
  if (!assignment) return null
  return {
    running,
    arm: assignment.arm,
    propensities: assignment.propensities,
    masked: assignment.propensities !== shares,
    policy: experiment.arms[assignment.arm]!.policy,
    drawn: null,
    stay: null,
  }
}
