/**
 * Exact sums of vvᵀ for whole numbers too large to be squared in doubles: split at 2²², multiplied as Karatsuba did.
 *
 *     v = h·2²² + l      vᵢvⱼ = hᵢhⱼ·2⁴⁴ + ((h+l)ᵢ(h+l)ⱼ − hᵢhⱼ − lᵢlⱼ)·2²² + lᵢlⱼ
 *
 * Each of the three is a sum of small products, which stays in doubles for a thousand rows (exact-sums). Vectors beyond the doubles are
 * multiplied as big integers. The bits are the same in any order, and sign −1 takes back exactly.
 */
import { addTriangle, type ExactSums, largestOf, makeRoom, openSums, totalsOf, type Whole } from './exact-sums.ts'

export interface ExactSquares {
  readonly high: ExactSums
  readonly low: ExactSums
  readonly both: ExactSums
  /** Of vectors that are no doubles. */
  readonly large: bigint[]
  /** h, l and h + l of the vector at hand. */
  readonly halves: Three
}

type Three = readonly [Float64Array, Float64Array, Float64Array]

const BASE = 2 ** 22

/** For vectors of `size` numbers: size(size + 1)/2 sums. */
export function openSquares(size: number): ExactSquares {
  const count = (size * (size + 1)) / 2
  const half = () => new Float64Array(size)
  return {
    ...{ high: openSums(count), low: openSums(count), both: openSums(count), large: new Array<bigint>(count).fill(0n) },
    halves: [half(), half(), half()],
  }
}

/** Adds sign·vvᵀ; v of whole numbers, safe ones or big integers. */
export function addSquare(squares: ExactSquares, v: Whole | readonly bigint[], sign: 1 | -1): void {
  if (isBig(v)) addLarge(squares.large, v, sign)
  else addSplit(squares, v, sign)
}

/** By pair (i, j), j ≥ i, row by row. */
export function squareTotals({ high, low, both, large }: ExactSquares): readonly bigint[] {
  const [h, l, b] = [totalsOf(high), totalsOf(low), totalsOf(both)]
  return large.map((own, i) => own + (h[i]! << 44n) + ((b[i]! - h[i]! - l[i]!) << 22n) + l[i]!)
}

function addSplit({ high, low, both, halves }: ExactSquares, v: Whole, sign: 1 | -1): void {
  const [h, l, s] = halves
  for (let i = 0; i < v.length; i++) {
    const upper = Math.round(v[i]! / BASE)
    h[i] = upper
    l[i] = v[i]! - upper * BASE
    s[i] = h[i]! + l[i]!
  }
  // The high halves of the largest vectors have products that no double holds.
  const isRoom = makeRoom(high, largestOf(h) ** 2) && makeRoom(low, largestOf(l) ** 2) && makeRoom(both, largestOf(s) ** 2)
  if (!isRoom) {
    addTriangle(high, h, { sign, bound: largestOf(h) ** 2 })
    addTriangle(low, l, { sign, bound: largestOf(l) ** 2 })
    addTriangle(both, s, { sign, bound: largestOf(s) ** 2 })
    return
  }
  addTriangles([high.recent, low.recent, both.recent], halves, sign)
}

/** All three at once: one pass over the pairs. */
function addTriangles([high, low, both]: Three, [h, l, s]: Three, sign: 1 | -1): void {
  const size = h.length
  let at = 0
  for (let i = 0; i < size; i++) {
    if (h[i] === 0 && l[i] === 0) {
      at += size - i
      continue
    }
    const [upper, lower, sum] = [sign * h[i]!, sign * l[i]!, sign * s[i]!]
    for (let j = i; j < size; j++, at++) {
      high[at] = high[at]! + upper * h[j]!
      low[at] = low[at]! + lower * l[j]!
      both[at] = both[at]! + sum * s[j]!
    }
  }
}

function addLarge(large: bigint[], v: readonly bigint[], sign: 1 | -1): void {
  let at = 0
  for (let i = 0; i < v.length; i++) {
    const left = BigInt(sign) * v[i]!
    for (let j = i; j < v.length; j++) large[at] = large[at++]! + left * v[j]!
  }
}

function isBig(v: Whole | readonly bigint[]): v is readonly bigint[] {
  return typeof v[0] === 'bigint'
}
