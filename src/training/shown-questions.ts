/**
 * Questions about what was shown: what a shopper saw in the newest week of the log, and which of it was bought afterwards.
 *
 *     ├─────────────── before ───────────────┤├──── held-out week ────┤
 *                 history ─▶ request               shown ─▶ bought after it was first shown
 *
 * Only of what was shown is it known that it was not wanted: what a shopper never saw was not bought for that reason, too, and a shopper comes across
 * what suits. Who showed it is kept: what another policy has chosen to show is better than its rank here tells. Every shopper with a slate counts, whether or not anything followed.
 */
import { PURCHASE_WEIGHT } from '../policies/interaction-weight.ts'
import type { RankRequest, TrainingData } from '../policies/policy.ts'
import { type RowsByUnit, rowsByUnit } from '../policies/rows-by-unit.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { partBefore, QUESTIONS_MIN, SLATE_SIZE } from './held-out.ts'
import type { LogReading } from './read-log.ts'
import type { Shown } from './read-shown.ts'

export interface Showing {
  /** Key of the policy that served. */
  readonly by: string
  /** From 1. */
  readonly place: number
}

/** What a policy is asked, and what came of it. */
export interface BuyingQuestion {
  readonly request: RankRequest
  /** The items of which it is known whether they were wanted, with every time they were shown; null for all, of files. */
  readonly shown: ReadonlyMap<number, readonly Showing[]> | null
  /** May be empty. */
  readonly bought: ReadonlySet<number>
}

export interface BuyingQuestions {
  readonly before: TrainingData
  readonly questions: readonly BuyingQuestion[]
}

/** Of slates after `after` (seconds since 1970), with so many shoppers at most; unknown where too few had any. */
export function shownQuestionsOf(reading: LogReading, after: number, questionsMax: number): BuyingQuestions | Unknown {
  const { data, catalogue, shown } = reading
  const shoppers = shown?.units.length ?? 0
  const part = partBefore(reading, after)
  if (!shown || !part || shoppers < QUESTIONS_MIN) return unknown('too-few-units', { have: shoppers, need: QUESTIONS_MIN })
  const { before, pastOf } = part
  const newest = Math.min(data.now, data.seconds.at(-1) ?? 0)
  const rows = rowsByUnit(data)
  const blank = { size: SLATE_SIZE, item: null, cart: [], candidates: null, allowed: catalogue.allowed, now: before.now }
  const step = Math.max(1, shoppers / questionsMax)
  const questions = Array.from({ length: Math.min(questionsMax, shoppers) }, (_, i) => {
    const shopper = Math.floor(i * step)
    const unit = shown.units[shopper]!
    const past = pastOf(unit)
    const seen = seenBy(shown, shopper, { after, until: newest })
    const request = { ...blank, ...past, history: past.recent.map(({ item }) => item) }
    return {
      request,
      shown: new Map([...seen].map(([item, { showings }]) => [item, showings])),
      bought: boughtSince(data, { rows, unit, seen }),
    }
  })
  return { before, questions }
}

interface Sight {
  /** When it was shown first. */
  readonly first: number
  readonly showings: Showing[]
}

/** What a shopper was shown in the window. */
function seenBy(
  { starts, items, seconds, policies, served, places }: Shown,
  shopper: number,
  { after, until }: { readonly after: number; readonly until: number },
): ReadonlyMap<number, Sight> {
  const seen = new Map<number, Sight>()
  for (let row = starts[shopper]!; row < starts[shopper + 1]!; row++) {
    if (seconds[row]! <= after || seconds[row]! > until) continue
    const known = seen.get(items[row]!) ?? { first: seconds[row]!, showings: [] }
    known.showings.push({ by: policies[served[row]!]!, place: places[row]! })
    seen.set(items[row]!, known)
  }
  return seen
}

interface Buying {
  readonly rows: RowsByUnit
  readonly unit: number
  readonly seen: ReadonlyMap<number, Sight>
}

function boughtSince({ items, weights, seconds }: TrainingData, { rows, unit, seen }: Buying): ReadonlySet<number> {
  const bought = new Set<number>()
  if (unit < 0) return bought
  for (const row of rows.rows.subarray(rows.starts[unit], rows.starts[unit + 1])) {
    const sight = seen.get(items[row]!)
    if (sight && weights[row] === PURCHASE_WEIGHT && seconds[row]! >= sight.first) bought.add(items[row]!)
  }
  return bought
}
