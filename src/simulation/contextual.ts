/**
 * A world with context: which arm is best depends on who asks. Each request is decided as in production, by the decider.
 *
 *     line       P(reward = 1 | x, a) = clip( base + x·θₐ )                x: intercept, device, hour, … quantised to 1/1024
 *     log-odds   P(reward = 1 | x, a) = 1/(1 + e^−(base + x·θₐ))
 *
 * Models are refitted after every bucket. The yardstick is the best arm for each x; a bandit that does not look at x can at best be right about
 * the best arm on average.
 */
import type { Decider } from '../bandits/decider.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { expit } from '../stats/bayesian-variable.ts'
import { drawNormal } from '../stats/draws.ts'
import { type Random, randomOf } from '../stats/random.ts'
import { CONTEXTUAL_LEARNERS, type ContextualLearner, openMind } from './contextual-learner.ts'
import { learnerStudy, type Study, type StudyOptions } from './study.ts'
import { meanOf } from './summary.ts'

export interface ContextualWorld {
  readonly arms: number
  /** d, intercept included. */
  readonly features: number
  readonly buckets: number
  /** Requests a bucket. */
  readonly requests: number
  /** What base and θ add up to: the rate, or its log-odds. */
  readonly link: 'line' | 'log-odds'
  readonly base: number
  /** Standard deviation of the entries of θ. */
  readonly strength: number
}

export interface ContextualScenario {
  readonly name: string
  readonly about: string
  readonly world: ContextualWorld
  readonly learners: readonly ContextualLearner[]
}

/** Ten features and four arms: thirty thousand requests, or sixty thousand where few buy. */
export const CONTEXTUAL_SCENARIOS: readonly ContextualScenario[] = [
  {
    name: 'contextual',
    about: 'which arm is best depends on ten features of the request',
    world: { arms: 4, features: 10, buckets: 60, requests: 500, link: 'line', base: 0.3, strength: 0.05 },
    learners: CONTEXTUAL_LEARNERS,
  },
  {
    name: 'contextual-odds',
    about: 'ten features multiply the odds of a purchase, which few make',
    world: { arms: 4, features: 10, buckets: 60, requests: 1000, link: 'log-odds', base: -4.5, strength: 0.8 },
    learners: CONTEXTUAL_LEARNERS,
  },
]

/** Cumulated regret after each bucket; world and traffic depend on the seed only. */
export function contextualRun(
  world: ContextualWorld,
  learner: ContextualLearner,
  { floor, seed, scale }: Omit<StudyOptions, 'seeds'>,
): Float64Array {
  const nature = randomOf(seed)
  const chance = randomOf(-seed)
  const { arms, features } = world
  const theta = Array.from({ length: arms }, () => Float64Array.from({ length: features }, () => world.strength * drawNormal(nature)))
  const mind = openMind(learner, { arms, features, floor, scale })
  const everybody = new Uint8Array(arms).fill(1)
  const regret = new Float64Array(world.buckets)
  let decider: Decider | null = null
  let total = 0
  for (let bucket = 0; bucket < world.buckets; bucket++) {
    for (let request = 0; request < world.requests; request++) {
      const x = contextOf(features, nature)
      const seen = mind.features === 1 ? INTERCEPT : x
      const u = chance.uniform()
      const arm = decider ? decider.decide(seen, everybody, u) : Math.floor(u * arms)
      const rates = theta.map((own) => rateAt(world, own, x))
      total += Math.max(...rates) - rates[arm]!
      mind.learn(seen, arm, chance.uniform() < rates[arm]! ? 1 : 0)
    }
    regret[bucket] = total
    decider = mind.decider()
  }
  return regret
}

/** All learners over many worlds; `tell` hears after every run. */
export function contextualStudy(
  { name, about, world, learners }: ContextualScenario,
  { seeds, seed, ...options }: StudyOptions,
  tell?: () => void,
): Study {
  const runs = learners.map((learner) =>
    Array.from({ length: seeds }, (_, i) => {
      const run = contextualRun(world, learner, { ...options, seed: seed + i })
      tell?.()
      return run
    }),
  )
  const even = meanOf(runs[0]!.map((run) => run.at(-1)!))
  const studied = learners.map((learner, i) => learnerStudy({ learner, variant: '', runs: runs[i]!, even, requests: world.requests }))
  return { scenario: name, about, requests: world.buckets * world.requests, even, leastSlope: null, learners: studied }
}

const INTERCEPT = Int16Array.of(FEATURE_SCALE)

/** An intercept, then flags and measures in turn. */
function contextOf(features: number, random: Random): Int16Array {
  return Int16Array.from({ length: features }, (_, i) => {
    if (i === 0) return FEATURE_SCALE
    return i % 2 === 0 ? Math.round(FEATURE_SCALE * (2 * random.uniform() - 1)) : random.uniform() < 0.3 ? FEATURE_SCALE : 0
  })
}

function rateAt({ link, base }: ContextualWorld, theta: Float64Array, x: Int16Array): number {
  let sum = base
  for (let i = 0; i < x.length; i++) sum += (theta[i]! * x[i]!) / FEATURE_SCALE
  return link === 'line' ? Math.min(Math.max(sum, 0), 1) : expit(sum)
}
