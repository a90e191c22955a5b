/**
 * Two conversion rates with beta posteriors: chance to win, expected losses, intervals.
 *
 *     rate | data ~ Beta(a + x, b + n − x)
 *     chance to win   ∫ f_t·F_c          loss of choosing t   E(c − t)⁺ = ∫ F_t(x)·(1 − F_c(x)) dx
 *
 * Losses are integrals of positive functions, never differences of two nearly equal means, which have no digits left at a million
 * shoppers. With a flat prior the chance to win is no stopping rule: stopped at 95 % it is wrong in 38 % of null experiments at 14 looks.
 * @see Stucchio (2015), Bayesian A/B testing at VWO
 */
import type { ArmPair } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { logIntegral } from './bayesian-quadrature.ts'
import { betaVariable, expit } from './bayesian-variable.ts'
import { type BetaShapes, betaQuantile } from './beta.ts'
import { assertLevel, type Interval, intervalOf } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'

export interface BayesianProportions {
  readonly kind: 'bayesian-proportions'
  readonly chanceToWin: number
  /** Its own integral, not 1 − chanceToWin. */
  readonly chanceToLose: number
  /** What choosing an arm costs on average, in the rate. */
  readonly lossOfTreatment: number
  readonly lossOfControl: number
  readonly meanOfControl: number
  readonly meanOfTreatment: number
  /** Equal-tailed credible intervals. */
  readonly intervalOfControl: Interval
  readonly intervalOfTreatment: Interval
  readonly level: number
}

export const UNIFORM_PRIOR: BetaShapes = { a: 1, b: 1 }

/** The posterior of a rate. */
export function betaPosterior(counts: Counts, prior: BetaShapes = UNIFORM_PRIOR): BetaShapes {
  assertCounts(counts)
  assert(prior.a > 0 && prior.b > 0, 'a beta prior needs positive shapes')
  return { a: prior.a + counts.events, b: prior.b + counts.n - counts.events }
}

/** Compares two posteriors. */
export function compareRates({ control, treatment }: ArmPair<BetaShapes>, { level }: { readonly level: number }): BayesianProportions {
  assertLevel(level)
  return {
    kind: 'bayesian-proportions',
    chanceToWin: chanceToExceed(treatment, control),
    chanceToLose: chanceToExceed(control, treatment),
    lossOfTreatment: expectedExcess(control, treatment),
    lossOfControl: expectedExcess(treatment, control),
    meanOfControl: control.a / (control.a + control.b),
    meanOfTreatment: treatment.a / (treatment.a + treatment.b),
    intervalOfControl: credibleInterval(control, level),
    intervalOfTreatment: credibleInterval(treatment, level),
    level,
  }
}

/** P(X > Y). */
export function chanceToExceed(x: BetaShapes, y: BetaShapes): number {
  const above = betaVariable(x)
  const below = betaVariable(y)
  return Math.min(1, Math.exp(logIntegral((u) => above.logDensity(u) + below.logLower(u), [above, below])))
}

/** E(X − Y)⁺ = ∫ F_Y(v)·(1 − F_X(v)) dv, in v = 1/(1 + e⁻ᵘ). */
export function expectedExcess(x: BetaShapes, y: BetaShapes): number {
  const above = betaVariable(x)
  const below = betaVariable(y)
  const logf = (u: number): number => below.logLower(u) + above.logUpper(u) + Math.log(expit(u)) + Math.log(expit(-u))
  return Math.exp(logIntegral(logf, [above, below]))
}

function credibleInterval(shapes: BetaShapes, level: number): Interval {
  return intervalOf(betaQuantile((1 - level) / 2, shapes), betaQuantile((1 + level) / 2, shapes))
}
