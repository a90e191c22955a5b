/**
 * Models of an epoch whose outcomes take their time, from evidence with classes of maturity.
 *
 *     one class with a weight:  its A and n in place of those that came ─▶ the plain posterior
 *     several:                  each with its own A, joined in mixed-maturity
 *
 *     Λₖ = Λ₀ₖ + Aₖ      target = Λ₀ₖ·M₀ₖ + Bₖ      Σ_kl = ρ_kl·σₖσ_l: σₖ the class's own noise, ρ the correlation of what has come
 *
 * Λ₀ₖ is the same share of Aₖ in every class, that of the scale-free prior of everything as it came: a slower class has the smaller Λ, and only
 * then is the joint variance one. Within one class weighting outcomes is the same as relearning on r from the log; between classes it is not promised.
 */
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { ArmEvidence } from './arm-evidence.ts'
import { type ArmModels, armModels } from './arm-models.ts'
import type { LinearPrior } from './bayesian-linear.ts'
import type { EpochModels } from './epoch-posterior.ts'
import { FEATURE_SCALE } from './features.ts'
import { type MaturityClass, mixedModel } from './mixed-maturity.ts'
import { outcomeLines } from './outcome-lines.ts'
import { pooled, type RewardMoments, rewardMomentsOf } from './reward-moments.ts'
import { priorRows, priorWorth } from './scale-free-prior.ts'

/** The models that evidence makes for the reward w·y; all arms have the same classes. Unknown while nothing varies. */
export function maturedModels(evidence: readonly ArmEvidence[], weights: readonly number[]): EpochModels | Unknown {
  const classes = evidence[0]!.matured!.map(({ slots }, at) => ({ at, slots, weights: sharesOf(weights, slots) }))
  const came = (share: readonly number[]) => evidence.map((arm) => rewardMomentsOf(arm, share))
  const counted = (share: readonly number[], at: number) =>
    evidence.map((arm) => rewardMomentsOf({ ...arm, n: arm.matured![at]!.n, a: arm.matured![at]!.a }, share))
  const weighed = classes.filter((one) => one.weights.some((weight) => weight !== 0))
  const only = weighed.length === 1 ? weighed[0]! : null
  const models = only ? ownOrCame(counted(weights, only.at), came(weights)) : joint()
  if (isUnknown(models)) return models
  const b = evidence.map((arm) => Float64Array.from(arm.b, (value) => value / FEATURE_SCALE))
  const lines = classes.map(({ at, slots }) => {
    const reward = counted(weights, at)
    const prior = at === only?.at ? undefined : classPrior(reward, came(weights))
    const found = outcomeLines(
      reward.map((own, arm) => ({ reward: own, b: b[arm]! })),
      weights.length,
      prior,
    )
    return { slots, lines: found }
  })
  return { ...models, lines: linesOf(lines) }

  function joint(): ArmModels | Unknown {
    const shares = weighed.map((one) => one.weights)
    return mixedModels(
      weighed.map((one) => counted(one.weights, one.at)),
      { whole: came(weights), own: shares.map(came) },
      correlationOf(shares, (share) => pooled(evidence[0]!.features, came(share))),
    )
  }
}

/** The weights of some slots, 0 elsewhere. */
export function sharesOf(weights: readonly number[], slots: readonly number[]): readonly number[] {
  return weights.map((weight, slot) => (slots.includes(slot) ? weight : 0))
}

/** So little can have come that the correction leaves nothing that varies: then everything counts as it came. */
function ownOrCame(own: readonly RewardMoments[], came: readonly RewardMoments[]): ArmModels | Unknown {
  const models = armModels(own)
  return isUnknown(models) ? armModels(came) : models
}

interface ClassLines {
  readonly slots: readonly number[]
  /** By arm, of all slots. */
  readonly lines: readonly Float64Array[] | null
}

