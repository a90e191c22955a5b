/**
 * What logged decisions say about a policy that did not make them: nine numbers a decision, and the moments of their sums by unit.
 *
 *     w = π_new(a)/π_log(a)         the weight of the arm a that was played
 *     ĝ = Σ_b π_new(b)·m̂(b)         what a model m̂ of the rewards expects of the new policy
 *
 *     (1, r, w, w·r, ĝ, w·m̂(a), [w ≤ λ]·w·r, [w ≤ λ]·w·m̂(a), e)
 *
 * Every estimate of `off-policy-estimates.ts` is a function of their means, and its error one of their covariances. e is the decision's
 * part in the model's own error; 0 for a model that was frozen before the decision. Decisions of one unit are summed before anything is
 * squared, because they are not independent. Moments of disjoint units merge in any order.
 */
import { assert } from '../stats/assert.ts'
import { openJointAccumulator } from '../stats/joint-accumulator.ts'
import { type JointMoments, mergeJointMoments } from '../stats/pair-moments.ts'

/** One logged decision, seen from the new policy. */
export interface Evidence {
  /** w = π_new/π_log of the arm that was played; not negative. */
  readonly weight: number
  readonly reward: number
  /** m̂ of the arm that was played. */
  readonly prediction: number
  /** ĝ, the model's answer for the new policy. */
  readonly modelValue: number
  /** e; left out for a model that was frozen before the decision. */
  readonly modelError?: number
  /** What the new policy gives to arms that the log could not have played, by arm. */
  readonly unsupported?: readonly number[]
  /** Var(w) = Σ_a π_new²/π_log − 1, before the arm was drawn; left out where the propensities of the other arms are not known. */
  readonly weightVariance?: number
}

/** Where each of the nine numbers stands. */
export const PLACE = {
  decisions: 0,
  reward: 1,
  weight: 2,
  weightedReward: 3,
  modelValue: 4,
  weightedPrediction: 5,
  keptReward: 6,
  keptPrediction: 7,
  modelError: 8,
} as const
const QUANTITIES = 9

export interface OffPolicyMoments {
  /** Over units, of the nine numbers. */
  readonly units: JointMoments
  /** Over decisions: Σw, Σw² and the largest w. */
  readonly weight: number
  readonly squaredWeight: number
  readonly largestWeight: number
  /** Σw over the decisions with w ≤ λ. */
  readonly keptWeight: number
  /** Over decisions: Σw·|r| and Σw²·r². */
  readonly weightedSize: number
  readonly squaredSize: number
  /** Σ π_new(a) over the decisions in which the log could not have played a, by arm. */
  readonly unsupported: readonly number[]
  /** Σ Var(w) over the decisions for which it is known. */
  readonly weightVariance: number
  /** λ, above which SwitchDR leaves a decision to the model. */
  readonly switchAt: number
}

export interface FoldShape {
  readonly arms: number
  /** λ > 0; Infinity keeps every decision. */
  readonly switchAt: number
}

export interface OffPolicyFold {
  /** The decisions of one unit, all of them. */
  add(unit: readonly Evidence[]): void
  moments(): OffPolicyMoments
}

/** Opens an empty fold. Its memory is constant. */
export function openOffPolicyFold({ arms, switchAt }: FoldShape): OffPolicyFold {
  assert(switchAt >= 0, `a switch is not negative, got ${switchAt}`)
  const units = openJointAccumulator(QUANTITIES)
  const sums = new Float64Array(QUANTITIES)
  const unsupported = new Float64Array(arms)
  let weight = 0
  let squaredWeight = 0
  let largestWeight = 0
  let keptWeight = 0
  let weightedSize = 0
  let squaredSize = 0
  let weightVariance = 0
  return {
    add(unit) {
      sums.fill(0)
      for (const evidence of unit) {
        addDecision(sums, evidence, switchAt)
        const size = evidence.weight * Math.abs(evidence.reward)
        weight += evidence.weight
        squaredWeight += evidence.weight * evidence.weight
        largestWeight = Math.max(largestWeight, evidence.weight)
        if (evidence.weight <= switchAt) keptWeight += evidence.weight
        weightedSize += size
        squaredSize += size * size
        weightVariance += evidence.weightVariance ?? 0
        assert(!evidence.unsupported || evidence.unsupported.length === arms, `there are ${arms} arms`)
        if (evidence.unsupported) for (let arm = 0; arm < arms; arm++) unsupported[arm]! += evidence.unsupported[arm]!
      }
      if (unit.length > 0) units.add(sums)
    },
    moments: () => ({
      units: units.moments(),
      ...{ weight, squaredWeight, largestWeight, keptWeight },
      ...{ weightedSize, squaredSize, weightVariance },
      unsupported: [...unsupported],
      switchAt,
    }),
  }
}

/** Moments of the union of two disjoint sets of units. */
export function mergeOffPolicy(a: OffPolicyMoments, b: OffPolicyMoments): OffPolicyMoments {
  assert(a.switchAt === b.switchAt, `moments with switches ${a.switchAt} and ${b.switchAt} do not merge`)
  assert(a.unsupported.length === b.unsupported.length, 'moments of different arms do not merge')
  return {
    units: mergeJointMoments(a.units, b.units),
    weight: a.weight + b.weight,
    squaredWeight: a.squaredWeight + b.squaredWeight,
    largestWeight: Math.max(a.largestWeight, b.largestWeight),
    keptWeight: a.keptWeight + b.keptWeight,
    weightedSize: a.weightedSize + b.weightedSize,
    squaredSize: a.squaredSize + b.squaredSize,
    weightVariance: a.weightVariance + b.weightVariance,
    unsupported: a.unsupported.map((share, arm) => share + b.unsupported[arm]!),
    switchAt: a.switchAt,
  }
}

/** How many decisions there are. */
export function decisionsOf({ units }: OffPolicyMoments): number {
  return Math.round(units.n * units.mean[PLACE.decisions]!)
}

function addDecision(sums: Float64Array, { weight, reward, prediction, modelValue, modelError = 0 }: Evidence, switchAt: number): void {
  assert(weight >= 0 && Number.isFinite(weight), `a weight is not negative, got ${weight}`)
  assert(Number.isFinite(reward + prediction + modelValue + modelError), 'rewards and predictions are finite')
  sums[PLACE.decisions]! += 1
  sums[PLACE.reward]! += reward
  sums[PLACE.weight]! += weight
  sums[PLACE.weightedReward]! += weight * reward
  sums[PLACE.modelValue]! += modelValue
  sums[PLACE.weightedPrediction]! += weight * prediction
  if (weight <= switchAt) {
    sums[PLACE.keptReward]! += weight * reward
    sums[PLACE.keptPrediction]! += weight * prediction
  }
  sums[PLACE.modelError]! += modelError
}
