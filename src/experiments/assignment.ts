/**
 * Fixed allocation: which arm a unit gets, decided by its hash alone.
 *
 * Traffic and arms use independent salts, so that a larger traffic share only adds units and moves none. When an arm is masked (its
 * policy is switched off), only its own units are dealt again among the others, by a third salt: everyone else stays where they were.
 */
import { hashUniform, type Words } from './hash.ts'

export interface Salts {
  readonly traffic: Words
  readonly arms: Words
  readonly masked: Words
}

export interface Assignment {
  readonly arm: number
  /** Probability of every arm under the mask; sums to 1. */
  readonly propensities: readonly number[]
}

/** Whether the unit takes part at all. */
export function takesPart(unit: Words, salts: Salts, traffic: number): boolean {
  return traffic >= 1 || hashUniform(unit, salts.traffic) < traffic
}

/**
 * The arm of a unit. `shares` sum to 1; `eligible[i]` says whether arm i may serve.
 * Returns null when no arm is eligible.
 */
export function assign(
  unit: Words,
  salts: Salts,
  options: { readonly shares: readonly number[]; readonly eligible: readonly boolean[] },
): Assignment | null {
  const { shares, eligible } = options
  const propensities = maskedShares(shares, eligible)
  if (!propensities) return null
  const first = pick(shares, hashUniform(unit, salts.arms))
  const arm = eligible[first] ? first : pick(propensities, hashUniform(unit, salts.masked))
  return { arm, propensities }
}

/** The shares with masked arms at 0 and the rest scaled to sum to 1; the same array when nothing is masked. */
export function maskedShares(shares: readonly number[], eligible: readonly boolean[]): readonly number[] | null {
  if (eligible.every(Boolean)) return shares
  const total = shares.reduce((sum, share, i) => sum + (eligible[i] ? share : 0), 0)
  return total > 0 ? shares.map((share, i) => (eligible[i] ? share / total : 0)) : null
}

/** The arm whose stretch of [0, 1) holds u; an arm of probability 0 is never picked. */
export function pick(probabilities: readonly number[], u: number): number {
  let cumulative = 0
  let last = 0
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!
    if (probability <= 0) continue
    cumulative += probability
    last = i
    if (u < cumulative) return i
  }
  return last
}
