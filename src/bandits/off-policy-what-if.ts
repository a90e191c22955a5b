/**
 * What if: the service's own log, seen from another policy.
 *
 *     (x, a, π[], r, m̂[]) × target(x) ─▶ w = target(a)/π(a), ĝ = Σ_b target(b)·m̂(b) ─▶ moments ─▶ valuation
 *
 * The exposure logs π and m̂ of every arm from the snapshot that served it, so that m̂ is older than the reward and needs no
 * cross-fitting. The target may look at all that was known at the decision, and at nothing that came of it. Whoever streams units from
 * a cursor opens the fold of `off-policy-moments.ts` and adds the `evidenceOf` their decisions.
 */
import { assert } from '../stats/assert.ts'
import { type Evidence, type FoldShape, type OffPolicyMoments, openOffPolicyFold } from './off-policy-moments.ts'

/** What was known when a decision was made. Arms are numbered from 0; every list has one entry an arm. */
export interface DecisionContext {
  /** The feature vector. */
  readonly features: ArrayLike<number>
  /** π > 0 of the arm that was played; they sum to 1. */
  readonly propensities: readonly number[]
  /** m̂, the expected reward, frozen before the decision; in the units of the reward. */
  readonly predictions: readonly number[]
  /** Arms that were allowed (guardrails, kill switches); all when left out. */
  readonly eligible?: readonly boolean[]
}

export interface LoggedDecision extends DecisionContext {
  readonly arm: number
  readonly reward: number
}

/** Probabilities of all arms, which sum to 1. */
export type TargetPolicy<Context extends DecisionContext = DecisionContext> = (context: Context) => readonly number[]

/** Rounding that a list of probabilities may have; logged ones may be single precision. */
const SUM_SLACK = 1e-5

/** Folds a log, unit by unit, into the moments of a target policy. */
export function whatIf<Decision extends LoggedDecision>(
  units: Iterable<readonly Decision[]>,
  { target, ...shape }: FoldShape & { readonly target: TargetPolicy<Decision> },
): OffPolicyMoments {
  const fold = openOffPolicyFold(shape)
  for (const decisions of units) fold.add(decisions.map((decision) => evidenceOf(decision, target(decision))))
  return fold.moments()
}

/** One decision, seen from a policy that would have chosen with these probabilities. */
export function evidenceOf({ arm, propensities, predictions, reward }: LoggedDecision, probabilities: readonly number[]): Evidence {
  assert(propensities.length === probabilities.length, `${propensities.length} arms were logged, ${probabilities.length} are asked about`)
  assert(predictions.length === probabilities.length, `${propensities.length} arms were logged, ${predictions.length} were predicted`)
  assertProbabilities(propensities)
  assertProbabilities(probabilities)
  const propensity = propensities[arm]
  assert(propensity !== undefined && propensity > 0, `arm ${arm} was played with propensity ${propensity}`)
  const missing = probabilities.some((probability, other) => probability > 0 && propensities[other] === 0)
  return {
    weight: probabilities[arm]! / propensity,
    reward,
    prediction: predictions[arm]!,
    weightVariance: weightVarianceOf(propensities, probabilities),
    modelValue: probabilities.reduce((sum, probability, other) => sum + probability * predictions[other]!, 0),
    ...(missing ? { unsupported: probabilities.map((probability, other) => (propensities[other] === 0 ? probability : 0)) } : {}),
  }
}

/** Var(w) before the draw: Σ_a π_new²/π_log − 1 over the arms that could be played. */
export function weightVarianceOf(propensities: readonly number[], probabilities: readonly number[]): number {
  const square = propensities.reduce((sum, propensity, arm) => (propensity > 0 ? sum + probabilities[arm]! ** 2 / propensity : sum), 0)
  return Math.max(square - 1, 0)
}

function assertProbabilities(probabilities: readonly number[]): void {
  let sum = 0
  for (const probability of probabilities) {
    assert(probability >= 0, `a probability is not negative, got ${probability}`)
    sum += probability
  }
  assert(Math.abs(sum - 1) <= SUM_SLACK, `probabilities sum to 1, got ${sum}`)
}
