/**
 * Exact sums of vvᵀ for whole numbers too large to be squared in doubles: split at 2²², multiplied as Karatsuba did.
 *
 *     v = h·2²² + l      vᵢvⱼ = hᵢhⱼ·2⁴⁴ + ((h+l)ᵢ(h+l)ⱼ − hᵢhⱼ − lᵢlⱼ)·2²² + lᵢlⱼ
 *
 * Each of the three is a sum of small products, which stays in doubles for a thousand rows (exact-sums). Vectors beyond the doubles are
 * multiplied as big integers. The bits are the same in any order, and sign −1 takes back exactly.
 */
import { addTriangle, type ExactSums, largestOf, openSums, totalsOf, type Whole } from './exact-sums.ts'

export interface ExactSquares {
  readonly high: ExactSums
  readonly low: ExactSums
  readonly both: ExactSums
  /** Of vectors that are no doubles. */
  readonly large: bigint[]
}

const BASE = 2 ** 22

/** For vectors of `size` numbers: size(size + 1)/2 sums. */
export function openSquares(size: number): ExactSquares {
  const count = (size * (size + 1)) / 2
  return { high: openSums(count), low: openSums(count), both: openSums(count), large: new Array<bigint>(count).fill(0n) }
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

function addSplit({ high, low, both }: ExactSquares, v: Whole, sign: 1 | -1): void {
  const h = new Float64Array(v.length)
  const l = new Float64Array(v.length)
  const sum = new Float64Array(v.length)
  for (let i = 0; i < v.length; i++) {
    h[i] = Math.round(v[i]! / BASE)
    l[i] = v[i]! - h[i]! * BASE
    sum[i] = h[i]! + l[i]!
  }
  addTriangle(high, h, { sign, bound: largestOf(h) ** 2 })
  addTriangle(low, l, { sign, bound: largestOf(l) ** 2 })
  addTriangle(both, sum, { sign, bound: largestOf(sum) ** 2 })
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
