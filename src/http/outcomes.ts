/**
 * POST /v1/outcomes: what came of the slates. Every item of a batch is answered on its own; accepted means durable.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { decidedAtOf, uuidBytes } from '../decisions/decision-id.ts'
import { minorOf } from '../experiments/money.ts'
import type { OutcomeAnswer, OutcomeLog, OutcomeRecord } from '../log/log.ts'
import { deedOfOutcome } from '../policies/deed.ts'
import type { Noted } from '../serving/shoppers.ts'
import { type Outcome, outcomeSchema } from './outcome-request.ts'
import { pointerOf } from './pointer.ts'
import { type ProblemSlug, problemType } from './problems.ts'
import { readToken } from './token.ts'

/** What the outcome path needs of the world. */
export interface OutcomeWorld {
  readonly outcomes: OutcomeLog
  readonly secrets: { pseudonym(unit: string): Uint8Array; readonly tokenKey: KeyObject }
  /** Item number by id, of the latest catalogue. */
  itemNumber(itemId: string): number | undefined
  /** What shoppers did, as soon as it is durable: it counts from their next slate on. */
  noteDeeds(deeds: readonly Noted[]): void
  now(): number
}

/** The answer to one outcome of the batch. */
export interface OutcomeResult {
  readonly outcomeId: string | null
  readonly status: 'accepted' | 'duplicate' | 'refused' | 'queued'
  readonly problem?: { readonly type: string; readonly detail: string; readonly pointer: string }
}

interface Refusal {
  readonly type: ProblemSlug
  readonly detail: string
  readonly pointer: string
}

const LATE_MS = 24 * 3_600_000
/** By how much the clocks of two nodes may differ. */
const SKEW_MS = 60_000
const AGE_MAX_MS = 400 * 24 * 3_600_000

/** Answers a batch item by item. `items` are the raw members of the array, in their order. */
export async function answerOutcomes(world: OutcomeWorld, items: readonly unknown[]): Promise<readonly OutcomeResult[]> {
  const now = world.now()
  const read = items.map((item, i) => recordOf(world, { item, index: i, now }))
  const records = read.filter((one): one is OutcomeRecord => !('status' in one))
  const answers = await world.outcomes.append(records)
  world.noteDeeds(records.flatMap((record, i) => notedOf(record, answers[i]!)))
  let next = 0
  return read.map((one, i) => ('status' in one ? one : resultOf(one.outcomeId, answers[next++]!, i)))
}

function notedOf({ unit, itemNo, type, occurredAt, decisionId }: OutcomeRecord, answer: OutcomeAnswer): readonly Noted[] {
  const deed = deedOfOutcome(type, decisionId !== null)
  const isNew = answer === 'accepted' || answer === 'queued'
  return isNew && unit && itemNo !== null && deed ? [{ unit, item: itemNo, deed, seconds: occurredAt / 1000 }] : []
}

function resultOf(outcomeId: string, answer: OutcomeAnswer, index: number): OutcomeResult {
  switch (answer) {
    case 'accepted':
    case 'duplicate':
    case 'queued':
      return { outcomeId, status: answer }
    case 'conflict':
      return refused(outcomeId, {
        type: 'outcome-id-reused',
        detail: 'This outcomeId was used before with another body.',
        pointer: `/outcomes/${index}/outcomeId`,
      })
    case 'lost':
      return refused(outcomeId, {
        type: 'storage-full',
        detail: 'The outcome could not be written. Send it again with the same outcomeId.',
        pointer: `/outcomes/${index}`,
      })
  }
}

function refused(outcomeId: string | null, { type, ...problem }: Refusal): OutcomeResult {
  return { outcomeId, status: 'refused', problem: { type: problemType(type), ...problem } }
}

function recordOf(
  world: OutcomeWorld,
  source: { readonly item: unknown; readonly index: number; readonly now: number },
): OutcomeRecord | OutcomeResult {
  const { item, index, now } = source
  const parsed = outcomeSchema.safeParse(item)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return refused(idIn(item), { type: 'invalid', detail: issue.message, pointer: `/outcomes/${index}${pointerOf(issue)}` })
  }
  const outcome = parsed.data
  const ticket = outcome.token === undefined ? null : readToken(world.secrets.tokenKey, outcome.token)
  if (outcome.token !== undefined && !ticket)
    return refused(outcome.outcomeId, { type: 'bad-token', detail: 'This token was not made here.', pointer: `/outcomes/${index}/token` })
  const valueMinor = moneyOf(outcome)
  const decisionId = ticket?.decisionId ?? (outcome.decisionId === undefined ? null : uuidBytes(outcome.decisionId))
  const unit = ticket?.unit ?? (outcome.unit === undefined ? null : world.secrets.pseudonym(outcome.unit))
  const { receivedAt, occurredAt } = momentsOf(outcome, decisionId, now)
  if (occurredAt < now - AGE_MAX_MS)
    return refused(outcome.outcomeId, {
      type: 'too-old',
      detail: 'Outcomes of more than 400 days ago are not taken.',
      pointer: `/outcomes/${index}/occurredAt`,
    })
  return {
    outcomeId: outcome.outcomeId,
    bodyHash: hashOf(outcome, unit),
    receivedAt,
    occurredAt,
    unit,
    decisionId,
    type: outcome.type,
    itemNo: outcome.itemId === undefined ? null : (world.itemNumber(outcome.itemId) ?? null),
    itemId: outcome.itemId ?? null,
    valueMinor,
    currency: outcome.currency ?? null,
    quantity: outcome.quantity,
    flags: occurredAt < now - LATE_MS ? ['late'] : [],
  }
}

/**
 * Clocks of callers are not trusted: nothing happened after now, and nothing that came of a slate before it was decided. Another node may
 * have decided by a clock that is a little ahead of ours; then the decision is the better clock. An id from further ahead is none of ours.
 */
function momentsOf(outcome: Outcome, decisionId: Uint8Array | null, now: number): { receivedAt: number; occurredAt: number } {
  const decidedAt = decisionId ? decidedAtOf(decisionId) : 0
  const earliest = decidedAt <= now + SKEW_MS ? decidedAt : 0
  const receivedAt = Math.max(now, earliest)
  const said = outcome.occurredAt === undefined ? receivedAt : Date.parse(outcome.occurredAt)
  return { receivedAt, occurredAt: Math.min(Math.max(said, earliest), receivedAt) }
}

/** A return takes money back, whichever sign it was sent with. */
function moneyOf(outcome: Outcome): bigint | null {
  if (outcome.value === undefined || outcome.currency === undefined) return null
  const minor = minorOf(outcome.value, outcome.currency)!
  return outcome.type === 'return' && minor > 0n ? -minor : minor
}

/** Whom it is about counts, not how that was said: an outcome may be told by token once and by unit again. */
function hashOf({ token: _token, unit: _unit, ...outcome }: Outcome, unit: Uint8Array | null): Uint8Array {
  const told = { ...outcome, unit: unit && Buffer.from(unit).toString('hex') }
  const text = JSON.stringify(Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1)))
  return new Uint8Array(createHash('sha256').update(text).digest().subarray(0, 16))
}

function idIn(item: unknown): string | null {
  const id = typeof item === 'object' && item !== null ? (item as Record<string, unknown>).outcomeId : undefined
  return typeof id === 'string' && id.length <= 256 ? id : null
}
