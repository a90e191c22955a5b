import { valuationOf } from '../../src/bandits/off-policy-valuation.ts'
import { type LoggedDecision, type TargetPolicy, whatIf } from '../../src/bandits/off-policy-what-if.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { draw } from './off-policy-cases.ts'

/** Four kinds of shopper, alike in number; three arms; a truth that is known. */
const CONTEXTS = [
  [1, -1],
  [1, 0],
  [1, 1],
  [1, 2],
] as const
const rate = (x: ArrayLike<number>, arm: number): number => [0.1 + 0.02 * x[1]!, 0.14 - 0.03 * x[1]!, 0.12][arm]!

function softmax(scores: readonly number[], temperature: number): readonly number[] {
  const weights = scores.map((score) => Math.exp(score / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** Other objective weights: the new policy sees the same predictions through another lens. */
export const bolder: TargetPolicy = ({ predictions }) => softmax(predictions, 0.02)

export interface World {
  readonly floor: number
  /** The model is wrong by so much. */
  readonly modelBias?: number
  readonly temperature?: number
}

function decide(random: Random, { floor, modelBias = 0, temperature = 0.05 }: World): LoggedDecision {
  const features = CONTEXTS[Math.floor(random.uniform() * CONTEXTS.length)]!
  const predictions = [0, 1, 2].map((arm) => rate(features, arm) + modelBias * (arm - 1))
  const propensities = softmax(predictions, temperature).map((p) => floor / 3 + (1 - floor) * p)
  const arm = draw(random, propensities)
  return { features, predictions, propensities, arm, reward: random.uniform() < rate(features, arm) ? 1 : 0 }
}

export function logOf(seed: number, rows: number, world: World): readonly (readonly LoggedDecision[])[] {
  const random = randomOf(seed)
  return Array.from({ length: rows }, () => [decide(random, world)])
}

export function truthOf(target: TargetPolicy, { modelBias = 0 }: Pick<World, 'modelBias'>): number {
  const values = CONTEXTS.map((features) => {
    const predictions = [0, 1, 2].map((arm) => rate(features, arm) + modelBias * (arm - 1))
    const probabilities = target({ features, predictions, propensities: [1 / 3, 1 / 3, 1 / 3] })
    return probabilities.reduce((sum, p, arm) => sum + p * rate(features, arm), 0)
  })
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export const valuation = (log: readonly (readonly LoggedDecision[])[], target: TargetPolicy) =>
  valuationOf(whatIf(log, { arms: 3, switchAt: 10, target }), { level: 0.95 })
