/**
 * Small symmetric systems that may be singular: regression on collinear covariates, quadratic forms of singular covariances.
 *
 * Quantities are swept in one after the other, each against those already in; one that has nothing of its own left (its remaining
 * variance below 10⁻¹⁰ of what it had) stays out. A covariate that repeats another one therefore changes nothing.
 * @see Goodnight (1979), doi:10.1080/00031305.1979.10482685
 */
import { assert } from './assert.ts'

const REMAINING_MIN = 1e-10

export interface Solution {
  /** One number per quantity; 0 for those that stayed out. */
  readonly x: readonly number[]
  /** Which quantities are in; their number is the rank. */
  readonly used: readonly boolean[]
  /** How far A·x misses b for the quantities that stayed out, relative to the size of b. */
  readonly unmet: number
}

/** Solves A·x = b for a symmetric, not negative matrix of any rank. */
export function solveSymmetric(matrix: readonly (readonly number[])[], b: readonly number[]): Solution {
  const k = b.length
  assert(matrix.length === k && matrix.every((row) => row.length === k), `a system of ${k} needs a ${k} × ${k} matrix`)
  const a = matrix.map((row, i) => [...row, b[i]!])
  const used = new Array<boolean>(k).fill(false)
  for (let step = 0; step < k; step++) {
    const pivot = largestRemaining(a, matrix, used)
    if (pivot < 0) break
    used[pivot] = true
    sweep(a, pivot)
  }
  const x = a.map((row, i) => (used[i] ? row[k]! : 0))
  const size = Math.max(...b.map(Math.abs), Number.MIN_VALUE)
  const unmet = a.reduce((worst, row, i) => (used[i] ? worst : Math.max(worst, Math.abs(row[k]!) / size)), 0)
  return { x, used, unmet }
}

function largestRemaining(a: readonly (readonly number[])[], matrix: readonly (readonly number[])[], used: readonly boolean[]): number {
  let best = -1
  let most = REMAINING_MIN
  for (let i = 0; i < used.length; i++) {
    const share = used[i] || !(matrix[i]![i]! > 0) ? 0 : a[i]![i]! / matrix[i]![i]!
    if (share > most) {
      most = share
      best = i
    }
  }
  return best
}

/** Gauss–Jordan elimination of one column. */
function sweep(a: number[][], pivot: number): void {
  const row = a[pivot]!
  const scale = row[pivot]!
  for (let j = 0; j < row.length; j++) row[j]! /= scale
  for (let i = 0; i < a.length; i++) {
    if (i === pivot) continue
    const factor = a[i]![pivot]!
    if (factor === 0) continue
    for (let j = 0; j < row.length; j++) a[i]![j]! -= factor * row[j]!
  }
}
