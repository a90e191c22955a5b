/**
 * One step of Bayesian logistic regression: what a handful of cells adds to a Gaussian belief about a line of log-odds, by Laplace's method.
 *
 *     ℓ(θ) = −½(θ − θ₀)ᵀΛ₀(θ − θ₀) + Σ s·xθ − m·ln(1 + e^xθ)          s successes among m trials that can have shown
 *     θ̂ by Newton from θ₀        W = Σ m·μ(1 − μ)·xxᵀ     g = Σ (s − mμ)·x     at θ̂, μ = 1/(1 + e^−xθ̂)
 *     adds  W  to the precision  and  Wθ̂ + g  to precision × mean
 *
 * m may be smaller than the number of decisions, and even than s: of young ones only a share can have come. ℓ stays concave, since only m bends it,
 * and E[s] = m·μ makes its slope 0 at the truth. Steps are halved while ℓ falls; the same cells in the same order give the same bits.
 * @see MacKay (1992), doi:10.1162/neco.1992.4.5.720; Chapelle & Li (2011), NIPS 24, algorithm 3
 */
import { factorise, solve } from '../stats/cholesky.ts'
import { COARSE_STEPS } from './coarse-features.ts'

/** Cells of one arm: n decisions at x with so many successes. */
export interface LogitCells {
  /** d. */
  readonly features: number
  /** In eighths, cell by cell. */
  readonly x: Int8Array
  readonly trials: Float64Array
  readonly successes: Float64Array
}

/** A Gaussian in its natural parameters: precision d × d, and precision × mean. */
export interface NaturalGaussian {
  readonly precision: Float64Array
  readonly pull: Float64Array
}

const NEWTON_STEPS = 30
const HALVINGS = 12
/** Newton's decrement (about twice what ℓ can still gain) at which θ̂ is found: a hundredth of a standard deviation, which the second-order term that is added corrects. */
const NEAR_ENOUGH = 1e-4

interface Place {
  readonly theta: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  /** Λ₀ + W, then its factor. */
  readonly curvature: Float64Array
}

/** What the cells add to a belief. Null when the belief is no Gaussian: its precision has to be positive definite. */
export function logitFactor(cells: LogitCells, belief: NaturalGaussian): NaturalGaussian | null {
  const { features } = cells
  const mean = belief.pull.slice()
  const factor = belief.precision.slice()
  if (!factorise(factor, features)) return null
  solve(factor, features, mean)
  let at = placeAt(cells, { ...belief, mean }, mean)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const move = at.gradient.slice()
    if (!factorise(at.curvature, features)) return null
    solve(at.curvature, features, move)
    let gain = 0
    for (let i = 0; i < features; i++) gain += move[i]! * at.gradient[i]!
    if (gain < NEAR_ENOUGH) break
    let length = 1
    let next = at
    for (let halving = 0; halving <= HALVINGS; halving++, length /= 2) {
      const theta = at.theta.map((value, i) => value + length * move[i]!)
      next = placeAt(cells, { ...belief, mean }, theta)
      if (next.value >= at.value) break
    }
    at = next
  }
  return addedAt(cells, at.theta)
}

/** The mean of a belief and its covariance, d × d; null when it is no Gaussian. */
export function momentsOfNatural({
  precision,
  pull,
}: NaturalGaussian): { readonly mean: Float64Array; readonly factor: Float64Array } | null {
  const factor = precision.slice()
  if (!factorise(factor, pull.length)) return null
  const mean = pull.slice()
  solve(factor, pull.length, mean)
  return { mean, factor }
}

interface Anchor extends NaturalGaussian {
  readonly mean: Float64Array
}

function placeAt(cells: LogitCells, { precision, mean }: Anchor, theta: Float64Array): Place {
  const d = theta.length
  const gradient = new Float64Array(d)
  const curvature = precision.slice()
  let value = 0
  for (let i = 0; i < d; i++) {
    let pulled = 0
    for (let j = 0; j < d; j++) pulled += precision[i * d + j]! * (theta[j]! - mean[j]!)
    value -= 0.5 * (theta[i]! - mean[i]!) * pulled
    gradient[i] = -pulled
  }
  value += addCells(cells, theta, { gradient, curvature })
  return { theta, value, gradient, curvature }
}

function addedAt(cells: LogitCells, theta: Float64Array): NaturalGaussian {
  const d = theta.length
  const precision = new Float64Array(d * d)
  const pull = new Float64Array(d)
  addCells(cells, theta, { gradient: pull, curvature: precision })
  for (let i = 0; i < d; i++) {
    for (let j = i + 1; j < d; j++) precision[i * d + j] = precision[j * d + i]!
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) pull[i] = pull[i]! + precision[i * d + j]! * theta[j]!
  return { precision, pull }
}

/** Adds g and the lower triangle of W; returns the cells' part of ℓ. Features that are 0 are passed over. */
function addCells(
  { x, trials, successes }: LogitCells,
  theta: Float64Array,
  { gradient, curvature }: { readonly gradient: Float64Array; readonly curvature: Float64Array },
): number {
  const d = theta.length
  const present = new Int32Array(d)
  const values = new Float64Array(d)
  let value = 0
  for (let cell = 0, from = 0; cell < trials.length; cell++, from += d) {
    let filled = 0
    let logit = 0
    for (let i = 0; i < d; i++) {
      if (x[from + i] === 0) continue
      const xi = x[from + i]! / COARSE_STEPS
      present[filled] = i
      values[filled++] = xi
      logit += xi * theta[i]!
    }
    const small = Math.exp(-Math.abs(logit))
    const rate = logit < 0 ? small / (1 + small) : 1 / (1 + small)
    const m = trials[cell]!
    const s = successes[cell]!
    value += s * logit - m * (Math.max(logit, 0) + Math.log1p(small))
    const residual = s - m * rate
    const weight = m * rate * (1 - rate)
    for (let k = 0; k < filled; k++) {
      const i = present[k]!
      gradient[i]! += residual * values[k]!
      const pulled = weight * values[k]!
      const row = i * d
      for (let l = 0; l <= k; l++) curvature[row + present[l]!]! += pulled * values[l]!
    }
  }
  return value
}
