/**
 * The empirical-Bernstein confidence sequence for the value of another policy: the simpler companion of the mixture.
 *
 *     L = ( Σλᵢ·Xᵢ − ln(2/α) − Σψ(λᵢ)·(Xᵢ − X̂ᵢ₋₁)² ) / Σλᵢ        ψ(λ) = −ln(1 − λ) − λ
 *     λᵢ = min( √(2·ln(2/α)/(σ̂²ᵢ₋₁·i·ln(i + 1))), ½ )               predicted from the rows before
 *
 * X = w·r ≥ 0 with mean = value in [0, 1], X̂ ≤ 1. The upper end is the lower end of 1 − r.
 * @see Waudby-Smith & Ramdas (2024), doi:10.1093/jrsssb/qkad009; Waudby-Smith et al. (2022), arXiv:2210.10768
 */
import { assert } from './assert.ts'
import { assertLevel, type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'

const BET_MAX = 0.5
/** Before any row: value ½, variance ¼, with the weight of one row. */
const GUESS = 0.5
const VARIANCE_GUESS = 0.25

interface Side {
  readonly sum: number
  readonly squares: number
  readonly bets: number
  readonly betSum: number
  readonly penalty: number
}

/** What is kept of the rows so far, for one level. */
export interface BernsteinSequence {
  readonly level: number
  readonly rows: number
  readonly ofReward: Side
  readonly ofLoss: Side
}

const NO_SIDE: Side = { sum: 0, squares: 0, bets: 0, betSum: 0, penalty: 0 }

/** The sequence before its first row. Bets depend on the level, so that it is fixed from here on. */
export function bernsteinSequence(level: number): BernsteinSequence {
  assertLevel(level)
  return { level, rows: 0, ofReward: NO_SIDE, ofLoss: NO_SIDE }
}

/** The sequence after one more row. */
export function withBernsteinRow(
  sequence: BernsteinSequence,
  { weight, reward }: { readonly weight: number; readonly reward: number },
): BernsteinSequence {
  assert(weight >= 0 && Number.isFinite(weight), `a weight is not negative, got ${weight}`)
  assert(reward >= 0 && reward <= 1, `a reward lies in [0, 1], got ${reward}`)
  const at = { rows: sequence.rows + 1, threshold: Math.log(2 / (1 - sequence.level)) }
  return {
    ...sequence,
    rows: at.rows,
    ofReward: nextSide(sequence.ofReward, weight * reward, at),
    ofLoss: nextSide(sequence.ofLoss, weight * (1 - reward), at),
  }
}

/** The interval now; unknown without rows, or when no value is left. */
export function bernsteinInterval({ level, rows, ofReward, ofLoss }: BernsteinSequence): Interval | Unknown {
  if (rows === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const threshold = Math.log(2 / (1 - level))
  const low = lowest(ofReward, threshold)
  const high = 1 - lowest(ofLoss, threshold)
  return low <= high ? intervalOf(low, high) : unknown('no-overlap', { have: low, need: high })
}

function nextSide(
  { sum, squares, bets, betSum, penalty }: Side,
  x: number,
  at: { readonly rows: number; readonly threshold: number },
): Side {
  const predicted = Math.min(1, (GUESS + sum) / at.rows)
  const variance = (VARIANCE_GUESS + squares) / at.rows
  const bet = Math.min(BET_MAX, Math.sqrt((2 * at.threshold) / (variance * at.rows * Math.log1p(at.rows))))
  const mean = Math.min(1, (GUESS + sum + x) / (at.rows + 1))
  return {
    sum: sum + x,
    squares: squares + (x - mean) ** 2,
    bets: bets + bet,
    betSum: betSum + bet * x,
    penalty: penalty + (-Math.log1p(-bet) - bet) * (x - predicted) ** 2,
  }
}

function lowest({ bets, betSum, penalty }: Side, threshold: number): number {
  return Math.max(0, (betSum - threshold - penalty) / bets)
}
