/**
 * Calibrates models: what a policy says, held against what shoppers bought in the newest week.
 *
 *     log ─▶ without the newest week: twins ─▶ asked for 50 items each, shopper by shopper ─▶ what was bought within the week ─▶ calibration
 *
 * By twins, because the model itself has seen the answers. A part that a combination leans on has a twin, too. The live model's calibration is
 * carried on while it is less than a day old and the parameters are the same: a week of demand does not change by the hour, and a twin costs as
 * much as a training.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Calibrated, Calibration } from '../policies/calibration.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { learnChances, type Places, PURCHASES_MIN } from '../policies/learn-calibration.ts'
import type { Ranker } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { type HeldOut, heldOutOf, type Question, WINDOW_SECONDS } from './held-out.ts'
import type { LiveModel } from './live-models.ts'
import type { LogReading } from './read-log.ts'
import type { Twins } from './twins.ts'

/** Ranks that are asked about: the pool of an assembly as it is unless set otherwise. */
export const FIRST = 50
const DAY_SECONDS = 86_400
const QUESTIONS_MAX = 4_000
const ID_DIGITS = 16

export interface CalibratingOptions {
  readonly reading: Pick<LogReading, 'data' | 'unitKeys' | 'catalogue'>
  readonly bodies: Twins
  /** All definitions: combinations need their parts. */
  readonly policies: readonly PolicyDefinition[]
  readonly live: ReadonlyMap<string, LiveModel>
}

/** One for every training: gives a policy's calibration, or why it has none. */
export function calibrating({ reading, bodies, policies, live }: CalibratingOptions): (policy: PolicyDefinition) => Calibrated {
  const { data, catalogue } = reading
  const newest = Math.min(data.now, data.seconds.at(-1) ?? 0)
  let made: HeldOut | Unknown | undefined
  const rankers = new Map<string, Ranker | undefined>()

  const heldOut = (): HeldOut | Unknown => {
    made ??= withPurchases(heldOutOf(reading, newest - WINDOW_SECONDS, QUESTIONS_MAX))
    return made
  }

  const twinOf = (policy: PolicyDefinition, before: HeldOut['before']): Ranker | undefined => {
    const { key, kind, parameters } = policy
    if (rankers.has(key)) return rankers.get(key)
    // Stays undefined for whoever needs itself.
    rankers.set(key, undefined)
    const body = kinds[kind]!.train ? { bytes: bodies.bytesOf(policy, before, 'calibrating'), version: 'twin' } : null
    const parts = new Map((kinds[kind]!.needs?.(parameters) ?? []).map((part) => [part, partOf(part, before)]))
    const ranker = kinds[kind]!.open(key, body, parameters, { catalogue, ranker: (other) => parts.get(other) })
    rankers.set(key, ranker)
    return ranker
  }
  const partOf = (key: string, before: HeldOut['before']): Ranker | undefined => {
    const part = policies.find((policy) => policy.key === key)
    return part && !kinds[part.kind]!.isImported ? twinOf(part, before) : undefined
  }

  return (policy) => {
    const known = carriedOn(live.get(policy.key), policy, newest)
    if (known) return known
    const out = heldOut()
    if (isUnknown(out)) return out
    return calibrationOf(twinOf(policy, out.before)!, out.questions, newest)
  }
}

function carriedOn(live: LiveModel | undefined, { parameters }: PolicyDefinition, newest: number): Calibration | null {
  const known = live?.calibration
  if (!known || isUnknown(known) || !isDeepStrictEqual(live?.parameters, parameters)) return null
  return newest - known.until < DAY_SECONDS ? known : null
}

/** Without purchases there is nothing to learn, and no twin to train for it. */
function withPurchases(out: HeldOut | Unknown): HeldOut | Unknown {
  if (isUnknown(out)) return out
  const bought = out.questions.reduce((sum, question) => sum + question.bought.size, 0)
  return bought < PURCHASES_MIN ? unknown('too-few-events', { have: bought, need: PURCHASES_MIN }) : out
}

/** Asks a ranker all questions and learns from what was bought; `until` is the last moment of the log. */
export function calibrationOf(ranker: Ranker, questions: readonly Question[], until: number): Calibrated {
  const learned = learnChances(placesOf(ranker, questions), FIRST)
  if (isUnknown(learned)) return learned
  const body = { ...learned, horizonDays: WINDOW_SECONDS / DAY_SECONDS, questions: questions.length, until }
  const id = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, ID_DIGITS)
  return { kind: 'calibration', id, ...body }
}

/** Every place of the slates that a ranker gives to the questions. */
export function placesOf(ranker: Ranker, questions: readonly Question[]): Places {
  const [asked, ranks, scores, bought]: [number[], number[], number[], number[]] = [[], [], [], []]
  questions.forEach((question, q) => {
    const ranked = ranker.rank({ ...question.request, size: FIRST })
    ranked.items.forEach((item, place) => {
      asked.push(q)
      ranks.push(place + 1)
      scores.push(ranked.scores[place]!)
      bought.push(question.bought.has(item) ? 1 : 0)
    })
  })
  return {
    questions: Int32Array.from(asked),
    ranks: Int32Array.from(ranks),
    scores: Float64Array.from(scores),
    bought: Uint8Array.from(bought),
  }
}
