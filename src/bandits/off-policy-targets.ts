/**
 * Policies to ask about: everybody alike, one arm, fixed shares, and a floor under any other.
 *
 *     floor   π = ε/K + (1 − ε)·p over the K eligible arms
 *
 * Arms that were not allowed at a decision would not have been allowed for another policy either: their share goes to the others. Where
 * all of it would go to them, it stays, and the decision counts as one that the log cannot speak for.
 */
import { assert } from '../stats/assert.ts'
import type { DecisionContext, TargetPolicy } from './off-policy-what-if.ts'

/** Every eligible arm alike. */
export const everyArmAlike: TargetPolicy = (context) =>
  amongEligible(
    context.propensities.map(() => 1),
    context,
  )

/** One arm, always. */
export function alwaysArm(arm: number): TargetPolicy {
  return (context) => {
    assert(arm >= 0 && arm < context.propensities.length, `there is no arm ${arm}`)
    return amongEligible(
      context.propensities.map((_, other) => (other === arm ? 1 : 0)),
      context,
    )
  }
}

/** The same shares for everybody; any positive scale. */
export function fixedShares(shares: readonly number[]): TargetPolicy {
  assert(
    shares.every((share) => share >= 0 && Number.isFinite(share)),
    'shares are not negative',
  )
  assert(
    shares.some((share) => share > 0),
    'one share is positive',
  )
  return (context) => amongEligible(shares, context)
}

/** Another policy with a floor ε ∈ [0, 1] under every eligible arm. */
export function withFloor<Context extends DecisionContext>(policy: TargetPolicy<Context>, floor: number): TargetPolicy<Context> {
  assert(floor >= 0 && floor <= 1, `a floor lies in [0, 1], got ${floor}`)
  return (context) => {
    const alike = everyArmAlike(context)
    return policy(context).map((probability, arm) => floor * alike[arm]! + (1 - floor) * probability)
  }
}

function amongEligible(shares: readonly number[], { eligible }: DecisionContext): readonly number[] {
  const allowed = shares.map((share, arm) => (eligible?.[arm] === false ? 0 : share))
  const kept = allowed.some((share) => share > 0) ? allowed : shares
  const total = kept.reduce((sum, share) => sum + share, 0)
  return kept.map((share) => share / total)
}
