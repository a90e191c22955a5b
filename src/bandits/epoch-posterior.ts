/**
 * The posterior of a bandit's epoch, from the moments of its days: what the service decides with until the next fold.
 *
 *     days ─▶ window ─▶ γ^age, age in days before the newest day ─▶ evidence ─▶ r = w·y ─▶ prior from all arms ─▶ a line and a covariance an arm
 *             and G, how much has come (epoch-parts)                             y ─▶ the same prior's rows  ─▶ a line an arm and outcome
 *
 * The newest day is that of the moments, not of a clock: the same moments give the same bits on every node and after every restart.
 * Without memory and window all days of an arm are added as whole numbers first, so that not even the days matter.
 */
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { type ArmEvidence, armEvidence } from './arm-evidence.ts'
import { type ArmModels, armModels } from './arm-models.ts'
import { type CentredBucket, centredModels } from './baseline-centring.ts'
import { type ArmDay, type Observed, type Parts, partsOf } from './epoch-parts.ts'
import { FEATURE_SCALE } from './features.ts'
import { maturedModels } from './matured-models.ts'
import { type MaturePart, maturedMoments } from './matured-moments.ts'
import { outcomeLines } from './outcome-lines.ts'
import { type RewardMoments, rewardMomentsOf } from './reward-moments.ts'

export interface LearningRule {
  readonly arms: number
  /** d of the moments. */
  readonly features: number
  /** w: of every outcome, per stored integer. */
  readonly weights: readonly number[]
  /** False: the mean of an arm is one number, whatever the request. */
  readonly context: boolean
  /** In days, ≥ 1; Infinity forgets nothing. */
  readonly memory: number
  /** Days that count, the newest included; Infinity for all. */
  readonly window: number
  /** Left out when outcomes are taken as they came. */
  readonly observed?: Observed
}

/** The reward's models, and what is expected of every outcome: by arm m × d numbers, outcome by outcome; null without outcomes. */
export interface EpochModels extends ArmModels {
  readonly lines: readonly Float64Array[] | null
}

/** What every arm has learned, at most one entry an arm and day, in any order. */
export function epochEvidence(days: readonly ArmDay[], { arms, weights, observed, ...rule }: LearningRule): readonly ArmEvidence[] {
  const { parts, classes } = partsOf(days, arms, observed)
  const aged = { ...rule, outcomes: weights.length, now: newestOf(days), classes }
  return Array.from({ length: arms }, (_, arm) =>
    armEvidence(
      parts.filter((part) => part.arm === arm),
      aged,
    ),
  )
}

/** The models that evidence makes for the reward w·y. Unknown while nothing varies. */
export function modelsOf(evidence: readonly ArmEvidence[], weights: readonly number[]): EpochModels | Unknown {
  if (evidence[0]?.matured) return maturedModels(evidence, weights)
  const arms = evidence.map((arm) => ({
    reward: rewardMomentsOf(arm, weights),
    b: Float64Array.from(arm.b, (value) => value / FEATURE_SCALE),
  }))
  const models = armModels(arms.map(({ reward }) => reward))
  return isUnknown(models) ? models : { ...models, lines: outcomeLines(arms, weights.length) }
}

/** At most one entry an arm and day, in any order. Unknown while nothing has been seen, or nothing varies. */
export function epochPosterior(days: readonly ArmDay[], rule: LearningRule): EpochModels | Unknown {
  if (days.length === 0) return unknown('too-few-units', { have: 0, need: 1 })
  return modelsOf(epochEvidence(days, rule), rule.weights)
}

/**
 * The same, arms being compared within each day (or hour, where delays are observed) only: up to CENTRED_UNKNOWNS_MAX unknowns. Where objectives
 * of several classes are weighed, all of them count at the slowest one's share. What is expected of outcomes is as without centring.
 */
export function centredPosterior(days: readonly ArmDay[], rule: LearningRule): EpochModels | Unknown {
  const plain = epochPosterior(days, rule)
  if (isUnknown(plain)) return plain
  const models = centredModels(bucketsOf(partsOf(days, rule.arms, rule.observed), newestOf(days), rule))
  return isUnknown(models) ? models : { ...models, lines: plain.lines }
}

export function newestOf(days: readonly { readonly day: number }[]): number {
  return days.reduce((newest, { day }) => Math.max(newest, day), Number.NEGATIVE_INFINITY)
}

/** What is left when every request is alike. */
export function interceptOf({ n, a, b, c }: RewardMoments): RewardMoments {
  return { features: 1, n, a: a.slice(0, 1), b: b.slice(0, 1), c }
}

function bucketsOf({ parts, classes }: Parts, now: number, rule: LearningRule): readonly CentredBucket[] {
  const weighed = (classes ?? []).map((slots) => slots.some((slot) => rule.weights[slot] !== 0))
  const counting = {
    now,
    memory: rule.memory,
    window: rule.window,
    features: rule.features,
    classAt: Math.max(0, weighed.lastIndexOf(true)),
  }
  const buckets = new Map<string, MaturePart[]>()
  for (const part of parts) {
    const name = `${part.day} ${part.hour}`
    buckets.set(name, [...(buckets.get(name) ?? []), part])
  }
  return [...buckets.values()].map((bucket) => ({
    weight: 1,
    arms: Array.from({ length: rule.arms }, (_, arm) => {
      const own = maturedMoments(
        bucket.filter((part) => part.arm === arm),
        rule.weights,
        counting,
      )
      return rule.context ? own : interceptOf(own)
    }),
  }))
}
