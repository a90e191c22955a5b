/** A small world whose truth is known: four kinds of shopper, alike in number, and three arms. */
import { valuationOf } from '../../src/bandits/off-policy-valuation.ts'
import { type LoggedDecision, type TargetPolicy, whatIf } from '../../src/bandits/off-policy-what-if.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { draw } from './off-policy-cases.ts'

const CONTEXTS = [
  [1, -1],
  [1, 0],
  [1, 1],
  [1, 2],
] as const
const ARMS = [0, 1, 2]
const BATCH = 100

export interface World {
  readonly floor: number
  /** The model is wrong by so much. */
  readonly modelBias?: number
  readonly temperature?: number
}

export type Log = readonly (readonly LoggedDecision[])[]

const rate = (x: ArrayLike<number>, arm: number): number => [0.1 + 0.02 * x[1]!, 0.14 - 0.03 * x[1]!, 0.12][arm]!

/** Other objective weights: the new policy sees the same predictions through another lens. */
export const bolder: TargetPolicy = ({ predictions }) => softmax(predictions, 0.02)

/** The policy that makes the log. */
export function loggingPolicy({ floor, temperature = 0.05 }: World): TargetPolicy {
  return ({ predictions }) => softmax(predictions, temperature).map((p) => floor / ARMS.length + (1 - floor) * p)
}

/** One decision a unit, by a policy that stays the same. */
export function logOf(seed: number, rows: number, world: World): Log {
  const random = randomOf(seed)
  const policy = loggingPolicy(world)
  return Array.from({ length: rows }, () => {
    const features = contextOf(random)
    const predictions = predictionsOf(features, world)
    return [decide(random, { features, predictions, propensities: policy({ features, predictions, propensities: [] }) })]
  })
}

/** One decision a unit, by a bandit that learns from every hundred of them and follows what looked best. */
export function learnedLogOf(seed: number, rows: number, { floor }: World): Log {
  const random = randomOf(seed)
  const policy = loggingPolicy({ floor, temperature: 0.01 })
  const counts = ARMS.map(() => 1)
  const rewards = ARMS.map(() => 0.1)
  let predictions = ARMS.map(() => 0.1)
  return Array.from({ length: rows }, (_, i) => {
    if (i % BATCH === 0) predictions = rewards.map((sum, arm) => sum / counts[arm]!)
    const features = contextOf(random)
    const decision = decide(random, { features, predictions, propensities: policy({ features, predictions, propensities: [] }) })
    counts[decision.arm]! += 1
    rewards[decision.arm]! += decision.reward
    return [decision]
  })
}

/** What a policy earns per decision. */
export function truthOf(target: TargetPolicy, world: Pick<World, 'modelBias'>): number {
  const values = CONTEXTS.map((features) => {
    const probabilities = target({ features, predictions: predictionsOf(features, world), propensities: ARMS.map(() => 1 / ARMS.length) })
    return probabilities.reduce((sum, p, arm) => sum + p * rate(features, arm), 0)
  })
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function valuation(log: Log, target: TargetPolicy) {
  return valuationOf(whatIf(log, { arms: ARMS.length, switchAt: 10, target }), { level: 0.95 })
}

function contextOf(random: Random): readonly number[] {
  return CONTEXTS[Math.floor(random.uniform() * CONTEXTS.length)]!
}

function predictionsOf(features: ArrayLike<number>, { modelBias = 0 }: Pick<World, 'modelBias'>): readonly number[] {
  return ARMS.map((arm) => rate(features, arm) + modelBias * (arm - 1))
}

function decide(random: Random, context: Omit<LoggedDecision, 'arm' | 'reward'>): LoggedDecision {
  const arm = draw(random, context.propensities)
  return { ...context, arm, reward: random.uniform() < rate(context.features, arm) ? 1 : 0 }
}

function softmax(scores: readonly number[], temperature: number): readonly number[] {
  const weights = scores.map((score) => Math.exp(score / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
