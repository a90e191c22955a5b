/**
 * The posterior of a bandit's epoch, from the moments of its days: what the service decides with until the next fold.
 *
 *     days ─▶ window ─▶ γ^age, age in days before the newest day ─▶ r = w·y ─▶ prior from all arms ─▶ a line and a covariance an arm
 *                                                                     y ─▶ the same prior's rows  ─▶ a line an arm and outcome
 *
 * The newest day is that of the moments, not of a clock: the same moments give the same bits on every node and after every restart.
 * Without memory and window all days of an arm are added as whole numbers first, so that not even the days matter.
 */
import { type Unknown, unknown } from '../stats/estimate.ts'
import { type ArmEvidence, armEvidence } from './arm-evidence.ts'
import { type ArmModels, armModels } from './arm-models.ts'
import type { DecisionMoments } from './decision-moments.ts'
import { FEATURE_SCALE } from './features.ts'
import { openMemoryChooser } from './memory-choice.ts'
import { outcomeLines } from './outcome-lines.ts'
import { type RewardMoments, rewardMomentsOf, weightedSum } from './reward-moments.ts'

/** What an arm learned on one day; days are numbered in time. */
export interface ArmDay {
  /** Position of the arm. */
  readonly arm: number
  readonly day: number
  readonly moments: DecisionMoments
}

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
}

/** The reward's models, and what is expected of every outcome: by arm m × d numbers, outcome by outcome; null without outcomes. */
export interface EpochModels extends ArmModels {
  readonly lines: readonly Float64Array[] | null
}

/** What every arm has learned, at most one entry an arm and day, in any order. */
export function epochEvidence(days: readonly ArmDay[], { arms, weights, ...rule }: LearningRule): readonly ArmEvidence[] {
  const aged = { ...rule, outcomes: weights.length, now: newestOf(days) }
  return Array.from({ length: arms }, (_, arm) =>
    armEvidence(
      days.filter((day) => day.arm === arm),
      aged,
    ),
  )
}

/** The models that evidence makes for the reward w·y. Unknown while nothing varies. */
export function modelsOf(evidence: readonly ArmEvidence[], weights: readonly number[]): EpochModels | Unknown {
  const arms = evidence.map((arm) => ({
    reward: rewardMomentsOf(arm, weights),
    b: Float64Array.from(arm.b, (value) => value / FEATURE_SCALE),
  }))
  const models = armModels(arms.map(({ reward }) => reward))
  return models.kind === 'unknown' ? models : { ...models, lines: outcomeLines(arms, weights.length) }
}

/** At most one entry an arm and day, in any order. Unknown while nothing has been seen, or nothing varies. */
export function epochPosterior(days: readonly ArmDay[], rule: LearningRule): EpochModels | Unknown {
  if (days.length === 0) return unknown('too-few-units', { have: 0, need: 1 })
  return modelsOf(epochEvidence(days, rule), rule.weights)
}

/** The longest chain of days that is looked through for the best memory. */
const EVIDENCE_DAYS = 120

/** The memory under which every ended day was foretold best, in days; Infinity until there is evidence for less. The newest day goes on. */
export function bestMemory(days: readonly ArmDay[], rule: Omit<LearningRule, 'memory' | 'window'>): number {
  if (days.length === 0) return Number.POSITIVE_INFINITY
  const now = newestOf(days)
  const features = rule.context ? rule.features : 1
  const chooser = openMemoryChooser(features, rule.arms)
  const first = days.reduce((least, { day }) => Math.min(least, day), now)
  for (let day = Math.max(first, now - EVIDENCE_DAYS); day < now; day++) {
    const bucket = Array.from({ length: rule.arms }, () => weightedSum(features, []))
    for (const each of days) {
      if (each.day !== day) continue
      const moments = rewardMomentsOf(each.moments, rule.weights)
      bucket[each.arm] = rule.context ? moments : interceptOf(moments)
    }
    chooser.push(bucket)
  }
  return chooser.memory()
}

function newestOf(days: readonly ArmDay[]): number {
  return days.reduce((newest, { day }) => Math.max(newest, day), Number.NEGATIVE_INFINITY)
}

/** What is left when every request is alike. */
function interceptOf({ n, a, b, c }: RewardMoments): RewardMoments {
  return { features: 1, n, a: a.slice(0, 1), b: b.slice(0, 1), c }
}
