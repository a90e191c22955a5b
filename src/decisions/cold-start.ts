/**
 * Cold start: of a shopper nothing is known, so the best items change places a little, and the log learns what the ranking would have hidden.
 *
 *     weight of rank r = r^(−1/τ)      slate = a draw without replacement      π = P(the item of that rank stands at its place), exact
 *
 * The last step: nothing re-ranks after it, and pinned items stay where they are. Weights go by rank, not by score, so that a little means
 * the same for every policy; hence one table of probabilities for a length and a temperature, made once.
 */
import type { RankRequest } from '../policies/policy.ts'
import { placeProbabilities, raceOf } from '../stats/exponential-race.ts'
import { randomOf } from '../stats/random.ts'

export interface Mixing {
  readonly temperature: number
  readonly within: number
  /** Places (from 0) that keep their item. */
  readonly pinned: ReadonlySet<number>
  /** Integer in [0, 2⁵³). */
  readonly seed: number
}

/** The new order: at each place the place that the item had, and with which probability it came to stand there. */
export interface Mixed {
  readonly order: readonly number[]
  readonly probabilities: readonly number[]
}

const tables = new Map<string, readonly number[]>()
const TABLES_MAX = 200

/** Whether a request tells nothing to go by. */
export function isCold({ history, item, cart, candidates }: RankRequest): boolean {
  return history.length === 0 && item === null && cart.length === 0 && candidates === null
}

/** Mixes the first places of a slate of `length` items. */
export function mixed(length: number, { temperature, within, pinned, seed }: Mixing): Mixed {
  const order = Array.from({ length }, (_, place) => place)
  const probabilities = order.map(() => 1)
  const free = order.slice(0, within).filter((place) => !pinned.has(place))
  if (free.length < 2) return { order, probabilities }
  const weights = free.map((_, rank) => (rank + 1) ** (-1 / temperature))
  const table = tableOf(weights, temperature)
  raceOf(weights, randomOf(seed)).forEach((rank, arrival) => {
    const place = free[arrival]!
    order[place] = free[rank]!
    probabilities[place] = table[rank * free.length + arrival]!
  })
  return { order, probabilities }
}

/** P(rank r arrives k-th) at r·n + k. */
function tableOf(weights: readonly number[], temperature: number): readonly number[] {
  const n = weights.length
  const name = `${n} ${temperature}`
  const known = tables.get(name)
  if (known) return known
  const asked = Array.from({ length: n * n }, (_, at) => ({ clock: Math.floor(at / n), place: at % n }))
  const table = placeProbabilities(weights, asked).map((p) => Math.min(1, Math.max(Number.MIN_VALUE, p)))
  if (tables.size >= TABLES_MAX) tables.clear()
  tables.set(name, table)
  return table
}
