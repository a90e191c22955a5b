/**
 * POST /v1/slates: the path of one request, from bytes to an answer that is in the log.
 *
 * Everything before the log is synchronous and pure but for reading the clock; the answer waits for the exposure to be durable.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { featuresOf } from '../bandits/features.ts'
import { type ArmRequest, type Choice, chooseArm } from '../decisions/choose-arm.ts'
import { decidedAtOf, uuidText } from '../decisions/decision-id.ts'
import { type Exposure, exposureOf } from '../decisions/exposure.ts'
import { lookedAt, type Served, serve } from '../decisions/ladder.ts'
import type { Reason } from '../decisions/reason.ts'
import type { Snapshot, SurfaceState } from '../decisions/snapshot.ts'
import { CONTEXT_FIELDS, type ContextField } from '../experiments/audience.ts'
import { wordsOf } from '../experiments/hash.ts'
import type { Appended, ExposureLog, RequestKey } from '../log/log.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import { NO_PAST, type Past } from '../policies/past.ts'
import type { RankRequest } from '../policies/policy.ts'
import { questionOf, type RemoteParameters } from '../policies/remote.ts'
import type { RemoteStrategies } from '../serving/remote-strategies.ts'
import { calendarOf } from './calendar.ts'
import type { Consent } from './consent.ts'
import { newDecisionId } from './new-decision-id.ts'
import { Problem } from './problems.ts'
import { slateJson } from './slate-answer.ts'
import type { SlateRequest } from './slate-request.ts'
import { tokenOf } from './token.ts'

/** What the slate path needs of the world. */
export interface SlateWorld {
  /** The latest good snapshot; null before the first. */
  snapshot(): Snapshot | null
  readonly exposures: ExposureLog
  readonly secrets: {
    pseudonym(unit: string): Uint8Array
    requestKey(surface: string, requestId: string): Uint8Array
    /** 16 bytes that nobody can foresee, for a named source of chance. */
    seed(name: string): Uint8Array
    readonly tokenKey: KeyObject
  }
  /** What a shopper dealt with lately and bought; empty for an unknown one. */
  pastOf(unit: Uint8Array): Past
  readonly remotes: Pick<RemoteStrategies, 'ask' | 'unavailable' | 'counters'>
  readonly counters: SlateCounters
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

interface Situation {
  readonly request: SlateRequest
  readonly consent: Consent
  readonly snapshot: Snapshot
  readonly state: SurfaceState
  readonly now: number
  readonly decisionId: Uint8Array
  readonly unit: Uint8Array
  readonly past: Past
}

const NOTHING: readonly number[] = []

/** Answers a validated request with the bytes of the response. Throws a Problem for what the caller did wrong. */
export async function answerSlate(
  world: SlateWorld,
  request: SlateRequest,
  consent: Consent,
  body: Uint8Array,
): Promise<Uint8Array | string> {
  const situation = situationOf(world, request, consent)
  if (!consent.measurement) return unmeasured(world, situation)
  const choice = chooseArm(armRequestOf(world, situation), situation.state, situation.snapshot)
  const ranking = rankRequestOf(world, situation)
  const remote = situation.snapshot.rankers.get(choice.policy)?.remote
  const told = remote ? await withAnswer(world, situation, { ranking, policy: choice.policy, remote }) : ranking
  const served = serve(choice.policy, situation.state, situation.snapshot, told)
  const unit = choice.running?.experiment.unit === 'request' ? situation.decisionId : situation.unit
  const exposure = exposureOf({ ...sourceOf(situation), unit }, choice, served)
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

interface RemoteRanking {
  readonly ranking: RankRequest
  readonly policy: string
  readonly remote: RemoteParameters
}

/** The request together with what the remote strategy said to it. */
async function withAnswer(world: SlateWorld, situation: Situation, { ranking, policy, remote }: RemoteRanking): Promise<RankRequest> {
  const { request, consent, snapshot, state, unit } = situation
  if (snapshot.killed.has(policy)) return ranking
  const known = request.unit !== undefined && consent.personalisation
  const asked = { surface: request.surface, unit: known ? Buffer.from(unit).toString('hex') : null, parameters: remote }
  const question = questionOf({ ...ranking, size: lookedAt(state, ranking) }, snapshot.catalogue, asked)
  const answer = await world.remotes.ask({ policy, parameters: remote, question, catalogue: snapshot.catalogue })
  return { ...ranking, answers: new Map([[policy, answer]]) }
}

function armRequestOf({ remotes }: SlateWorld, situation: Situation): ArmRequest {
  return {
    unit: wordsOf(situation.unit),
    requestUnit: wordsOf(situation.decisionId),
    context: situation.consent.personalisation ? contextOf(situation.request) : {},
    measurement: situation.consent.measurement,
    unavailable: remotes.unavailable(),
  }
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

function rankRequestOf(world: SlateWorld, situation: Situation): RankRequest {
  const { request, snapshot, state, past } = situation
  const { catalogue } = snapshot
  const candidates = request.candidates ? candidatesOf(request.candidates, catalogue, world.counters) : null
  const item = request.context?.itemId
  return {
    size: request.size ?? state.surface.size,
    history: past.recent.length === 0 ? NOTHING : past.recent.map((one) => one.item),
    ...past,
    ...(request.unit !== undefined && situation.consent.personalisation ? { unit: situation.unit } : {}),
    item: typeof item === 'string' ? (catalogue.numberOf(item) ?? null) : null,
    cart: situation.consent.personalisation && request.context?.cart ? numbersOf(request.context.cart, catalogue) : NOTHING,
    candidates,
    allowed: catalogue.allowed,
    now: situation.now / 1000,
    seed: seedOf(world, situation),
  }
}

/** 53 bits of chance for this request; a client cannot foresee them, and the same requestId has the same ones. */
function seedOf({ secrets }: SlateWorld, { request, decisionId }: Situation): number {
  const bytes = secrets.seed(`draw ${request.surface} ${request.requestId ?? uuidText(decisionId)}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return (view.getUint32(0) >>> 5) * 67_108_864 + (view.getUint32(4) >>> 6)
}

/** Each candidate once; unknown ones are counted and left out. */
function candidatesOf(itemIds: readonly string[], catalogue: Catalogue, counters: SlateCounters): readonly number[] {
  const distinct = [...new Set(itemIds)]
  const numbers = numbersOf(distinct, catalogue)
  counters.unknownCandidates += distinct.length - numbers.length
  return numbers
}

function numbersOf(itemIds: readonly string[], catalogue: Catalogue): readonly number[] {
  const numbers: number[] = []
  for (const itemId of itemIds) {
    const number = catalogue.numberOf(itemId)
    if (number !== undefined) numbers.push(number)
  }
  return numbers
}

function sourceOf(situation: Situation) {
  const { request, now, decisionId, unit, past, snapshot } = situation
  const context = situation.consent.personalisation ? request.context : undefined
  const x = featuresOf({
    device: text(context?.device),
    country: text(context?.country),
    returning: past.recent.length > 0 || context?.returning === true || context?.returning === 'true',
    hasHistory: past.recent.length > 0,
    hasItem: context?.itemId !== undefined,
    ...calendarOf(now),
  })
  return { decidedAt: now, decisionId, unit, x, surface: request.surface, snapshotId: snapshot.id }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
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
  const choice: Choice = { running: null, arm: 0, propensities: [1], masked: false, policy }
  // Nothing is logged here, so nothing is left to chance.
  const { seed: _seed, ...request } = rankRequestOf(world, situation)
  const served = serve(policy, situation.state, situation.snapshot, request)
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
