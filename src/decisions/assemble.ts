/**
 * Assembly: from the ranking of a policy to the slate of a surface. Pure; the settings come with the snapshot.
 *
 *     ranking ─▶ value of every item (item-value) ─▶ places: caps, diversity, pins (rerank) ─▶ slate, its terms, the rules' price
 */
import type { Assembly } from '../policies/assembly.ts'
import type { Calibration } from '../policies/calibration.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import type { Pressure } from '../policies/exposure-control.ts'
import { factorOf, type Terms, type Valued, valuesOf } from '../policies/item-value.ts'
import type { Ranked, RankRequest, Why } from '../policies/policy.ts'
import type { ChancesBy } from '../policies/pool-chances.ts'
import { type Places, type Reranking, rerank, termsOf } from '../policies/rerank.ts'
import { priceOf, type RulesApplied } from '../policies/rule-price.ts'

/** Chances of a purchase of a slate's items, and whose word that is. */
export interface SlateChances {
  readonly by: ChancesBy
  /** Id of the calibration; null for settings. */
  readonly calibration: string | null
  readonly items: readonly number[]
}

/** A slate as it was put together. `terms` explain the scores; `rules` is null when none had a part in it. */
export interface Assembled extends Ranked {
  readonly terms: readonly Terms[]
  readonly chances: SlateChances
  readonly rules: RulesApplied | null
}

const PINNED: Why = { kind: 'rule', rule: 'pin' }

/** Puts a slate of `request.size` items together; shorter only when caps leave no other choice. */
export function assemble(ranked: Ranked, { request, settings, catalogue, demand, pressures, calibration }: Assembling): Assembled {
  const pins = pinsOf({ request, settings, catalogue })
  const items = [...ranked.items, ...[...pins.values()].filter((item) => !ranked.items.includes(item))]
  const scores = items.map((_, k) => ranked.scores[k] ?? 0)
  const touched = [...request.history, ...request.cart]
  const valued = valuesOf({ items, scores, catalogue, demand, touched, pressures, calibration, now: request.now ?? 0 }, settings)
  const { diversity, caps } = settings
  const ranking: Reranking = {
    ...{ size: request.size, diversity, caps, catalogue, values: valued.boosted, free: ranked.items.length },
    pins: new Map([...pins].map(([place, item]) => [place, items.indexOf(item)])),
  }
  const places = rerank(items, ranking)
  const pinned = new Set(ranking.pins.values())
  return {
    items: places.positions.map((k) => items[k]!),
    scores: places.scores,
    why: places.positions.map((k) => (pinned.has(k) ? PINNED : ranked.why[k]!)),
    chances: {
      by: valued.chances.by,
      calibration: valued.chances.calibration,
      items: places.positions.map((k) => valued.chances.chances[k]!),
    },
    terms: places.positions.map((k, place) => termsOf(valued, k, { diversity, likeness: places.likeness[place]! })),
    rules: rulesOf(valued, { places, ranking, settings, catalogue }),
  }
}

export interface Assembling {
  readonly request: RankRequest
  readonly settings: Assembly
  readonly catalogue: Catalogue
  /** By item number, what part of all demand it has; null where no policy knows. */
  readonly demand: Float64Array | null
  /** What exposure targets give at the moment. */
  readonly pressures: readonly Pressure[]
  /** What was learned of the chances of the policy that served; null where nothing was. */
  readonly calibration: Calibration | null
}

/** Item numbers by place, of the pins that may be shown in this slate. */
function pinsOf({ request, settings, catalogue }: Omit<Assembling, 'demand' | 'pressures' | 'calibration'>): ReadonlyMap<number, number> {
  const { size, allowed, candidates, cart } = request
  const pins = new Map<number, number>()
  for (const { itemId, rank } of settings.pins) {
    const item = catalogue.numberOf(itemId)
    if (item === undefined || rank > size || allowed[item] !== 1 || item === request.item || cart.includes(item)) continue
    if (candidates === null || candidates.includes(item)) pins.set(rank - 1, item)
  }
  return pins
}

interface Ruled {
  readonly places: Places
  readonly ranking: Reranking
  readonly settings: Assembly
  readonly catalogue: Catalogue
}

function rulesOf(valued: Valued, { places, ranking, settings, catalogue }: Ruled): RulesApplied | null {
  const isBoosted = valued.boosted.some((value, k) => value !== valued.plain[k])
  if (ranking.pins.size === 0 && !isBoosted) return null
  const without = rerank(valued.items, { ...ranking, values: valued.plain, pins: new Map() })
  const shown = places.positions.map((k) => valued.items[k]!)
  const pinned = new Set(ranking.pins.values())
  return {
    pins: places.positions.flatMap((k, place) => (pinned.has(k) ? [{ item: valued.items[k]!, rank: place + 1 }] : [])),
    boosts: shown.map((item) => ({ item, factor: factorOf(item, settings.boosts, catalogue) })).filter(({ factor }) => factor !== 1),
    ...(valued.lift && { exposure: liftedIn(valued, places) }),
    price: priceOf(valued, { with: places.positions, without: without.positions }),
  }
}

function liftedIn({ items, lift }: Valued, { positions }: Places): NonNullable<RulesApplied['exposure']> {
  return positions.map((k) => ({ item: items[k]!, pressure: lift![k]! })).filter(({ pressure }) => pressure > 0)
}
