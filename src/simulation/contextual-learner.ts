/**
 * What learns in a world with context, bucket by bucket, by the code that serves: lines of the reward from exact moments, or lines of log-odds from
 * cells, of which a bucket is a day of the chain.
 */
import { armModels } from '../bandits/arm-models.ts'
import { coarseOf } from '../bandits/coarse-features.ts'
import { type Decider, deciderOf, THOMPSON_SCALE } from '../bandits/decider.ts'
import { openDecisionAccumulator } from '../bandits/decision-accumulator.ts'
import { type ArmCells, openLogits } from '../bandits/epoch-logits.ts'
import type { ArmDay } from '../bandits/epoch-parts.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { rewardMomentsOf } from '../bandits/reward-moments.ts'
import { isUnknown } from '../stats/estimate.ts'
import { atOnce } from '../stats/pieces.ts'

export const CONTEXTUAL_LEARNERS = ['even', 'without-context', 'with-context', 'log-odds'] as const
export type ContextualLearner = (typeof CONTEXTUAL_LEARNERS)[number]

export interface ContextualMind {
  /** How many of the features it looks at. */
  readonly features: number
  learn(x: Int16Array, arm: number, reward: 0 | 1): void
  /** The bucket is over: how to decide in the next one. Null: evenly. */
  decider(): Decider | null
}

export interface MindOptions {
  readonly arms: number
  readonly features: number
  readonly floor: number
  readonly scale?: number | undefined
}

/** A learner that has seen nothing. */
export function openMind(name: ContextualLearner, options: MindOptions): ContextualMind {
  switch (name) {
    case 'even':
      return { features: 1, learn: () => undefined, decider: () => null }
    case 'without-context':
      return linesOf({ ...options, features: 1 })
    case 'with-context':
      return linesOf(options)
    case 'log-odds':
      return logitsOf(options)
  }
}

function linesOf({ arms, features, floor, scale }: MindOptions): ContextualMind {
  const sums = Array.from({ length: arms }, () => openDecisionAccumulator({ features, outcomes: 1 }))
  const thompsonScale = scale ?? (features > 1 ? THOMPSON_SCALE.withContext : THOMPSON_SCALE.withoutContext)
  return {
    features,
    learn: (x, arm, reward) => sums[arm]!.add(x, [reward]),
    decider() {
      const models = armModels(sums.map((one) => rewardMomentsOf(one.moments(), [1])))
      return isUnknown(models) ? null : deciderOf({ models, thompsonScale, floor, precision: 'serving', featureScale: FEATURE_SCALE })
    },
  }
}

interface Counted {
  readonly x: Int8Array
  n: number
  hits: number
}

function logitsOf({ arms, features, floor, scale = THOMPSON_SCALE.withContext }: MindOptions): ContextualMind {
  const fitting = openLogits()
  const cells: ArmCells[] = []
  const days: ArmDay[] = []
  const nothing = openDecisionAccumulator({ features: 1, outcomes: 1 }).moments()
  const opened = () => Array.from({ length: arms }, () => new Map<string, Counted>())
  let bucket = opened()
  const forever = { memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY }
  return {
    features,
    learn(x, arm, reward) {
      const coarse = coarseOf(x)
      const cell = bucket[arm]!.get(coarse.join()) ?? { x: coarse, n: 0, hits: 0 }
      bucket[arm]!.set(coarse.join(), cell)
      cell.n += 1
      cell.hits += reward
    },
    decider() {
      const day = days.length
      days.push({ arm: 0, day, moments: nothing })
      for (const [arm, counted] of bucket.entries()) {
        const own = [...counted.values()]
        const x = Int8Array.from(own.flatMap((cell) => [...cell.x]))
        const [n, hits] = [Uint32Array.from(own, (cell) => cell.n), Uint32Array.from(own, (cell) => cell.hits)]
        if (own.length > 0) cells.push({ arm, day, hour: null, cells: { features, x, n, hits } })
      }
      bucket = opened()
      const models = atOnce(fitting(cells, days, { arms, features, weights: [1], context: true, ...forever }))
      return isUnknown(models)
        ? null
        : deciderOf({ models, thompsonScale: scale, floor, precision: 'serving', featureScale: FEATURE_SCALE })
    },
  }
}
