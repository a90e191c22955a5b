/**
 * The first half of a decision: which arm, with which probability. Pure; the shell ranks afterwards.
 */

import { assign, takesPart } from '../experiments/assignment.ts'
import { type ContextField, inAudience } from '../experiments/audience.ts'
import type { Words } from '../experiments/hash.ts'
import { type Drawn, drawArm } from './serving-bandit.ts'
import type { RunningExperiment, Snapshot, SurfaceState } from './snapshot.ts'

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
}

/** What was chosen. Outside experiments `running` is null, the propensity 1 and the policy the surface's own. */
export interface Choice {
  readonly running: RunningExperiment | null
  readonly arm: number
  readonly propensities: readonly number[]
  /** Whether every arm could have been drawn. */
  readonly masked: boolean
  readonly policy: string
  /** How a bandit drew; null everywhere else. */
  readonly drawn: Drawn | null
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
  return { running: null, arm: 0, propensities: CERTAIN, masked: false, policy: state.surface.policy, drawn: null }
}

function chooseWithin(request: ArmRequest, running: RunningExperiment, snapshot: Snapshot): Choice | null {
  const { experiment, salts } = running
  if (!inAudience(experiment.audience, request.context)) return null
  const unit = experiment.unit === 'request' ? request.requestUnit : request.unit
  if (!takesPart(unit, salts, experiment.traffic)) return null
  const { killed } = snapshot
  const { unavailable } = request
  const cannotServe = unavailable && unavailable.size > 0 ? new Set([...killed, ...unavailable]) : killed
  return chooseFor({ unit, x: request.x, u: request.u }, running, cannotServe)
}

/** The choice for a unit that takes part; null when every arm's policy is `masked`. What a replay repeats. */
export function chooseFor(
  { unit, x, u }: { readonly unit: Words; readonly x: Int16Array; readonly u: number },
  running: RunningExperiment,
  masked: ReadonlySet<string>,
): Choice | null {
  const { experiment, bandit, salts, shares } = running
  const eligible = experiment.arms.map(({ policy }) => !masked.has(policy))
  if (bandit) {
    const drawn = drawArm(bandit, { unit, x, u, eligible })
    return drawn && { running, ...drawn, masked: eligible.includes(false), policy: experiment.arms[drawn.arm]!.policy, drawn }
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
  }
}
