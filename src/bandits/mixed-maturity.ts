/**
 * One reward from objectives that mature at different delays: clicks within minutes, purchases within days.
 *
 *     mean = x·Σₖ θₖwₖ                θₖ = Λₖ⁻¹(Λ₀M₀ + B)ₖ, each class with its own Λₖ = Λ₀ + A_k
 *     variance = Σ_kl (wₖᵀΣ_kl w_l)·xᵀΛₖ⁻¹·A_kl·Λ_l⁻¹x          A_kl: the Λ of the slower class, what both have seen
 *
 * Sharing one Λ would count purchases still to come as failures. With a single class this is the plain posterior.
 */
import { assert } from '../stats/assert.ts'
import { factorise } from '../stats/cholesky.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import type { ArmModel } from './arm-models.ts'
import { inverseOf, product } from './bayesian-linear.ts'

/** Objectives that share a delay, already weighted: one line θ·w of the class. */
export interface MaturityClass {
  /** Λₖ, d × d, prior included. */
  readonly precision: Float64Array
  /** (Λ₀M₀ + B)ₖ·wₖ, d. */
  readonly target: Float64Array
}

/** Classes from the quickest to the slowest; `noise[k][l]` is wₖᵀΣ_kl w_l, symmetric. Unknown when a Λ is singular. */
export function mixedModel(classes: readonly MaturityClass[], noise: readonly (readonly number[])[]): ArmModel | Unknown {
  const features = classes[0]!.target.length
  assert(noise.length === classes.length, `${classes.length} classes need as many rows of noise`)
  const inverses: Float64Array[] = []
  for (const { precision } of classes) {
    const factor = precision.slice()
    if (!factorise(factor, features)) return unknown('singular')
    inverses.push(inverseOf(factor, features))
  }
  const square = { rows: features, inner: features, columns: features }
  const coefficients = new Float64Array(features)
  const covariance = new Float64Array(features * features)
  classes.forEach(({ target }, k) => {
    product(inverses[k]!, target, { ...square, columns: 1 }).forEach((value, i) => {
      coefficients[i]! += value
    })
    classes.forEach((_, l) => {
      const shared = classes[Math.max(k, l)]!.precision
      const part = product(product(inverses[k]!, shared, square), inverses[l]!, square)
      for (let i = 0; i < part.length; i++) covariance[i]! += noise[k]![l]! * part[i]!
    })
  })
  return { coefficients, covariance }
}
