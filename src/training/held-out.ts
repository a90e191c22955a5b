/**
 * The newest part of the log, held out: questions whose answers neither the live model nor a model of the rest has seen.
 *
 *     ├────────────── before ──────────────┤├── held out ──┤       what came after the live models were trained,
 *                                     ▲      page ─▶ wanted        of the newest week at most
 *                                  history
 *
 * By time and shoppers, not by rows: a robot that fills the log is one shopper among many. One question a shopper: history until the cut, the page of the first item that followed, and what else followed is wanted. Who dealt with
 * one item only is asked without a page.
 */
import { pastAt, UNIT_BYTES, unitRowOf, unpackHistories } from '../policies/history-body.ts'
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import { NO_PAST, type Past } from '../policies/past.ts'
import type { RankRequest, TrainingData } from '../policies/policy.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { historiesOf } from './histories-of.ts'
import type { LogReading } from './read-log.ts'
import { WINDOW_SECONDS } from './read-shown.ts'

export interface Question {
  readonly request: RankRequest
  /** Items that the shopper dealt with afterwards, and that may be shown. Not empty. */
  readonly wanted: ReadonlySet<number>
  /** Those among them that were bought; may be empty. */
  readonly bought: ReadonlySet<number>
}

export interface HeldOut {
  readonly before: TrainingData
  readonly questions: readonly Question[]
}

const QUESTIONS_MAX = 1_000
/** Fewer say nothing. */
export const QUESTIONS_MIN = 50
export const SLATE_SIZE = 10

/**
 * What is held out of a log, of what came after `after` (seconds since 1970), with so many questions at most; unknown when that is too little
 * to ask about.
 */
export function heldOutOf(
  reading: Pick<LogReading, 'data' | 'unitKeys' | 'catalogue'>,
  after: number,
  questionsMax = QUESTIONS_MAX,
): HeldOut | Unknown {
  const part = partBefore(reading, after)
  const followed = whatFollowed(reading, part?.before.items.length ?? 0)
  if (!part || followed.length < QUESTIONS_MIN) return unknown('too-few-units', { have: followed.length, need: QUESTIONS_MIN })
  const { before, pastOf } = part
  const step = Math.max(1, followed.length / questionsMax)
  const chosen = Array.from({ length: Math.min(questionsMax, followed.length) }, (_, i) => followed[Math.floor(i * step)]!)
  const blank = { size: SLATE_SIZE, cart: [], candidates: null, allowed: reading.catalogue.allowed, now: before.now }
  const questions = chosen.map(([unit, { items, bought }]) => {
    const past = pastOf(unit)
    const [page, ...rest] = items
    const asked = rest.length > 0 ? { item: page!, wanted: rest } : { item: null, wanted: items }
    const request = { ...blank, ...past, history: past.recent.map(({ item }) => item), item: asked.item }
    return { request, wanted: new Set(asked.wanted), bought: new Set(asked.wanted.filter((item) => bought.has(item))) }
  })
  return { before, questions }
}

/** The log before the newest week, and before `after` where that is later; null when there is nothing before. */
export function partBefore({ data, unitKeys }: Pick<LogReading, 'data' | 'unitKeys'>, after: number): PartBefore | null {
  const newest = Math.min(data.now, data.seconds.at(-1) ?? 0)
  const cut = firstAfter(data.seconds, Math.max(after, newest - WINDOW_SECONDS))
  if (cut === 0) return null
  const before = upTo(data, cut)
  const histories = unpackHistories(historiesOf(before, unitKeys))
  return {
    before,
    pastOf: (unit) => {
      const row = unit < 0 ? -1 : unitRowOf(histories.units, unitKeys.subarray(unit * UNIT_BYTES, (unit + 1) * UNIT_BYTES))
      return row < 0 ? NO_PAST : pastAt(histories, row)
    },
  }
}

export interface PartBefore {
  readonly before: TrainingData
  /** What a shopper, by number, had done by then; nothing of −1. */
  pastOf(unit: number): Past
}

interface Followed {
  /** Distinct, in order. */
  readonly items: number[]
  readonly bought: Set<number>
}

/** Shoppers of the held-out rows with the items they went for. */
function whatFollowed({ data, catalogue }: Pick<LogReading, 'data' | 'catalogue'>, cut: number): readonly (readonly [number, Followed])[] {
  const followed = new Map<number, Followed>()
  for (let row = cut; row < data.items.length; row++) {
    const unit = data.units[row]!
    const item = data.items[row]!
    if (unit < 0 || data.weights[row]! <= 0 || catalogue.allowed[item] !== 1) continue
    const known = followed.get(unit) ?? { items: [], bought: new Set() }
    followed.set(unit, known)
    if (!known.items.includes(item)) known.items.push(item)
    if (data.weights[row] === PURCHASE_WEIGHT) known.bought.add(item)
  }
  return [...followed]
}

/** The first rows, as views: nothing is copied. */
function upTo(data: TrainingData, cut: number): TrainingData {
  return {
    ...data,
    ...{ units: data.units.subarray(0, cut), items: data.items.subarray(0, cut), weights: data.weights.subarray(0, cut) },
    seconds: data.seconds.subarray(0, cut),
    ...(data.baskets && { baskets: data.baskets.subarray(0, cut) }),
    now: Math.min(data.now, data.seconds[cut - 1] ?? data.now),
  }
}

/** Place of the first of the ascending values that is larger. */
function firstAfter(seconds: Float64Array, after: number): number {
  let low = 0
  let high = seconds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (seconds[middle]! > after) high = middle
    else low = middle + 1
  }
  return low
}
