/**
 * An uplift with a normal prior: posterior, chance to win, expected losses, and the chance that it is too small to matter.
 *
 *     m = (μ₀/τ₀² + Δ̂/V)·s²    1/s² = 1/τ₀² + 1/V        flat prior: τ₀ = Infinity
 *     chance to win Φ(m/s)     loss of choosing the treatment  s·φ(m/s) − m·Φ(−m/s)     P(|Δ| ≤ r) = Φ((r−m)/s) − Φ((−r−m)/s)
 *
 * Works for any metric that has an effect. On the relative scale a prior N(0, 0.02² … 0.05²), or one fitted to past experiments, says
 * what uplifts are like; only with such a prior does the chance to win keep its word when one stops on it.
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { assertLevel, type Effect, effectOf, type Interval, intervalOf, isUnknown, type Unknown, unknown } from './estimate.ts'
import { normalCdf, normalDensity, normalSurvival, normalUpperQuantile } from './normal.ts'

/** deviation = Infinity is the flat prior. */
export interface NormalPrior {
  readonly mean: number
  readonly deviation: number
}

/** Relative uplifts of a few percent: what most shops see. */
export const SCEPTICAL_PRIOR: NormalPrior = { mean: 0, deviation: 0.05 }

export interface NormalPosterior {
  readonly mean: number
  readonly deviation: number
}

export interface BayesianEffect {
  readonly kind: 'bayesian-effect'
  readonly posterior: NormalPosterior
  readonly chanceToWin: number
  readonly chanceToLose: number
  readonly lossOfTreatment: number
  readonly lossOfControl: number
  readonly interval: Interval
  readonly level: number
  /** P(|effect| ≤ region), when a region of practical equivalence was given. */
  readonly chanceOfNoMatter?: number
}

/** Prior and data, weighted by their precisions. */
export function normalPosterior(effect: Effect, prior: NormalPrior): NormalPosterior {
  assert(prior.deviation > 0, `a prior has a positive deviation, got ${prior.deviation}`)
  const weight = 1 / (1 + effect.variance / prior.deviation ** 2)
  return { mean: weight * effect.estimate + (1 - weight) * prior.mean, deviation: Math.sqrt(weight * effect.variance) }
}

/** What the posterior of an effect says. `region` is the half-width of practical equivalence. */
export function bayesianEffect(
  effect: Effect,
  { prior, level, region }: { readonly prior: NormalPrior; readonly level: number; readonly region?: number },
): BayesianEffect {
  assertLevel(level)
  const posterior = normalPosterior(effect, prior)
  const { mean, deviation } = posterior
  const z = mean / deviation
  const half = normalUpperQuantile((1 - level) / 2) * deviation
  return {
    kind: 'bayesian-effect',
    posterior,
    chanceToWin: normalCdf(z),
    chanceToLose: normalSurvival(z),
    lossOfTreatment: deviation * unitLoss(z),
    lossOfControl: deviation * unitLoss(-z),
    interval: intervalOf(mean - half, mean + half),
    level,
    ...(region === undefined ? {} : { chanceOfNoMatter: chanceWithin(region, posterior) }),
  }
}

/** The relative lift as an effect, by the delta method: V_t/c² + t²·V_c/c⁴. Unknown without a control mean. */
export function relativeEffect(arms: ArmPair<ArmEstimate>): Effect | Unknown {
  const { control, treatment } = arms
  const difference = differenceOfArms(arms)
  if (isUnknown(difference)) return difference
  if (control.estimate === 0) return unknown('control-mean-zero')
  const baseline = Math.abs(control.estimate)
  const ratio = treatment.estimate / baseline
  const variance = (treatment.variance + ratio * ratio * control.variance) / (baseline * baseline)
  return effectOf(difference.estimate / baseline, variance)
}

/** P(|X| ≤ region), on the side of the mean where nothing cancels. */
function chanceWithin(region: number, { mean, deviation }: NormalPosterior): number {
  assert(region >= 0, `a region has a half-width, got ${region}`)
  const far = (region + Math.abs(mean)) / deviation
  const near = (region - Math.abs(mean)) / deviation
  return near <= 0 ? normalSurvival(-near) - normalSurvival(far) : 1 - normalSurvival(near) - normalSurvival(far)
}

const FRACTION_FROM = 5
const FRACTION_DEPTH = 60

/** E(Z − z)⁺ = φ(z) − z·(1 − Φ(z)) of a standard normal Z; far out by the fraction of Mills' ratio, where the difference cancels. */
function unitLoss(z: number): number {
  if (z < FRACTION_FROM) return normalDensity(z) - z * normalSurvival(z)
  let rest = z
  for (let k = FRACTION_DEPTH; k >= 2; k--) rest = z + k / rest
  // φ(z)·(1 − z/(z + 1/rest))
  return normalDensity(z) / (1 + z * rest)
}
