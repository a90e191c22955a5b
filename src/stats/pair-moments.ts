/**
 * Joint moments of several quantities per unit: (outcome, covariates), (numerator, denominator).
 *
 * Products are kept once each, row by row of the upper triangle: (0,0), (0,1), …, (0,k−1), (1,1), …
 *
 *     C_ij = Σ(xᵢ − x̄ᵢ)(xⱼ − x̄ⱼ) = (n·Σxᵢxⱼ − Σxᵢ·Σxⱼ)/n
 *
 * Like plain moments they merge in any order, and come from exact integer sums by one division.
 * @see Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115
 */
import { assert } from './assert.ts'
import { exactRatio } from './exact-ratio.ts'
import type { Moments } from './moments.ts'

/** n units, k means, k(k+1)/2 sums of products of deviations. */
export interface JointMoments {
  readonly n: number
  readonly mean: readonly number[]
  readonly comoments: readonly number[]
}

/** Exact sums over units: k sums and k(k+1)/2 sums of products. */
export interface JointSums {
  readonly n: bigint
  readonly sums: readonly bigint[]
  readonly products: readonly bigint[]
}

/** Where C_ij stands in the packed triangle of k quantities. */
export function packedIndex(i: number, j: number, k: number): number {
  const [row, column] = i <= j ? [i, j] : [j, i]
  assert(row >= 0 && column < k, `(${i}, ${j}) is outside ${k} quantities`)
  return row * k - (row * (row - 1)) / 2 + (column - row)
}

/** Joint moments from exact sums; an impossible sum of squares is an error, as in `momentsOfSums`. */
export function jointMomentsOfSums({ n, sums, products }: JointSums): JointMoments {
  const k = sums.length
  assert(products.length === (k * (k + 1)) / 2, `${k} sums need ${(k * (k + 1)) / 2} products, got ${products.length}`)
  if (n === 0n) return { n: 0, mean: sums.map(() => 0), comoments: products.map(() => 0) }
  const comoments: number[] = []
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) {
      const spread = n * products[comoments.length]! - sums[i]! * sums[j]!
      assert(i !== j || spread >= 0n, `no sample has these sums: the variance of quantity ${i} would be negative`)
      comoments.push(exactRatio(spread, n))
    }
  }
  return { n: Number(n), mean: sums.map((sum) => exactRatio(sum, n)), comoments }
}

/** Joint moments of rows in memory, each with the same k values, in two passes. */
export function jointMomentsOf(rows: readonly (readonly number[])[]): JointMoments {
  assert(rows.length > 0, 'joint moments of rows need at least one row')
  const k = rows[0]!.length
  const mean = Array.from({ length: k }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
  const comoments = new Array<number>((k * (k + 1)) / 2).fill(0)
  for (const row of rows) {
    let at = 0
    for (let i = 0; i < k; i++) {
      for (let j = i; j < k; j++) {
        comoments[at]! += (row[i]! - mean[i]!) * (row[j]! - mean[j]!)
        at += 1
      }
    }
  }
  assert(comoments.every(Number.isFinite), 'joint moments need finite values')
  return { n: rows.length, mean, comoments }
}

/** Joint moments of the union of two disjoint samples of the same quantities. */
export function mergeJointMoments(a: JointMoments, b: JointMoments): JointMoments {
  assert(a.mean.length === b.mean.length, `${a.mean.length} and ${b.mean.length} quantities do not merge`)
  if (a.n === 0) return b
  if (b.n === 0) return a
  const n = a.n + b.n
  const delta = b.mean.map((mean, i) => mean - a.mean[i]!)
  const comoments: number[] = []
  for (let i = 0; i < delta.length; i++) {
    for (let j = i; j < delta.length; j++) {
      const at = comoments.length
      comoments.push(a.comoments[at]! + b.comoments[at]! + ((delta[i]! * delta[j]! * a.n) / n) * b.n)
    }
  }
  return { n, mean: a.mean.map((mean, i) => mean + (delta[i]! * b.n) / n), comoments }
}

/** Sample covariance C_ij/(n − 1), for n ≥ 2. */
export function covarianceOf(moments: JointMoments, i: number, j: number): number {
  assert(moments.n >= 2, `a covariance needs two units, got ${moments.n}`)
  return moments.comoments[packedIndex(i, j, moments.mean.length)]! / (moments.n - 1)
}

/** Moments of quantity i alone. */
export function marginalOf(moments: JointMoments, i: number): Moments {
  return { n: moments.n, mean: moments.mean[i]!, m2: moments.comoments[packedIndex(i, i, moments.mean.length)]! }
}

/** Moments of Σ wᵢxᵢ: one number per unit, for example m − r·d or y − θ·x. */
export function combinationOf(moments: JointMoments, weights: readonly number[]): Moments {
  const k = moments.mean.length
  assert(weights.length === k, `${k} quantities need ${k} weights, got ${weights.length}`)
  let mean = 0
  let m2 = 0
  for (let i = 0; i < k; i++) {
    mean += weights[i]! * moments.mean[i]!
    for (let j = 0; j < k; j++) m2 += weights[i]! * weights[j]! * moments.comoments[packedIndex(i, j, k)]!
  }
  return { n: moments.n, mean, m2: Math.max(0, m2) }
}
