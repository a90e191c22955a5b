/**
 * A world with context: which arm is best depends on who asks. Each request is decided as in production, by the decider.
 *
 *     P(reward = 1 | x, a) = clip( base + x·θₐ )      x: intercept, device, hour, … quantised to 1/1024
 *
 * Models are refitted from exact moments after every bucket. The yardstick is the best arm for each x; a bandit that does not look at x
 * can at best be right about the best arm on average.
 */
import { armModels } from '../bandits/arm-models.ts'
import { type Decider, deciderOf, THOMPSON_SCALE } from '../bandits/decider.ts'
import { openDecisionAccumulator } from '../bandits/decision-accumulator.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { rewardMomentsOf } from '../bandits/reward-moments.ts'
import { drawNormal } from '../stats/draws.ts'
import { isUnknown } from '../stats/estimate.ts'
import { type Random, randomOf } from '../stats/random.ts'
import { learnerStudy, type Study, type StudyOptions } from './study.ts'
import { meanOf } from './summary.ts'

export interface ContextualWorld {
  readonly arms: number
  /** d, intercept included. */
  readonly features: number
  readonly buckets: number
  /** Requests a bucket. */
  readonly requests: number
  readonly base: number
  /** Standard deviation of the entries of θ. */
  readonly strength: number
}

/** Ten features, four arms, thirty thousand requests. */
export const CONTEXTUAL_WORLD: ContextualWorld = { arms: 4, features: 10, buckets: 60, requests: 500, base: 0.3, strength: 0.05 }
export const CONTEXTUAL_LEARNERS = ['even', 'without-context', 'with-context'] as const

export type ContextualLearner = (typeof CONTEXTUAL_LEARNERS)[number]

/** Cumulated regret after each bucket; world and traffic depend on the seed only. */
export function contextualRun(
  world: ContextualWorld,
  learner: ContextualLearner,
  { floor, seed, scale }: Omit<StudyOptions, 'seeds'>,
): Float64Array {
  const nature = randomOf(seed)
  const chance = randomOf(-seed)
  const theta = Array.from({ length: world.arms }, () =>
    Float64Array.from({ length: world.features }, () => world.strength * drawNormal(nature)),
  )
  const seenFeatures = learner === 'with-context' ? world.features : 1
  const shape = { features: seenFeatures, outcomes: 1 }
  const sums = Array.from({ length: world.arms }, () => openDecisionAccumulator(shape))
  const everybody = new Uint8Array(world.arms).fill(1)
  const regret = new Float64Array(world.buckets)
  let decider: Decider | null = null
  let total = 0
  for (let bucket = 0; bucket < world.buckets; bucket++) {
    for (let request = 0; request < world.requests; request++) {
      const x = contextOf(world.features, nature)
      const seen = learner === 'with-context' ? x : INTERCEPT
      const u = chance.uniform()
      const arm = decider ? decider.decide(seen, everybody, u) : Math.floor(u * world.arms)
      const rates = theta.map((own) => rateAt(world.base, own, x))
      total += Math.max(...rates) - rates[arm]!
      sums[arm]!.add(seen, [chance.uniform() < rates[arm]! ? 1 : 0])
    }
    regret[bucket] = total
    if (learner === 'even') continue
    const models = armModels(sums.map((one) => rewardMomentsOf(one.moments(), [1])))
    const thompsonScale = scale ?? (learner === 'with-context' ? THOMPSON_SCALE.withContext : THOMPSON_SCALE.withoutContext)
    if (!isUnknown(models)) decider = deciderOf({ models, thompsonScale, floor, precision: 'serving', featureScale: FEATURE_SCALE })
  }
  return regret
}

/** All learners over many worlds; `tell` hears after every run. */
export function contextualStudy({ seeds, seed, ...options }: StudyOptions, tell?: () => void): Study {
  const world = CONTEXTUAL_WORLD
  const runs = CONTEXTUAL_LEARNERS.map((learner) =>
    Array.from({ length: seeds }, (_, i) => {
      const run = contextualRun(world, learner, { ...options, seed: seed + i })
      tell?.()
      return run
    }),
  )
  const even = meanOf(runs[0]!.map((run) => run.at(-1)!))
  const learners = CONTEXTUAL_LEARNERS.map((learner, i) =>
    learnerStudy({ learner, variant: '', runs: runs[i]!, even, requests: world.requests }),
  )
  const about = 'which arm is best depends on ten features of the request'
  return { scenario: 'contextual', about, requests: world.buckets * world.requests, even, leastSlope: null, learners }
}

const INTERCEPT = Int16Array.of(FEATURE_SCALE)

/** An intercept, then flags and measures in turn. */
function contextOf(features: number, random: Random): Int16Array {
  return Int16Array.from({ length: features }, (_, i) => {
    if (i === 0) return FEATURE_SCALE
    return i % 2 === 0 ? Math.round(FEATURE_SCALE * (2 * random.uniform() - 1)) : random.uniform() < 0.3 ? FEATURE_SCALE : 0
  })
}

function rateAt(base: number, theta: Float64Array, x: Int16Array): number {
  let rate = base
  for (let i = 0; i < x.length; i++) rate += (theta[i]! * x[i]!) / FEATURE_SCALE
  return Math.min(Math.max(rate, 0), 1)
}
