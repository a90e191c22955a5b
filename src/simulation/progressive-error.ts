/**
 * Progressive error: how often a bandit is wrong while it learns. Every row is judged before it is learned from.
 *
 *     arm = argmaxₐ ( mₐ + v·sₐ·Zₐ )      reward = 1 if it is the right class      error = mistakes/rows
 *
 * Drawing Z and taking the best is drawing from the exact propensities, without needing them: nothing is logged here.
 * @see Bietti, Agarwal & Langford (2021), JMLR 22-133
 */
import { type HeadKind, openHead } from '../bandits/scoring-head.ts'
import { drawNormal } from '../stats/draws.ts'
import { randomOf } from '../stats/random.ts'
import { type ClassificationSet, shuffled } from './classification-set.ts'

/** One setting for all sets. */
export interface ErrorSetting {
  readonly head: HeadKind
  /** v. */
  readonly thompsonScale: number
  /** Variance of the score of an average context before anything was seen; a coefficient has at most 1. */
  readonly scoreVariance: number
}

/** Nothing here is fitted to a set: a logit within ±6 (rates of .2 to 99.8 %), and the Thompson scales that did best elsewhere. */
export const SETTINGS: Readonly<Record<HeadKind, ErrorSetting>> = {
  linear: { head: 'linear', thompsonScale: 0.5, scoreVariance: 10 },
  logistic: { head: 'logistic', thompsonScale: 0.25, scoreVariance: 10 },
}

/** Variance of every coefficient at first: the more features are at work in a context, the less each of them may say. */
export function priorVarianceOf({ contexts }: ClassificationSet, { scoreVariance }: ErrorSetting): number {
  const squares = contexts.reduce((sum, x) => x.reduce((norm, value) => norm + value * value, sum), 0)
  return Math.min(1, scoreVariance / (squares / contexts.length))
}

/** The share of rows on which the chosen arm was wrong, in one seeded order; `tell` hears of rows done. */
export function progressiveError(set: ClassificationSet, setting: ErrorSetting, seed: number, tell?: (rows: number) => void): number {
  const random = randomOf(seed)
  const order = shuffled(set.rows, random)
  const { head: kind, thompsonScale } = setting
  const priorVariance = priorVarianceOf(set, setting)
  const head = openHead({ kind, arms: set.arms, features: set.features + 1, priorVariance })
  const means = new Float64Array(set.arms)
  const deviations = new Float64Array(set.arms)
  let mistakes = 0
  order.forEach((row, done) => {
    const x = set.contexts[row]!
    head.marginals(x, means, deviations)
    let chosen = 0
    let best = Number.NEGATIVE_INFINITY
    for (let arm = 0; arm < set.arms; arm++) {
      const draw = means[arm]! + thompsonScale * deviations[arm]! * drawNormal(random)
      if (draw > best) {
        best = draw
        chosen = arm
      }
    }
    const isRight = chosen === set.labels[row]
    if (!isRight) mistakes++
    head.learn(chosen, x, isRight ? 1 : 0)
    if (done % 1024 === 0) tell?.(done)
  })
  return mistakes / set.rows
}
