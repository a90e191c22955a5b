/**
 * Calibrates models: what a policy says, held against what shoppers bought of what they were shown in the newest week.
 *
 *     log ─▶ without the newest week: twins ─▶ 50 items a shopper; of those that were shown, which were bought within the week ─▶ calibration
 *
 * Shown by the policy itself, or by chance. By twins, because the model itself has seen the answers. A part that a combination leans on has a twin, too. The live model's calibration is
 * carried on while it is less than a day old and the parameters are the same: a week of demand does not change by the hour, and a twin costs as
 * much as a training.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Calibrated, Calibration } from '../policies/calibration.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { learnChances, type Places, PURCHASES_MIN } from '../policies/learn-calibration.ts'
import type { Ranker, TrainingData } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import type { LiveModel } from './live-models.ts'
import type { LogReading } from './read-log.ts'
import { WINDOW_SECONDS } from './read-shown.ts'
import { type BuyingQuestion, type BuyingQuestions, shownQuestionsOf } from './shown-questions.ts'
import type { Twins } from './twins.ts'

/** Ranks that are asked about: the pool of an assembly as it is unless set otherwise. */
export const FIRST = 50
const DAY_SECONDS = 86_400
/** Shoppers that are asked about. */
export const QUESTIONS_MAX = 10_000
const ID_DIGITS = 16

export interface CalibratingOptions {
  readonly reading: LogReading
  readonly bodies: Twins
  /** All definitions: combinations need their parts. */
  readonly policies: readonly PolicyDefinition[]
  readonly live: ReadonlyMap<string, LiveModel>
  /** What is asked; about what was shown, unless said otherwise. */
  readonly ask?: typeof shownQuestionsOf
}

/** One for every training: gives a policy's calibration, or why it has none. */
export function calibrating({
  reading,
  bodies,
  policies,
  live,
  ask = shownQuestionsOf,
}: CalibratingOptions): (policy: PolicyDefinition) => Calibrated {
  const { data, catalogue } = reading
  const newest = Math.min(data.now, data.seconds.at(-1) ?? 0)
  const twinOf = rankersOf({ catalogue, policies, bodies })
  let made: BuyingQuestions | Unknown | undefined
  const asked = (): BuyingQuestions | Unknown => {
    made ??= withPurchases(ask(reading, newest - WINDOW_SECONDS, QUESTIONS_MAX))
    return made
  }
  return (policy) => {
    const known = carriedOn(live.get(policy.key), policy, newest)
    if (known) return known
    const out = asked()
    if (isUnknown(out)) return out
    return calibrationOf(twinOf(policy, out.before)!, { ...out, counts: isFair(policy, policies), until: newest })
  }
}

type Opening = Pick<CalibratingOptions, 'bodies' | 'policies'> & Pick<LogReading, 'catalogue'>

/** Opens policies as they would have been after the first rows of a log, with their parts; for one such part of the log. */
export function rankersOf({
  catalogue,
  policies,
  bodies,
}: Opening): (policy: PolicyDefinition, before: TrainingData) => Ranker | undefined {
  const rankers = new Map<string, Ranker | undefined>()
  const open = (policy: PolicyDefinition, before: TrainingData): Ranker | undefined => {
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
  const partOf = (key: string, before: TrainingData): Ranker | undefined => {
    const part = policies.find((policy) => policy.key === key)
    return part && !kinds[part.kind]!.isImported ? open(part, before) : undefined
  }
  return open
}

function carriedOn(live: LiveModel | undefined, { parameters }: PolicyDefinition, newest: number): Calibration | null {
  const known = live?.calibration
  if (!known || isUnknown(known) || !isDeepStrictEqual(live?.parameters, parameters)) return null
  return newest - known.until < DAY_SECONDS ? known : null
}

/** Without purchases there is nothing to learn, and no twin to train for it. */
function withPurchases(out: BuyingQuestions | Unknown): BuyingQuestions | Unknown {
  if (isUnknown(out)) return out
  const bought = out.questions.reduce((sum, question) => sum + question.bought.size, 0)
  return bought < PURCHASES_MIN ? unknown('too-few-events', { have: bought, need: PURCHASES_MIN }) : out
}

/** What the policy itself has shown, and what chance has: what others chose is better than its rank with this policy tells. */
export function isFair({ key }: PolicyDefinition, policies: readonly PolicyDefinition[]): (policy: string) => boolean {
  const fair = new Set([key, ...policies.filter(({ kind }) => kind === 'random').map((policy) => policy.key)])
  return (policy) => fair.has(policy)
}

export interface Asking {
  readonly questions: readonly BuyingQuestion[]
  /** Whether what a policy has shown is counted. */
  readonly counts: (policy: string) => boolean
  /** Last moment of the log. */
  readonly until: number
}

/** Asks a ranker all questions and learns from what was bought. */
export function calibrationOf(ranker: Ranker, asking: Asking): Calibrated {
  const { questions, until } = asking
  const learned = learnChances(placesOf(ranker, asking), FIRST)
  if (isUnknown(learned)) return learned
  const from: Calibration['from'] = questions.some(({ shown }) => shown !== null) ? 'shown' : 'wanted'
  const body = { from, ...learned, horizonDays: WINDOW_SECONDS / DAY_SECONDS, questions: questions.length, until }
  const id = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, ID_DIGITS)
  return { kind: 'calibration', id, ...body }
}

/** Every item of the rankings that a ranker gives to the questions, of which it is known what came of it. */
export function placesOf(ranker: Ranker, { questions, counts }: Pick<Asking, 'questions' | 'counts'>): Places {
  const rows: Record<keyof Places, number[]> = { questions: [], ranks: [], scores: [], bests: [], bought: [], starts: [0], at: [] }
  questions.forEach(({ request, shown, bought }, q) => {
    const ranked = ranker.rank({ ...request, size: FIRST })
    ranked.items.forEach((item, place) => {
      const places = shown === null ? EVERYWHERE : (shown.get(item) ?? []).filter(({ by }) => counts(by)).map((showing) => showing.place)
      if (places.length === 0) return
      rows.questions.push(q)
      rows.ranks.push(place + 1)
      rows.scores.push(ranked.scores[place]!)
      rows.bests.push(ranked.scores[0]!)
      rows.bought.push(bought.has(item) ? 1 : 0)
      rows.at.push(...places)
      rows.starts.push(rows.at.length)
    })
  })
  return {
    ...{ questions: Int32Array.from(rows.questions), ranks: Int32Array.from(rows.ranks), bought: Uint8Array.from(rows.bought) },
    ...{ scores: Float64Array.from(rows.scores), bests: Float64Array.from(rows.bests) },
    ...{ starts: Int32Array.from(rows.starts), at: Int32Array.from(rows.at) },
  }
}

/** Where nothing is known of places an item counts as shown once, at the first. */
const EVERYWHERE: readonly number[] = [1]
