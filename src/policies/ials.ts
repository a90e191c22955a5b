/**
 * iALS: shoppers and items as points of one space, so that near means wanted.
 *
 *     min Σ_{(u,i) seen} (x_ui − wᵤ·vᵢ)² + α·Σ_{all u,i} (wᵤ·vᵢ)² + Σᵤ λᵤ|wᵤ|² + Σᵢ λᵢ|vᵢ|²
 *     wᵤ = (αVᵀV + Σ_{i ∈ u} vᵢvᵢᵀ + λᵤI)⁻¹·Σ x_ui·vᵢ      λᵤ = λ·(|u| + α·items), and the same for items
 *
 * Sides take turns; each point is a few steps of conjugate gradient from where it stood, two products with VᵀV instead of a factorisation.
 * α makes everything unseen count a little as unwanted; without it all points would fall together. λ grows with how much is known of a
 * point, which is what made this method as good as its successors.
 * @see Hu, Koren & Volinsky (2008), doi:10.1109/ICDM.2008.22; Takács, Pilászy & Tikk (2011), doi:10.1145/2043932.2043987, for the gradient;
 *      Rendle, Krichene, Zhang & Koren (2022), Revisiting the performance of iALS, doi:10.1145/3523227.3548486, for λ
 */
import { drawNormal } from '../stats/draws.ts'
import { randomOf } from '../stats/random.ts'
import type { Progress } from './policy.ts'
import { type Rows, transposed } from './sparse.ts'

export interface IalsOptions {
  readonly itemCount: number
  /** d: dimensions. */
  readonly factors: number
  readonly iterations: number
  /** α. */
  readonly unseen: number
  /** λ. */
  readonly regularisation: number
}

/** Points of one side, row by row: point p stands at [p·d, (p+1)·d). */
export type Points = Float64Array

const GRADIENT_STEPS = 3
/** Spread of the first draw, over √d. */
const FIRST_SPREAD = 0.1
const SEED = 1
const POINTS_A_REPORT = 1024

/** The items' points after the last turn; those of items that nobody wanted stay 0. The same preferences give the same points. */
export function itemPoints(preferences: Rows, options: IalsOptions, progress: Progress): Points {
  const { itemCount, factors, iterations } = options
  const byItem = transposed(preferences, itemCount)
  const random = randomOf(SEED)
  const items = new Float64Array(itemCount * factors)
  for (let item = 0; item < itemCount; item++) {
    if (byItem.starts[item] === byItem.starts[item + 1]) continue
    for (let f = 0; f < factors; f++) items[item * factors + f] = (FIRST_SPREAD / Math.sqrt(factors)) * drawNormal(random)
  }
  const shoppers = new Float64Array((preferences.starts.length - 1) * factors)
  const sides = 2 * iterations
  for (let side = 0; side < sides; side++) {
    const told = (part: number) => progress((side + part) / sides, 'placing shoppers and items')
    if (side % 2 === 0) place(shoppers, { rows: preferences, others: items, ...options }, told)
    else place(items, { rows: byItem, others: shoppers, ...options }, told)
  }
  return items
}

/** αVᵀV, d × d row by row. */
export function unseenGram(points: Points, factors: number, unseen: number): Float64Array {
  const gram = new Float64Array(factors * factors)
  for (let at = 0; at < points.length; at += factors) {
    for (let row = 0; row < factors; row++) {
      const weight = unseen * points[at + row]!
      if (weight === 0) continue
      for (let column = 0; column < factors; column++) gram[row * factors + column]! += weight * points[at + column]!
    }
  }
  return gram
}

interface Side extends IalsOptions {
  /** Of each point to be placed, the others it belongs with and how much. */
  readonly rows: Rows
  readonly others: Points
}

/** Moves every point of one side towards its best place, the other side standing still. */
function place(points: Points, side: Side, told: (part: number) => void): void {
  const { rows, others, factors, unseen } = side
  const gram = unseenGram(others, factors, unseen)
  const otherCount = others.length / factors
  const count = rows.starts.length - 1
  const system = newSystem(factors)
  for (let p = 0; p < count; p++) {
    const seen = rows.starts[p + 1]! - rows.starts[p]!
    if (seen > 0)
      descend(points.subarray(p * factors, (p + 1) * factors), p, {
        ...side,
        gram,
        system,
        lambda: side.regularisation * (seen + unseen * otherCount),
      })
    if (p % POINTS_A_REPORT === 0) told(p / count)
  }
}

function newSystem(factors: number) {
  return { residual: new Float64Array(factors), direction: new Float64Array(factors), image: new Float64Array(factors) }
}

interface Descent extends Side {
  readonly gram: Float64Array
  readonly system: ReturnType<typeof newSystem>
  readonly lambda: number
}

/** A few steps of conjugate gradient on A·w = b from w; A is positive definite. */
function descend(w: Float64Array, p: number, descent: Descent): void {
  const { rows, others, factors, system } = descent
  const { residual, direction, image } = system
  multiply(image, w, p, descent)
  residual.fill(0)
  for (let k = rows.starts[p]!; k < rows.starts[p + 1]!; k++) {
    const at = rows.columns[k]! * factors
    const value = rows.values[k]!
    for (let f = 0; f < factors; f++) residual[f]! += value * others[at + f]!
  }
  for (let f = 0; f < factors; f++) residual[f]! -= image[f]!
  direction.set(residual)
  let norm = product(residual, residual)
  for (let step = 0; step < GRADIENT_STEPS && norm > 0; step++) {
    multiply(image, direction, p, descent)
    const length = norm / product(direction, image)
    for (let f = 0; f < factors; f++) {
      w[f]! += length * direction[f]!
      residual[f]! -= length * image[f]!
    }
    const next = product(residual, residual)
    for (let f = 0; f < factors; f++) direction[f] = residual[f]! + (next / norm) * direction[f]!
    norm = next
  }
}

/** image = (αVᵀV + Σ vvᵀ + λI)·x. */
function multiply(image: Float64Array, x: Float64Array, p: number, { rows, others, factors, gram, lambda }: Descent): void {
  for (let row = 0; row < factors; row++) {
    let sum = lambda * x[row]!
    const at = row * factors
    for (let column = 0; column < factors; column++) sum += gram[at + column]! * x[column]!
    image[row] = sum
  }
  for (let k = rows.starts[p]!; k < rows.starts[p + 1]!; k++) {
    const at = rows.columns[k]! * factors
    let along = 0
    for (let f = 0; f < factors; f++) along += others[at + f]! * x[f]!
    for (let f = 0; f < factors; f++) image[f]! += along * others[at + f]!
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let f = 0; f < a.length; f++) sum += a[f]! * b[f]!
  return sum
}
