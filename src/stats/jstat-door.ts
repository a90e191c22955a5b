/**
 * The one door to jStat: its gamma and beta samplers, and Tukey's studentised range.
 *
 * Its distribution functions stay outside: they lose the tails (1 − erf) and large shapes (100 steps of a fraction). The library keeps
 * one generator for the whole process, so every draw sets it first.
 */
// @ts-expect-error jStat ships no types; the part that is used is declared below
import library from 'jstat'
import type { BetaShapes } from './beta.ts'

interface Library {
  readonly setRandom: (uniform: () => number) => void
  readonly gamma: { readonly sample: (shape: number, scale: number) => number }
  readonly tukey: {
    readonly cdf: (q: number, means: number, degreesOfFreedom: number) => number
    readonly inv: (p: number, means: number, degreesOfFreedom: number) => number
  }
}
const jStat: Library = library

/** A gamma draw with unit scale (Marsaglia and Tsang's method). */
export function sampleGamma(uniform: () => number, shape: number): number {
  jStat.setRandom(uniform)
  return jStat.gamma.sample(shape, 1)
}

/** A beta draw, as a share of two gamma draws. */
export function sampleBeta(uniform: () => number, { a, b }: BetaShapes): number {
  const left = sampleGamma(uniform, a)
  const right = sampleGamma(uniform, b)
  return left === 0 && right === 0 ? a / (a + b) : left / (left + right)
}

/** P(range of k means / standard error ≤ q). */
export function tukeyCdf(q: number, { means, degreesOfFreedom }: { readonly means: number; readonly degreesOfFreedom: number }): number {
  return jStat.tukey.cdf(q, means, degreesOfFreedom)
}

/** The q with tukeyCdf(q) = p. */
export function tukeyQuantile(
  p: number,
  { means, degreesOfFreedom }: { readonly means: number; readonly degreesOfFreedom: number },
): number {
  return jStat.tukey.inv(p, means, degreesOfFreedom)
}
