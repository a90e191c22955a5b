/**
 * POST /v1/slates: the path of one request, from bytes to an answer that is in the log.
 *
 * Everything before the log is synchronous and pure but for reading the clock; the answer waits for the exposure to be durable.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { type ArmRequest, type Choice, chooseArm, outsideExperiments, rankingPolicy } from '../decisions/choose-arm.ts'
import { decidedAtOf, uuidText } from '../decisions/decision-id.ts'
import { drawName } from '../decisions/draw-name.ts'
import { type Exposure, exposureOf } from '../decisions/exposure.ts'
import { type Served, serve } from '../decisions/ladder.ts'
import type { Reason } from '../decisions/reason.ts'
import { type Snapshot, type SurfaceState, withFrozen } from '../decisions/snapshot.ts'
import { CONTEXT_FIELDS, type ContextField } from '../experiments/audience.ts'
import { wordsOf } from '../experiments/hash.ts'
import type { Assignments } from '../log/assignments.ts'
import type { Appended, ExposureLog, RequestKey } from '../log/log.ts'
import { NO_PAST, type Past } from '../policies/past.ts'
import type { RankRequest } from '../policies/policy.ts'
import type { RemoteStrategies } from '../serving/remote-strategies.ts'
import type { ShadowScoring } from '../serving/shadow-scoring.ts'
import type { Consent } from './consent.ts'
import { keptArm } from './kept-arm.ts'
import { newDecisionId } from './new-decision-id.ts'
import { Problem } from './problems.ts'
import { requestFeatures } from './request-features.ts'
import { slateJson } from './slate-answer.ts'
import { rankRequestOf, withAnswer, withSeed } from './slate-ranking.ts'
import type { SlateRequest } from './slate-request.ts'
import { tokenOf } from './token.ts'

/** What the slate path needs of the world. */
export interface SlateWorld {
  /** The latest good snapshot; null before the first. */
  snapshot(): Snapshot | null
  readonly exposures: ExposureLog
  /** Which arm a unit of a sticky bandit has. */
  readonly assignments: Pick<Assignments, 'find' | 'claim'>
  readonly secrets: {
    pseudonym(unit: string): Uint8Array
    requestKey(surface: string, requestId: string): Uint8Array
    /** 16 bytes that nobody can foresee, for a named source of chance. */
    seed(name: string): Uint8Array
    draw(name: string): number
    readonly tokenKey: KeyObject
  }
  /** What a shopper dealt with lately and bought; empty for an unknown one. */
  pastOf(unit: Uint8Array): Past
  readonly remotes: Pick<RemoteStrategies, 'ask' | 'unavailable' | 'counters'>
  readonly counters: SlateCounters
  /** Absent where shadows are not scored. */
  readonly shadows?: Pick<ShadowScoring, 'offer'>
  /** A policy threw while it ranked; the shopper got a slate from a lower rung. */
  onRankerError(policy: string, error: unknown): void
  now(): number
}

/** Plain counters that the metrics page reads. */
export interface SlateCounters {
  served: Map<string, number>
  reasons: Map<string, number>
  failures: Map<string, number>
  unknownCandidates: number
}

export function newSlateCounters(): SlateCounters {
  return { served: new Map(), reasons: new Map(), failures: new Map(), unknownCandidates: 0 }
}

/** One request with everything that was found out about it. */
export interface Situation {
  readonly request: SlateRequest
  readonly consent: Consent
  readonly snapshot: Snapshot
  readonly state: SurfaceState
  readonly now: number
  readonly decisionId: Uint8Array
  readonly unit: Uint8Array
  readonly past: Past
}

/** Answers a validated request with the bytes of the response. Throws a Problem for what the caller did wrong. */
export async function answerSlate(
  world: SlateWorld,
  request: SlateRequest,
  consent: Consent,
  body: Uint8Array,
): Promise<Uint8Array | string> {
  const situation = situationOf(world, request, consent)
  if (!consent.measurement) return unmeasured(world, situation)
  const x = requestFeatures({ ...situation, hasHistory: situation.past.recent.length > 0 })
  const drawn = chooseArm(armRequestOf(world, situation, x), situation.state, situation.snapshot)
  const choice = drawn.running?.bandit?.sticky && drawn.stay === null ? await keptArm(world.assignments, situation, drawn) : drawn
  const policy = rankingPolicy(choice, situation.state)
  const snapshot = withFrozen(situation.snapshot, choice.running)
  const ranking = withSeed(world, { ...situation, snapshot }, { ranking: rankRequestOf(world, situation), policy })
  const remote = snapshot.rankers.get(policy)?.remote
  const told = remote ? await withAnswer(world, situation, { ranking, policy, remote }) : ranking
  const served = serve(policy, situation.state, snapshot, told)
  const unit = choice.running?.experiment.unit === 'request' ? situation.decisionId : situation.unit
  const exposure = exposureOf({ ...sourceOf(situation), x, unit }, choice, served)
  const answer = answerOf(situation, {
    choice,
    served,
    reason: exposure.reason,
    token: tokenOf(world.secrets.tokenKey, { decisionId: situation.decisionId, unit }),
  })
  const written = await append(world, situation, exposure, { answer, body })
  switch (written.kind) {
    case 'table':
    case 'spool':
      offerShadow(world, { ...situation, snapshot }, { policy, request: told })
      count(world, served, exposure.reason)
      return answer
    case 'repeated':
      return written.response
    case 'conflict':
      throw new Problem('request-id-reused', { pointer: '/requestId' })
    case 'lost':
      return unlogged(world, situation)
  }
}

