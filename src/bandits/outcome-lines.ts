/**
 * What a bandit expects of every single outcome, beside the reward that it chooses by: one line an arm and outcome.
 *
 *     θₐₖ = Λₐ⁻¹(Λ₀·m₀ₖ + Bₐₖ)      Λ₀, Λₐ those of the reward      m₀ₖ = (ȳₖ, 0, …) over all arms      Σₖ wₖ·θₐₖ = θₐ
 *
 * Logged with each exposure, they are what was known beforehand, and reports may subtract them from what came (augmented scores). They
 * cost a regression no more: the reward's factor serves all outcomes. Decisions are drawn by the reward's line alone.
 */
import { factorise, solve } from '../stats/cholesky.ts'
import { isUnknown } from '../stats/estimate.ts'
import type { LinearPrior } from './bayesian-linear.ts'
import { FEATURE_SCALE } from './features.ts'
import { pooled, type RewardMoments } from './reward-moments.ts'
import { scaleFreePrior } from './scale-free-prior.ts'

/** Moments of an arm's reward, and B of its outcomes: d × m, row by row, per 1 of x and weighted by age alike. */
export interface ArmOutcomes {
  readonly reward: RewardMoments
  readonly b: Float64Array
}

/**
 * By arm: its outcomes' lines one after the other, m × d. Null when the reward has no posterior, or without outcomes. With no prior given, the
 * scale-free one of the reward.
 */
export function outcomeLines(arms: readonly ArmOutcomes[], outcomes: number, given?: LinearPrior): readonly Float64Array[] | null {
  const { features } = arms[0]!.reward
  const rewards = arms.map(({ reward }) => reward)
  const all = pooled(features, rewards)
  const prior = given ?? scaleFreePrior(all, arms.length)
  if (isUnknown(prior) || outcomes === 0) return null
  const means = Array.from({ length: outcomes }, (_, k) => arms.reduce((sum, { b }) => sum + b[k]!, 0) / all.n)
  const lines: Float64Array[] = []
  for (const { reward, b } of arms) {
    const factor = reward.a.map((value, i) => value + prior.precision[i]!)
    if (!factorise(factor, features)) return null
    const own = new Float64Array(outcomes * features)
    for (let k = 0; k < outcomes; k++) {
      const line = own.subarray(k * features, (k + 1) * features)
      for (let i = 0; i < features; i++) line[i] = b[i * outcomes + k]! + prior.precision[i * features]! * means[k]!
      solve(factor, features, line)
    }
    lines.push(own)
  }
  return lines
}

/** At x, in units of 1/1024: every arm's outcomes, arm by arm, rounded to the 32 bits that the log keeps. */
export type Expectations = (x: ArrayLike<number>) => readonly number[]

/** Prepares lines for serving; `lines` by arm, outcomes × features each. */
export function expectationsOf(lines: readonly ArrayLike<number>[], features: number): Expectations {
  const each = lines.length === 0 ? 0 : lines[0]!.length / features
  const packed = new Float64Array(lines.length * each * features)
  lines.forEach((line, arm) => {
    packed.set(
      Array.from(line, (value) => value / FEATURE_SCALE),
      arm * each * features,
    )
  })
  const present = new Int32Array(features)
  return (x) => {
    let filled = 0
    for (let i = 0; i < features; i++) if (x[i] !== 0) present[filled++] = i
    const expected = new Array<number>(lines.length * each)
    for (let place = 0, from = 0; place < expected.length; place++, from += features) {
      let sum = 0
      for (let k = 0; k < filled; k++) sum += packed[from + present[k]!]! * x[present[k]!]!
      expected[place] = Math.fround(sum)
    }
    return expected
  }
}
