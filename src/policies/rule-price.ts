/**
 * What pins, boosts and exposure targets cost: the slate beside the one that would have stood there without them.
 *
 *     quality = 1 − DCG(relevance, with)/DCG(relevance, without)       DCG = Σ rel_k/log₂(1 + k)
 *     money   = Σ e_k/log₂(1 + k), without − with                      expected earnings in minor units, attention falling with the place
 *
 * Both may be below 0: a rule can also put right what the weights had given up.
 * @see Järvelin & Kekäläinen (2002), doi:10.1145/582415.582418
 */
import type { Valued } from './item-value.ts'

export interface RulePrice {
  /** Part of the ranking quality that the rules cost, at most 1. */
  readonly quality: number
  /** Expected earnings that the rules cost, in minor units; null when no margin is known. */
  readonly moneyMinor: number | null
}

/** Rules that had a part in a slate, and what they cost it. Items by number. */
export interface RulesApplied {
  readonly pins: readonly { readonly item: number; readonly rank: number }[]
  readonly boosts: readonly { readonly item: number; readonly factor: number }[]
  /** Exposure targets that lifted an item of the slate, with what they gave; absent when there were none. */
  readonly exposure?: readonly { readonly item: number; readonly pressure: number }[]
  readonly price: RulePrice
}

/** Compares two slates of one pool, given as positions in it. */
export function priceOf(
  { relevance, profit }: Valued,
  slates: { readonly with: readonly number[]; readonly without: readonly number[] },
): RulePrice {
  const free = discountedSum(relevance, slates.without)
  return {
    quality: free > 0 ? 1 - discountedSum(relevance, slates.with) / free : 0,
    moneyMinor: profit && discountedSum(profit, slates.without) - discountedSum(profit, slates.with),
  }
}

function discountedSum(worth: Float64Array, positions: readonly number[]): number {
  return positions.reduce((sum, k, place) => sum + worth[k]! / Math.log2(place + 2), 0)
}
