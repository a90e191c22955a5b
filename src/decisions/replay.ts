/**
 * Replay: a logged decision made again from what was kept, and compared bit for bit.
 *
 *     snapshot's body ─▶ the experiment as it ran ┐
 *     exposure: unit, x                           ├─▶ the same choice ─▶ π, m̂, scale, arm: the same?
 *     secret: salts, u                            ┘
 *
 * Items are not made again: stock and histories have moved on, and the exposure has them.
 */

import { wordsOf } from '../experiments/hash.ts'
import { chooseFor } from './choose-arm.ts'
import { drawName } from './draw-name.ts'
import type { Exposure } from './exposure.ts'
import { type RunningEpoch, runningOf, type Seed, servingAllocationOf } from './running.ts'
import { servingDecider } from './serving-bandit.ts'
import type { RunningExperiment } from './snapshot.ts'
import type { SnapshotBody, StoredBelief } from './snapshot-body.ts'

/** A decision as the log has it. */
export interface LoggedDecision extends Omit<Exposure, 'items' | 'rules' | 'rankPi'> {
  /** Ids of the items, best first. */
  readonly items: readonly string[]
  /** While the request can be repeated, and when it had a name. */
  readonly requestKey: Uint8Array | null
  /** Of a stay: the decision that drew the arm. */
  readonly firstDecision?: Uint8Array | null
}

/** What a replay needs besides the log: all of it depends on the installation's secret. */
export interface ReplaySecrets {
  readonly seed: Seed
  draw(name: string): number
}

export interface Difference {
  readonly of: 'arm' | 'pi' | 'mhat' | 'scale' | 'stratum'
  readonly logged: unknown
  readonly replayed: unknown
}

export type Replay =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly differences: readonly Difference[] }
  /** Everything but the arm is the same; the number it was drawn by is forgotten with the request's key. */
  | { readonly kind: 'same-vector'; readonly because: 'request-key-forgotten' }
  | {
      readonly kind: 'impossible'
      readonly because: 'outside-experiments' | 'snapshot-not-kept' | 'other-format' | 'first-draw-not-logged'
    }

/** How long a request's key is kept. */
const KEY_KEPT_MS = 7 * 86_400_000

/** The experiment as it ran when the snapshot served, and what its bandit knew. Null when the body does not have it. */
export interface Restored {
  readonly epoch: RunningEpoch
  readonly belief: StoredBelief | null
  readonly running: RunningExperiment
}

export function restored(body: SnapshotBody, epochId: number, seed: Seed): Restored | null {
  const epoch = body.running.find((each) => each.epochId === epochId)
  if (!epoch?.allocation || !body.beliefs) return null
  const belief = body.beliefs.find((each) => each.epochId === epochId) ?? null
  const allocation = servingAllocationOf(epoch)
  const decider = allocation && belief?.kind === 'models' ? servingDecider(belief.models, allocation) : null
  return { epoch, belief, running: runningOf(epoch, decider, seed) }
}

/** `asOf`: milliseconds since 1970. */
export function replay(logged: LoggedDecision, body: SnapshotBody | null, secrets: ReplaySecrets, asOf: number): Replay {
  if (logged.epochId === null) return { kind: 'impossible', because: 'outside-experiments' }
  if (!body) return { kind: 'impossible', because: 'snapshot-not-kept' }
  const found = restored(body, logged.epochId, secrets.seed)
  if (!found) return { kind: 'impossible', because: 'other-format' }
  const { requestKey, decisionId } = logged
  const u = secrets.draw(drawName(requestKey ? { requestKey } : { decisionId }))
  const choice = chooseFor({ unit: wordsOf(logged.unit), x: logged.x, u }, found.running, eligibleThen(logged, body, found.epoch))
  const { armIds } = found.epoch
  const differences = [
    ...difference('stratum', logged.stratum, choice?.drawn?.stratum ?? 'fixed'),
    ...difference('pi', logged.pi, choice?.propensities ?? null),
    ...difference('mhat', logged.mhat, choice?.drawn?.means ?? null),
    ...difference('scale', logged.scale, choice?.drawn?.scales ?? null),
  ]
  const arm = difference('arm', logged.armId, choice && armIds[choice.arm]!)
  const isForgotten = requestKey === null && asOf - logged.decidedAt > KEY_KEPT_MS
  if (differences.length === 0 && arm.length > 0 && isForgotten) return { kind: 'same-vector', because: 'request-key-forgotten' }
  const all = [...arm, ...differences]
  return all.length === 0 ? { kind: 'same' } : { kind: 'different', differences: all }
}

/**
 * Whose policy could serve: not switched off, as the snapshot has it, nor out of order at that moment, which only the log knows. Whoever
 * could be drawn had its floor or weight, so a probability of 0 says that. What the gate did is in the snapshot.
 */
function eligibleThen({ pi }: LoggedDecision, { killed }: SnapshotBody, { settings }: RunningEpoch): readonly boolean[] {
  return settings.arms.map(({ policy }, arm) => !killed.includes(policy) && pi[arm] !== 0)
}

/** A stay, and the draw that it goes back to: both have to say the same, and the draw has to come out again. */
export function replayStay(logged: LoggedDecision, first: LoggedDecision | null, drawn: Replay): Replay {
  if (!first) return { kind: 'impossible', because: 'first-draw-not-logged' }
  const differences = [
    ...difference('arm', logged.armId, first.armId),
    ...difference('stratum', logged.stratum, first.stratum),
    ...difference('pi', logged.pi, first.pi),
    ...difference('mhat', logged.mhat, first.mhat),
    ...difference('scale', logged.scale, first.scale),
  ]
  return differences.length > 0 ? { kind: 'different', differences } : drawn
}

/** Numbers are the same when their bits are. */
function difference(of: Difference['of'], logged: unknown, replayed: unknown): readonly Difference[] {
  const isSame =
    Array.isArray(logged) && Array.isArray(replayed)
      ? logged.length === replayed.length && logged.every((value, i) => Object.is(value, replayed[i]))
      : logged === replayed
  return isSame ? [] : [{ of, logged, replayed }]
}
