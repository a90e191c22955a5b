/**
 * Adding decisions up, quickly and exactly: in doubles while their sums are certain to be whole numbers, in big integers beyond.
 *
 * A bound on every sum is carried along. Before it could pass 2⁵³ the doubles are poured into the big integers and start again at 0;
 * an outcome whose square alone is larger than that is added as a big integer.
 */
import { assert } from '../stats/assert.ts'
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
  const sums = [triangle(features), features * outcomes, triangle(outcomes)].map(openSums) as [Sums, Sums, Sums]
  let n = 0
  return {
    add(x, y) {
      assert(x.length === features && y.length === outcomes, `a decision has ${features} features and ${outcomes} outcomes`)
      const largestX = largest(x)
      const largestY = largest(y)
      assert(largestX <= FEATURE_MAX, `features lie within ±8, got ${largestX / FEATURE_SCALE}`)
      const [a, b, c] = sums
      addTriangle(a, x, largestX * largestX)
      addProducts(b, x, y, largestX * largestY)
      addTriangle(c, y, largestY * largestY)
      n++
    },
    moments() {
      const [a, b, c] = sums.map(totalsOf) as [bigint[], bigint[], bigint[]]
      return { features, outcomes, n: BigInt(n), a, b, c }
    },
  }
}

/** Running sums: what the doubles hold, how large it may be, and what was poured out of them. */
interface Sums {
  readonly recent: Float64Array
  readonly poured: bigint[]
  bound: number
}

function openSums(count: number): Sums {
  return { recent: new Float64Array(count), poured: new Array<bigint>(count).fill(0n), bound: 0 }
}

/** The largest size; everything is a whole number. */
function largest(values: ArrayLike<number>): number {
  let size = 0
  for (let i = 0; i < values.length; i++) {
    assert(Number.isSafeInteger(values[i]), `moments are of whole numbers, got ${values[i]}`)
    size = Math.max(size, Math.abs(values[i]!))
  }
  return size
}

function addTriangle(sums: Sums, x: ArrayLike<number>, bound: number): void {
  const isExact = makeRoom(sums, bound)
  let at = 0
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!
    if (value === 0) at += x.length - i
    else for (let j = i; j < x.length; j++, at++) addProduct(sums, at, value, x[j]!, isExact)
  }
}

function addProducts(sums: Sums, x: ArrayLike<number>, y: ArrayLike<number>, bound: number): void {
  const isExact = makeRoom(sums, bound)
  for (let i = 0; i < x.length; i++) for (let k = 0; k < y.length; k++) addProduct(sums, i * y.length + k, x[i]!, y[k]!, isExact)
}

function addProduct(sums: Sums, at: number, one: number, other: number, isExact: boolean): void {
  if (isExact) sums.recent[at] = sums.recent[at]! + one * other
  else sums.poured[at] = sums.poured[at]! + BigInt(one) * BigInt(other)
}

/** Whether the doubles can take products up to `bound`, poured out first where they are too full. */
function makeRoom(sums: Sums, bound: number): boolean {
  if (bound > Number.MAX_SAFE_INTEGER) return false
  if (sums.bound + bound > Number.MAX_SAFE_INTEGER) pour(sums)
  sums.bound += bound
  return true
}

function pour(sums: Sums): void {
  for (let i = 0; i < sums.recent.length; i++) sums.poured[i] = sums.poured[i]! + BigInt(sums.recent[i]!)
  sums.recent.fill(0)
  sums.bound = 0
}

function totalsOf(sums: Sums): bigint[] {
  return sums.poured.map((poured, i) => poured + BigInt(sums.recent[i]!))
}
