/**
 * Bayesian linear regression of several outcomes on shared features, for one arm: matrix-normal inverse-Wishart, in closed form.
 *
 *     Λ = Λ₀ + A      M = Λ⁻¹(Λ₀M₀ + B)      Ψ = Ψ₀ + C + M₀ᵀΛ₀M₀ − MᵀΛM      ν = ν₀ + n
 *     mean reward w·y at x  ~  Student t( x·Mw,  scale² = (wᵀΨw/(ν−m+1))·xᵀΛ⁻¹x,  ν−m+1 )
 *
 * Weighting outcomes afterwards is the same as regressing w·y, when the prior is weighted along: M₀w, wᵀΨ₀w.
 * @see Gelman et al., Bayesian Data Analysis (3rd ed., 2013), section 14.2; Murphy (2012), section 7.6
 */
import { assert } from '../stats/assert.ts'
import { factorise, solve } from '../stats/cholesky.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'

/** Sums over decisions of one arm; matrices row by row. */
export interface LinearMoments {
  readonly n: number
  /** Σxxᵀ, d × d. */
  readonly a: Float64Array
  /** Σxyᵀ, d × m. */
  readonly b: Float64Array
  /** Σyyᵀ, m × m. */
  readonly c: Float64Array
}

export interface LinearPrior {
  /** Λ₀, d × d, positive definite: in rows of x. */
  readonly precision: Float64Array
  /** M₀, d × m. */
  readonly coefficients: Float64Array
  /** Ψ₀, m × m. */
  readonly residual: Float64Array
  /** ν₀. */
  readonly degreesOfFreedom: number
}

export interface LinearPosterior {
  readonly kind: 'posterior'
  readonly features: number
  readonly outcomes: number
  /** M, d × m. */
  readonly coefficients: Float64Array
  /** Λ⁻¹, d × d: the covariance of a coefficient column per unit of noise variance. */
  readonly covariance: Float64Array
  /** Ψ, m × m. */
  readonly residual: Float64Array
  /** ν. */
  readonly degreesOfFreedom: number
}

/** The posterior of one reward: a line in x, and how sure it is. */
export interface RewardPosterior {
  /** Mw, d. */
  readonly coefficients: Float64Array
  /** Λ⁻¹, d × d. */
  readonly covariance: Float64Array
  /** wᵀΨw/(ν−m+1): the variance of the reward around the line. */
  readonly noise: number
  /** ν−m+1. */
  readonly degreesOfFreedom: number
}

/** Posterior from moments and prior; unknown when Λ is not positive definite. */
export function linearPosterior(moments: LinearMoments, prior: LinearPrior): LinearPosterior | Unknown {
  const features = Math.sqrt(moments.a.length)
  const outcomes = moments.b.length / features
  assert(Number.isInteger(features) && Number.isInteger(outcomes) && moments.c.length === outcomes ** 2, 'moments of one shape are needed')
  const precision = moments.a.map((value, i) => value + prior.precision[i]!)
  const factor = precision.slice()
  if (!factorise(factor, features)) return unknown('singular')
  const start = product(prior.precision, prior.coefficients, { rows: features, inner: features, columns: outcomes })
  const target = start.map((value, i) => value + moments.b[i]!)
  const coefficients = solvedColumns(factor, target, { rows: features, columns: outcomes })
  const residual = new Float64Array(outcomes * outcomes)
  for (let k = 0; k < outcomes; k++) {
    for (let l = 0; l < outcomes; l++) {
      const at = k * outcomes + l
      // MᵀΛM = Mᵀ(Λ₀M₀ + B)
      const before = columnProduct(prior.coefficients, start, k, l, outcomes)
      const after = (columnProduct(coefficients, target, k, l, outcomes) + columnProduct(coefficients, target, l, k, outcomes)) / 2
      residual[at] = prior.residual[at]! + moments.c[at]! + before - after
    }
  }
  return {
    ...{ kind: 'posterior', features, outcomes, coefficients, residual },
    ...{ covariance: inverseOf(factor, features), degreesOfFreedom: prior.degreesOfFreedom + moments.n },
  }
}

/** The posterior of w·y. */
export function rewardPosterior({ features, outcomes, ...posterior }: LinearPosterior, weights: readonly number[]): RewardPosterior {
  assert(weights.length === outcomes, `${outcomes} outcomes need as many weights, got ${weights.length}`)
  const degreesOfFreedom = posterior.degreesOfFreedom - outcomes + 1
  const column = Float64Array.from(weights)
  const coefficients = product(posterior.coefficients, column, { rows: features, inner: outcomes, columns: 1 })
  return {
    coefficients,
    covariance: posterior.covariance,
    noise: quadraticForm(posterior.residual, column) / degreesOfFreedom,
    degreesOfFreedom,
  }
}

/** Mean and scale of the mean reward at x. */
export function rewardAt(posterior: RewardPosterior, x: ArrayLike<number>): { readonly mean: number; readonly scale: number } {
  let mean = 0
  for (let i = 0; i < x.length; i++) mean += x[i]! * posterior.coefficients[i]!
  return { mean, scale: Math.sqrt(posterior.noise * quadraticForm(posterior.covariance, x)) }
}

/** xᵀQx for a square matrix, row by row. */
export function quadraticForm(matrix: Float64Array, x: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) for (let j = 0; j < x.length; j++) sum += x[i]! * matrix[i * x.length + j]! * x[j]!
  return sum
}

/** (L·Lᵀ)⁻¹, both triangles. */
export function inverseOf(factor: Float64Array, size: number): Float64Array {
  const identity = new Float64Array(size * size)
  for (let i = 0; i < size; i++) identity[i * size + i] = 1
  return solvedColumns(factor, identity, { rows: size, columns: size })
}

interface Shape {
  readonly rows: number
  readonly columns: number
}

function solvedColumns(factor: Float64Array, right: Float64Array, { rows, columns }: Shape): Float64Array {
  const solution = new Float64Array(rows * columns)
  const column = new Float64Array(rows)
  for (let k = 0; k < columns; k++) {
    for (let i = 0; i < rows; i++) column[i] = right[i * columns + k]!
    solve(factor, rows, column)
    for (let i = 0; i < rows; i++) solution[i * columns + k] = column[i]!
  }
  return solution
}

/** The product of two matrices, rows × inner and inner × columns. */
export function product(
  left: Float64Array,
  right: Float64Array,
  { rows, inner, columns }: Shape & { readonly inner: number },
): Float64Array {
  const result = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++) result[i * columns + j] = result[i * columns + j]! + left[i * inner + k]! * right[k * columns + j]!
  return result
}

/** Column k of the one times column l of the other. */
function columnProduct(left: Float64Array, right: Float64Array, k: number, l: number, columns: number): number {
  let sum = 0
  for (let i = 0; i * columns < left.length; i++) sum += left[i * columns + k]! * right[i * columns + l]!
  return sum
}