/** Every slot's line from its own class. */
function linesOf(classes: readonly ClassLines[]): readonly Float64Array[] | null {
  if (classes.some(({ lines }) => lines === null)) return null
  const outcomes = classes.reduce((sum, { slots }) => sum + slots.length, 0)
  return classes[0]!.lines!.map((first, arm) => {
    const features = first.length / outcomes
    const joined = new Float64Array(first.length)
    for (const { slots, lines } of classes)
      for (const slot of slots) joined.set(lines![arm]!.subarray(slot * features, (slot + 1) * features), slot * features)
    return joined
  })
}

/** A class as every arm counts it: A and n for what could have come, B and C of its own share of the reward. */
export type ClassMoments = readonly RewardMoments[]

/** Everything counted as if it had all come: the whole reward by arm, and every class's own share. */
export interface AsItCame {
  readonly whole: readonly RewardMoments[]
  readonly own: readonly ClassMoments[]
}

/** Models of all arms from classes, the quickest first; `correlation` of their shares, symmetric with 1 on the diagonal. */
export function mixedModels(
  classes: readonly ClassMoments[],
  asItCame: AsItCame,
  correlation: readonly (readonly number[])[],
): ArmModels | Unknown {
  const plain = armModels(asItCame.whole)
  if (isUnknown(plain)) return plain
  const deviations = classes.map((own, k) => noiseOf(own) ?? noiseOf(asItCame.own[k]!) ?? 0)
  const noise = deviations.map((one, k) => deviations.map((other, l) => correlation[k]![l]! * one * other))
  const priors = classes.map((own) => classPrior(own, asItCame.whole))
  const arms: ArmModels['arms'][number][] = []
  for (let arm = 0; arm < plain.arms.length; arm++) {
    const model = mixedModel(
      classes.map((own, k) => matureClass(own[arm]!, priors[k]!)),
      noise,
    )
    if ('kind' in model) return model
    arms.push(model)
  }
  const rows = classes.at(-1)!.reduce((sum, { n }) => sum + n, 0)
  const lacking = asItCame.whole.reduce((sum, { n }) => sum + n, 0) - rows
  const degreesOfFreedom = plain.degreesOfFreedom - lacking
  return { ...plain, degreesOfFreedom, noise: noise.flat().reduce((sum, one) => sum + one, 0), arms }
}

/** A class's prior: the share of its rows that the scale-free prior has of everything as it came, around the class's own mean. */
export function classPrior(own: ClassMoments, whole: readonly RewardMoments[]): LinearPrior {
  const { features } = own[0]!
  const [all, came] = [pooled(features, own), pooled(features, whole)]
  const mean = all.n > 0 ? all.b[0]! / all.n : 0
  return priorWorth((priorRows(came, whole.length) * all.n) / came.n, all, { mean, variance: 0 })
}

function noiseOf(own: ClassMoments): number | null {
  const models = armModels(own)
  return isUnknown(models) ? null : Math.sqrt(models.noise)
}

function matureClass({ features, a, b }: RewardMoments, prior: LinearPrior): MaturityClass {
  return {
    precision: a.map((value, i) => value + prior.precision[i]!),
    target: b.map((value, i) => value + prior.precision[i * features]! * prior.coefficients[0]!),
  }
}

/** How the shares of the classes go together in what has come, over all arms: `sum` of the parts by weights, everything counted whole. */
export function correlationOf(
  shares: readonly (readonly number[])[],
  sum: (weights: readonly number[]) => RewardMoments,
): readonly (readonly number[])[] {
  const covariance = (one: readonly number[], other: readonly number[]) => {
    const [left, right, both] = [sum(one), sum(other), sum(one.map((weight, i) => weight + other[i]!))]
    if (both.n === 0) return 0
    return (both.c - left.c - right.c) / 2 / both.n - (left.b[0]! / left.n) * (right.b[0]! / right.n)
  }
  const variances = shares.map((weights) => Math.max(0, covariance(weights, weights)))
  return shares.map((one, k) =>
    shares.map((other, l) => {
      if (k === l) return 1
      const scale = Math.sqrt(variances[k]! * variances[l]!)
      return scale > 0 ? Math.max(-1, Math.min(1, covariance(one, other) / scale)) : 0
    }),
  )
}
