/**
 * James and Stein's estimator: many means of equal, known variance, each drawn towards their common mean.
 *
 *     x̄ + (1 − (k−3)·v/S)₊ · (x_i − x̄)      S = Σ(x_i − x̄)²      k ≥ 4
 *
 * Together better than the means themselves, whatever the truth. For unequal variances see `random-effects.ts`.
 * @see James & Stein (1961); Efron & Morris (1975), doi:10.1080/01621459.1975.10479864
 */
import { type Unknown, unknown } from './estimate.ts'
import { momentsOf } from './moments.ts'

export interface Shrinkage {
  readonly kind: 'shrinkage'
  readonly mean: number
  /** S/v: the scatter in units of the known variance. */
  readonly scatter: number
  /** What is left of a distance from the mean, in [0, 1]. */
  readonly factor: number
  readonly shrunk: readonly number[]
}

/** Shrinks at least four means of the same variance. */
export function jamesStein(means: readonly number[], { variance }: { readonly variance: number }): Shrinkage | Unknown {
  if (means.length < 4) return unknown('too-few-segments', { have: means.length, need: 4 })
  if (variance <= 0) return unknown('no-variance')
  const { mean, m2 } = momentsOf(means)
  const scatter = m2 / variance
  const factor = scatter === 0 ? 0 : Math.max(0, 1 - (means.length - 3) / scatter)
  return { kind: 'shrinkage', mean, scatter, factor, shrunk: means.map((x) => mean + factor * (x - mean)) }
}
