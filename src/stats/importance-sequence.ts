/**
 * A confidence sequence for the value of another policy, from logged rewards and propensities, at any time and any sample size.
 *
 *     X = w·r ≥ 0 with mean = value in [0, 1]      w = π_new/π_logged      S = Σ(X − m)      V = Σ(X − X̂)²,  X̂ predicted beforehand
 *     ln E(m) = S + V + ρ·ln ρ − (V+ρ)·ln(S+V+ρ) + ln γ(V+ρ, S+V+ρ) − ln γ(ρ, ρ)
 *
 * Values m with E ≥ 2/α are too low to be true (gamma–exponential mixture: X may have any upper tail). The upper end is the lower end of
 * 1 − r. Weights may be as heavy as they like; the interval then simply stays wide. An empty one says that the propensities are wrong.
 * @see Waudby-Smith et al. (2022), arXiv:2210.10768; Howard et al. (2021), doi:10.1214/20-AOS1991
 */
import { assert } from './assert.ts'
import { assertLevel, type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'
import { gammaLogCdf } from './gamma.ts'
import { rootByBracket } from './root.ts'
import { logGamma } from './special.ts'

/** Scale of the mixture; 1 suits values away from 0 and is what other tools use. */
const RHO = 1
/** Before any row the value is guessed at ½, with the weight of one row. */
const GUESS = 0.5

/** One side's sums: Σ X, and Σ (X − X̂)². */
interface Side {
  readonly sum: number
  readonly variance: number
}

/** What is kept of the rows so far. Their order counts: predictions look back only. */
export interface ValueSequence {
  readonly rows: number
  readonly ofReward: Side
  readonly ofLoss: Side
}

export const NO_ROWS: ValueSequence = { rows: 0, ofReward: { sum: 0, variance: 0 }, ofLoss: { sum: 0, variance: 0 } }

/** The sequence after one more row: its weight π_new/π_logged, and its reward in [0, 1]. */
export function withRow(sequence: ValueSequence, { weight, reward }: { readonly weight: number; readonly reward: number }): ValueSequence {
  assert(weight >= 0 && Number.isFinite(weight), `a weight is not negative, got ${weight}`)
  assert(reward >= 0 && reward <= 1, `a reward lies in [0, 1], got ${reward}`)
  const { rows, ofReward, ofLoss } = sequence
  return { rows: rows + 1, ofReward: nextSide(ofReward, weight * reward, rows), ofLoss: nextSide(ofLoss, weight * (1 - reward), rows) }
}

/** The interval now. Unknown without rows, or when no value is left: then the propensities do not fit the rewards. */
export function valueInterval({ rows, ofReward, ofLoss }: ValueSequence, { level }: { readonly level: number }): Interval | Unknown {
  assertLevel(level)
  if (rows === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const threshold = Math.log(2 / (1 - level))
  const low = lowest(ofReward, rows, threshold)
  const high = 1 - lowest(ofLoss, rows, threshold)
  return low <= high ? intervalOf(low, high) : unknown('no-overlap', { have: low, need: high })
}

function nextSide({ sum, variance }: Side, x: number, rows: number): Side {
  const predicted = (sum + GUESS) / (rows + 1)
  return { sum: sum + x, variance: variance + (x - predicted) ** 2 }
}

/** The smallest mean in [0, 1] that the rows do not refute. */
function lowest({ sum, variance }: Side, rows: number, threshold: number): number {
  const excess = (mean: number): number => logWealth(sum - rows * mean, variance) - threshold
  if (excess(0) <= 0) return 0
  const most = Math.min(1, sum / rows)
  return excess(most) >= 0 ? most : rootByBracket(excess, { low: 0, high: most })
}

function logWealth(s: number, v: number): number {
  const shape = v + RHO
  return s + v + RHO * Math.log(RHO) - shape * Math.log(s + shape) + logLowerGamma(shape, s + shape) - logLowerGamma(RHO, RHO)
}

/** ln γ(a, x). */
function logLowerGamma(a: number, x: number): number {
  return gammaLogCdf(x, a) + logGamma(a)
}
