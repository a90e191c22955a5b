/**
 * Drift: whether demand since the training still looks like demand before it (population stability index).
 *
 *     PSI = Σ_b (q_b − p_b)·ln(q_b/p_b)      p before, q since; bins: the 30 items asked for most, items that were never seen, all others
 *     without drift PSI ≈ χ²_{B−1}·(1/n + 1/m)      for n and m distinct pairs of shopper and item
 *
 * It has drifted when PSI is above .25, the usual mark for "another population", and above what chance makes of so few pairs once in a
 * thousand times. Every bin has half a pair more than was counted. A pair counts once: what one shopper does again and again is one wish.
 * @see Yurdakul & Naranjo (2020), Statistical properties of the population stability index, doi:10.21314/JRMV.2020.227
 */
import { chiSquareUpperQuantile } from '../stats/chi-square.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import type { DemandReference } from './demand-reference.ts'

export interface Drift {
  readonly kind: 'drift'
  readonly psi: number
  /** What chance exceeds once in a thousand times. */
  readonly noise: number
  /** Part of the pairs with items that the training had never seen. */
  readonly newItems: number
  readonly pairs: number
  readonly drifted: boolean
}

export const PSI_MARK = 0.25
/** Fewer pairs than this say nothing. */
const PAIRS_MIN = 200
const FALSE_ALARM = 0.001
const HALF_A_PAIR = 0.5

/** Unknown before there are pairs enough on both sides. */
export function driftOf(reference: DemandReference, since: ReadonlyMap<number, number>): Drift | Unknown {
  const pairs = sum(since.values())
  const least = Math.min(pairs, reference.pairs)
  if (least < PAIRS_MIN) return unknown('too-few-events', { have: least, need: PAIRS_MIN })
  const known = Buffer.from(reference.known, 'base64')
  const isKnown = (item: number) => ((known[item >> 3] ?? 0) & (1 << (item & 7))) !== 0
  const fresh = sum([...since].filter(([item]) => !isKnown(item)).map(([, count]) => count))
  const before = binsOf(
    reference.top.map(([, count]) => count),
    { fresh: 0, pairs: reference.pairs },
  )
  const after = binsOf(
    reference.top.map(([item]) => since.get(item) ?? 0),
    { fresh, pairs },
  )
  const psi = before.reduce((total, p, bin) => total + (after[bin]! - p) * Math.log(after[bin]! / p), 0)
  const noise = chiSquareUpperQuantile(FALSE_ALARM, before.length - 1) * (1 / pairs + 1 / reference.pairs)
  return { kind: 'drift', psi, noise, newItems: fresh / pairs, pairs, drifted: psi > Math.max(PSI_MARK, noise) }
}

/** Shares of the watched items, of new ones and of all others. */
function binsOf(watched: readonly number[], { fresh, pairs }: { readonly fresh: number; readonly pairs: number }): readonly number[] {
  const counts = [...watched, fresh, pairs - fresh - sum(watched)]
  const total = pairs + HALF_A_PAIR * counts.length
  return counts.map((count) => (count + HALF_A_PAIR) / total)
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
