/**
 * Moments at decision grain: all that a bandit ever learns from. One cell per arm, stratum and time bucket.
 *
 *     n      A = Σxxᵀ (d × d, upper triangle)      B = Σxyᵀ (d × m)      C = Σyyᵀ (m × m, upper triangle)
 *
 * Features are integers in units of 1/1024 with |x| ≤ 8, outcomes integers in their smallest unit, so every sum is exact and therefore
 * the same bits in any order, partition or process. Merging is adding; forgetting a shopper is subtracting. Triangles lie row by row,
 * as in pair-moments.
 */
import { assert } from '../stats/assert.ts'

/** d features and m outcomes. */
export interface DecisionShape {
  readonly features: number
  readonly outcomes: number
}

export interface DecisionMoments extends DecisionShape {
  readonly n: bigint
  /** d(d+1)/2, in units of 1/1024². */
  readonly a: readonly bigint[]
  /** d·m, row by row, in units of 1/1024 times the outcome's unit. */
  readonly b: readonly bigint[]
  /** m(m+1)/2, in products of the outcomes' units. */
  readonly c: readonly bigint[]
}

/** The cell of nothing. */
export function noDecisions({ features, outcomes }: DecisionShape): DecisionMoments {
  const zeros = (count: number) => new Array<bigint>(count).fill(0n)
  return { features, outcomes, n: 0n, a: zeros(triangle(features)), b: zeros(features * outcomes), c: zeros(triangle(outcomes)) }
}

/** The moments of two disjoint sets of decisions together. */
export function mergeDecisions(one: DecisionMoments, other: DecisionMoments): DecisionMoments {
  return combined(one, other, (a, b) => a + b)
}

/** The moments of `whole` without `part`: what is left when a shopper is forgotten or a late outcome replaces an early one. */
export function subtractDecisions(whole: DecisionMoments, part: DecisionMoments): DecisionMoments {
  assert(part.n <= whole.n, `${part.n} decisions are no part of ${whole.n}`)
  return combined(whole, part, (a, b) => a - b)
}

/** Numbers in a triangle with its diagonal. */
export function triangle(size: number): number {
  return (size * (size + 1)) / 2
}

function combined(one: DecisionMoments, other: DecisionMoments, combine: (a: bigint, b: bigint) => bigint): DecisionMoments {
  assert(one.features === other.features && one.outcomes === other.outcomes, 'moments of different shapes have nothing in common')
  const both = (a: readonly bigint[], b: readonly bigint[]) => a.map((value, i) => combine(value, b[i]!))
  const { features, outcomes } = one
  return { features, outcomes, n: combine(one.n, other.n), a: both(one.a, other.a), b: both(one.b, other.b), c: both(one.c, other.c) }
}
