/**
 * Adding decisions up, quickly and exactly: in doubles while their sums are certain to be whole numbers, in big integers beyond (exact-sums).
 */
import { assert } from '../stats/assert.ts'
import { addProducts, addTriangle, type ExactSums, openSums, totalsOf } from '../stats/exact-sums.ts'
import { type DecisionMoments, type DecisionShape, triangle } from './decision-moments.ts'
import { FEATURE_SCALE } from './features.ts'

/** |x| ≤ 8. */
export const FEATURE_MAX = 8 * FEATURE_SCALE

export interface DecisionAccumulator {
  /** One decision: x of integers in 1/1024, y of integers; both are only read. */
  add(x: ArrayLike<number>, y: ArrayLike<number>): void
  /** What was added so far. */
  moments(): DecisionMoments
}

/** An empty accumulator. */
export function openDecisionAccumulator({ features, outcomes }: DecisionShape): DecisionAccumulator {
  const sums = [triangle(features), features * outcomes, triangle(outcomes)].map(openSums) as [ExactSums, ExactSums, ExactSums]
  let n = 0
  return {
    add(x, y) {
      assert(x.length === features && y.length === outcomes, 'a decision has the features and outcomes that the sums were opened for')
      const largestX = largest(x)
      const largestY = largest(y)
      assert(largestX <= FEATURE_MAX, 'features lie within ±8')
      const [a, b, c] = sums
      addTriangle(a, x, { sign: 1, bound: largestX * largestX })
      addProducts(b, x, { y, sign: 1, bound: largestX * largestY })
      addTriangle(c, y, { sign: 1, bound: largestY * largestY })
      n++
    },
    moments() {
      const [a, b, c] = sums.map(totalsOf) as [readonly bigint[], readonly bigint[], readonly bigint[]]
      return { features, outcomes, n: BigInt(n), a, b, c }
    },
  }
}

/** The largest size; everything is a whole number. */
function largest(values: ArrayLike<number>): number {
  let size = 0
  for (let i = 0; i < values.length; i++) {
    assert(Number.isSafeInteger(values[i]), 'moments are of whole numbers')
    size = Math.max(size, Math.abs(values[i]!))
  }
  return size
}