/** The live model and the shadow of a policy are asked again when there is time. */
function offerShadow(
  world: SlateWorld,
  { snapshot, decisionId, now, unit, request: { unit: named } }: Situation,
  { policy, request }: { readonly policy: string; readonly request: RankRequest },
): void {
  const shadow = snapshot.shadows?.get(policy)
  const live = snapshot.rankers.get(policy)
  if (!shadow || !live || !world.shadows) return
  world.shadows.offer({ policy, live, shadow, request, decisionId, decidedAt: now, unit: named === undefined ? null : unit })
}

function situationOf(world: SlateWorld, request: SlateRequest, consent: Consent): Situation {
  const snapshot = world.snapshot()
  if (!snapshot) throw new Problem('starting')
  const state = snapshot.surfaces.get(request.surface)
  if (!state) throw new Problem('unknown-surface', { pointer: '/surface', detail: `There is no surface "${request.surface}".` })
  const decisionId = newDecisionId(world.now())
  const now = decidedAtOf(decisionId)
  const unit = request.unit === undefined || !consent.measurement ? decisionId : world.secrets.pseudonym(request.unit)
  const known = request.unit !== undefined && consent.personalisation && consent.measurement
  return { request, consent, snapshot, state, now, decisionId, unit, past: known ? world.pastOf(unit) : NO_PAST }
}

function armRequestOf(world: SlateWorld, situation: Situation, x: Int16Array): ArmRequest {
  return {
    unit: wordsOf(situation.unit),
    requestUnit: wordsOf(situation.decisionId),
    context: situation.consent.personalisation ? contextOf(situation.request) : {},
    x,
    u: situation.state.experiments.some(({ bandit }) => bandit !== null) ? drawOf(world, situation) : 0,
    measurement: situation.consent.measurement,
    unavailable: world.remotes.unavailable(),
    stay: (epochId) => world.assignments.find(epochId, situation.unit),
  }
}

/** The same requestId draws the same number on every node; without one every decision draws its own. */
function drawOf({ secrets }: SlateWorld, { request, decisionId }: Situation): number {
  const { requestId, surface } = request
  return secrets.draw(requestId === undefined ? drawName({ decisionId }) : drawName({ requestKey: secrets.requestKey(surface, requestId) }))
}

function contextOf(request: SlateRequest): Partial<Record<ContextField, string>> {
  const context: Partial<Record<ContextField, string>> = {}
  if (!request.context) return context
  for (const field of CONTEXT_FIELDS) {
    const value = request.context[field]
    if (value !== undefined) context[field] = String(value)
  }
  return context
}

function sourceOf({ request, now, decisionId, unit, snapshot }: Situation) {
  return { decidedAt: now, decisionId, unit, surface: request.surface, snapshotId: snapshot.id }
}

interface Answered {
  readonly choice: Choice
  readonly served: Served
  readonly reason: Reason
  readonly token: string | null
}

function answerOf({ request, snapshot, decisionId }: Situation, answered: Answered): string {
  const { surface } = request
  return slateJson({ ...answered, decisionId: uuidText(decisionId), surface, ids: snapshot.catalogue.ids, snapshot: snapshot.id })
}

function append(
  world: SlateWorld,
  situation: Situation,
  exposure: Exposure,
  given: { readonly answer: string; readonly body: Uint8Array },
): Promise<Appended> {
  const { requestId, surface } = situation.request
  if (requestId === undefined) return world.exposures.append(exposure)
  const key: RequestKey = {
    key: world.secrets.requestKey(surface, requestId),
    bodyHash: new Uint8Array(createHash('sha256').update(given.body).digest().subarray(0, 16)),
    response: Buffer.from(given.answer),
  }
  return world.exposures.append(exposure, key)
}

/** No consent to be measured: nothing personal is used, nothing is logged, only counted. */
function unmeasured(world: SlateWorld, situation: Situation): string {
  const { surface } = situation.state
  const impersonal = { ...situation, consent: { measurement: false, personalisation: false }, past: NO_PAST }
  return outside(world, impersonal, { policy: surface.fallback, reason: 'no-consent' })
}

/** Neither table nor spool could be written: the surface's own policy serves, and no experiment was touched. */
function unlogged(world: SlateWorld, situation: Situation): string {
  return outside(world, situation, { policy: situation.state.surface.policy, reason: 'unlogged' })
}

function outside(
  world: SlateWorld,
  situation: Situation,
  { policy, reason }: { readonly policy: string; readonly reason: Reason },
): string {
  const choice = outsideExperiments(policy)
  // Nothing is logged here, so nothing is left to chance.
  const served = serve(policy, situation.state, situation.snapshot, rankRequestOf(world, situation))
  count(world, served, reason)
  return answerOf(situation, { choice, served, reason, token: null })
}

function count(world: SlateWorld, served: Served, reason: Reason): void {
  const { counters } = world
  bump(counters.served, served.policy)
  bump(counters.reasons, reason)
  for (const { policy, because, error } of served.failures) {
    bump(counters.failures, `${policy} ${because}`)
    if (because === 'threw') world.onRankerError(policy, error)
  }
}

function bump(counter: Map<string, number>, key: string): void {
  counter.set(key, (counter.get(key) ?? 0) + 1)
}
