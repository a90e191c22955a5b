/**
 * Draws for simulations: normal, lognormal, exponential, gamma, beta, binomial, Poisson.
 *
 * Large binomials and Poissons use transformed rejection: about 1.2 tries each, whatever the size.
 * @see Hörmann (1993a), doi:10.1080/00949659308811496; Hörmann (1993b), doi:10.1016/0167-6687(93)90997-4
 */
import { assert } from './assert.ts'
import type { BetaShapes } from './beta.ts'
import { sampleBeta, sampleGamma } from './jstat-door.ts'
import { normalQuantile } from './normal.ts'
import type { Random } from './random.ts'
import { logGamma } from './special.ts'

/** Below this mean counting uniforms is quicker than rejection. */
const INVERSION_UNTIL = 10

/** A standard normal draw, one uniform each, by inversion. */
export function drawNormal(random: Random): number {
  return normalQuantile(random.open())
}

/** exp(mu + sigma·Z). */
export function drawLognormal(random: Random, { mu, sigma }: { readonly mu: number; readonly sigma: number }): number {
  return Math.exp(mu + sigma * drawNormal(random))
}

/** A waiting time with mean 1. */
export function drawExponential(random: Random): number {
  return -Math.log(random.open())
}

/** A gamma draw with unit scale. */
export function drawGamma(random: Random, shape: number): number {
  assert(shape > 0, `a gamma draw needs a positive shape, got ${shape}`)
  return sampleGamma(random.open, shape)
}

/** A beta draw. */
export function drawBeta(random: Random, shapes: BetaShapes): number {
  assert(shapes.a > 0 && shapes.b > 0, `a beta draw needs positive shapes, got ${shapes.a} and ${shapes.b}`)
  return sampleBeta(random.open, shapes)
}

/** How many of `trials` independent attempts succeed. */
export function drawBinomial(random: Random, { trials, probability }: { readonly trials: number; readonly probability: number }): number {
  assert(
    Number.isSafeInteger(trials) && trials >= 0 && probability >= 0 && probability <= 1,
    `no binomial has ${trials} trials at ${probability}`,
  )
  if (probability > 0.5) return trials - drawBinomial(random, { trials, probability: 1 - probability })
  if (trials === 0 || probability === 0) return 0
  return trials * probability < INVERSION_UNTIL
    ? binomialByGaps(random, trials, probability)
    : binomialByRejection(random, trials, probability)
}

/** How many events of a Poisson process with this mean. */
export function drawPoisson(random: Random, mean: number): number {
  assert(mean >= 0 && Number.isFinite(mean), `a Poisson draw needs a finite mean, got ${mean}`)
  if (mean >= INVERSION_UNTIL) return poissonByRejection(random, mean)
  let count = -1
  for (let waited = 0; waited <= mean; count++) waited += drawExponential(random)
  return count
}

/** Jumps from success to success: geometric gaps. */
function binomialByGaps(random: Random, trials: number, probability: number): number {
  const logMiss = Math.log1p(-probability)
  let successes = 0
  for (let at = Math.floor(Math.log(random.open()) / logMiss); at < trials; at += 1 + Math.floor(Math.log(random.open()) / logMiss))
    successes++
  return successes
}

function binomialByRejection(random: Random, trials: number, probability: number): number {
  const logOdds = Math.log(probability / (1 - probability))
  const spread = Math.sqrt(trials * probability * (1 - probability))
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * probability
  const centre = trials * probability + 0.5
  const quick = 0.92 - 4.2 / b
  const alpha = (2.83 + 5.1 / b) * spread
  const mode = Math.floor((trials + 1) * probability)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = random.open()
    const edge = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / edge + b) * u + centre)
    if (edge >= 0.07 && v <= quick) return k
    if (k < 0 || k > trials) continue
    const logRatio = logGamma(mode + 1) + logGamma(trials - mode + 1) - logGamma(k + 1) - logGamma(trials - k + 1) + (k - mode) * logOdds
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= logRatio) return k
  }
}

function poissonByRejection(random: Random, mean: number): number {
  const logMean = Math.log(mean)
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const quick = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = random.open()
    const edge = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / edge + b) * u + mean + 0.43)
    if (edge >= 0.07 && v <= quick) return k
    if (k < 0 || (edge < 0.013 && v > edge)) continue
    if (Math.log((v * inverseAlpha) / (a / (edge * edge) + b)) <= k * logMean - mean - logGamma(k + 1)) return k
  }
}
