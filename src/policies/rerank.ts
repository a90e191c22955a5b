/**
 * From a pool of valued items to a slate: one place after another goes to whoever adds most (maximal marginal relevance).
 *
 *     place k:  max over what is left of  λ·vᵢ − (1 − λ)·max over j above of like(i, j)
 *
 * Caps are constraints: what would break one is out, and the slate becomes shorter rather than wrong. Pins stand where they were told to,
 * and count towards caps. Without pins the scores of a slate never rise from one place to the next. O(places × pool).
 * @see Carbonell & Goldstein (1998), The use of MMR, doi:10.1145/290941.291025
 */
import { type Assembly, CAPPED } from './assembly.ts'
import type { Catalogue } from './catalogue.ts'
import type { Terms, Valued } from './item-value.ts'
import { likenessIn } from './likeness.ts'

export interface Reranking {
  readonly size: number
  readonly diversity: number
  readonly caps: Assembly['caps']
  readonly catalogue: Catalogue
  /** With the boosts or without. */
  readonly values: Float64Array
  /** Positions in the pool by place (from 0). */
  readonly pins: ReadonlyMap<number, number>
  /** Positions from here on are in the pool for the pins alone. */
  readonly free: number
}

/** Positions in the pool with what they scored and lost, in the order of the slate. */
export interface Places {
  readonly positions: readonly number[]
  readonly scores: readonly number[]
  /** max like(i, j) when the place was given. */
  readonly likeness: readonly number[]
}

/** Gives the places away. */
export function rerank(items: readonly number[], ranking: Reranking): Places {
  const { size, diversity, values, pins, free } = ranking
  const taken = new Uint8Array(items.length)
  const nearest = new Float64Array(items.length)
  const caps = capsOf(items, ranking)
  const likeness = likenessIn(ranking.catalogue)
  const places = { positions: [] as number[], scores: [] as number[], likeness: [] as number[] }
  const scoreOf = (k: number) => (1 - diversity) * values[k]! - diversity * nearest[k]!
  for (const k of pins.values()) {
    taken[k] = 1
    caps.count(k)
  }
  for (let place = 0; place < size; place++) {
    const pinned = pins.get(place)
    const k = pinned ?? bestOf(taken, { free, scoreOf, fits: caps.fits })
    if (k < 0) continue
    if (pinned === undefined) caps.count(k)
    taken[k] = 1
    places.positions.push(k)
    places.scores.push(scoreOf(k))
    places.likeness.push(nearest[k]!)
    if (diversity > 0) likeness.approach(nearest, items, items[k]!)
  }
  return places
}

interface Search {
  readonly free: number
  readonly scoreOf: (k: number) => number
  readonly fits: (k: number) => boolean
}

/** The position with the largest score that fits, the earlier one of equals; −1 when there is none. What does not fit now never will. */
function bestOf(taken: Uint8Array, { free, scoreOf, fits }: Search): number {
  let best = -1
  let most = Number.NEGATIVE_INFINITY
  for (let k = 0; k < free; k++) {
    if (taken[k] === 1) continue
    const score = scoreOf(k)
    if (score <= most) continue
    if (!fits(k)) {
      taken[k] = 1
      continue
    }
    best = k
    most = score
  }
  return best
}

/** Counts how many items of each brand, category and seller the slate holds. */
function capsOf(items: readonly number[], { caps, catalogue }: Reranking) {
  const columns = { brand: catalogue.brands, category: catalogue.categories, seller: catalogue.sellers }
  const capped = CAPPED.flatMap((field) => {
    const most = caps[field]
    return most === null ? [] : [{ most, column: columns[field], counts: new Map<string, number>() }]
  })
  return {
    fits: (k: number): boolean =>
      capped.every(({ most, column, counts }) => {
        const value = column[items[k]!]
        return !value || (counts.get(value) ?? 0) < most
      }),
    count: (k: number): void => {
      for (const { column, counts } of capped) {
        const value = column[items[k]!]
        if (value) counts.set(value, (counts.get(value) ?? 0) + 1)
      }
    },
  }
}

/** What the score of a place is made of; the parts add up to it. */
export function termsOf(
  valued: Valued,
  k: number,
  { diversity, likeness }: { readonly diversity: number; readonly likeness: number },
): Terms {
  const kept = 1 - diversity
  const terms: Record<string, number> = {}
  for (const [name, part] of Object.entries(valued.parts)) terms[name] = kept * part[k]!
  const boost = valued.factors ? kept * valued.plain[k]! * (valued.factors[k]! - 1) : 0
  const lift = valued.lift ? kept * valued.lift[k]! : 0
  if (boost !== 0) terms.boost = boost
  if (lift !== 0) terms.exposure = lift
  if (diversity > 0) terms.diversity = -diversity * likeness
  return terms
}
