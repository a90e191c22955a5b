/**
 * The score of a decision, in whole units of 2⁻²⁰: what each arm would have brought, as far as one draw can tell, without bias.
 *
 *     w = ⌊2²⁰/π + ½⌋      ψₐₖ = ⌊2²⁰·m̂ₐₖ + ½⌋ + 1{A = a}·( w·yₖ − ⌊w·m̂ₐₖ + ½⌋ )      realised 2²⁰·yₖ
 *
 * π and m̂ as they were logged, that is, from before the draw. Linear in y: an outcome told later adds w·Δy for the drawn arm. An arm below
 * a millionth counts as one that could not be drawn; an expectation that would leave the doubles (w·|m̂| ≥ 2⁵², whichever arm is drawn)
 * counts as 0, and so do those of an exposure that has no number for every arm and slot. Every sum is therefore exact, in any order.
 */
import { PROPENSITY_MIN } from '../stats/adaptive-contrast.ts'
import type { ScoreShape } from './score-moments.ts'

export const SCORE_SCALE = 2 ** 20
/** Of sums over π itself. */
export const SHARE_SCALE = 2 ** 30
const EXPECTED_MOST = 2 ** 52
/** Bits of a safe integer. */
const SAFE_BITS = 53

export interface DecisionScore {
  /** A bit for every arm that could be drawn. */
  readonly eligible: string
  /** w of every arm, 0 where it could not be drawn. */
  readonly weights: readonly number[]
  readonly pi: readonly number[]
  readonly drawn: number
}

/** `drawn`: the arm's place; −1 for an arm that the epoch does not have. */
export function scoreOf(pi: readonly number[], drawn: number, { arms }: ScoreShape): DecisionScore {
  const usable = pi.length === arms ? pi.map((p) => (p >= PROPENSITY_MIN && p <= 1 ? p : 0)) : new Array<number>(arms).fill(0)
  return { eligible: maskOf(usable), weights: usable.map((p) => (p > 0 ? nearest(SCORE_SCALE / p) : 0)), pi: usable, drawn }
}

/** A bit for every arm above 0, in decimal digits. */
function maskOf(pi: readonly number[]): string {
  if (pi.length <= SAFE_BITS) return String(pi.reduce((mask, p, arm) => (p > 0 ? mask + 2 ** arm : mask), 0))
  return String(pi.reduce((mask, p, arm) => (p > 0 ? mask + (1n << BigInt(arm)) : mask), 0n))
}

/** What a new decision adds before anything has come of it: (arms + 1)·slots numbers, then 1 for the draw. Fills `scores`, if given. */
export function expectedScores(
  { weights, drawn }: DecisionScore,
  mhat: readonly number[] | null,
  { arms, slots }: ScoreShape,
  scores: Float64Array = new Float64Array((arms + 1) * slots + 1),
): Float64Array {
  scores.fill(0)
  scores[scores.length - 1] = 1
  if (mhat?.length !== arms * slots) return scores
  for (let arm = 0; arm < arms; arm++) {
    for (let k = 0; k < slots; k++) {
      const place = arm * slots + k
      const expected = mhat[place]!
      if (!(Math.max(weights[arm]!, SCORE_SCALE) * Math.abs(expected) < EXPECTED_MOST)) continue
      scores[place] = nearest(SCORE_SCALE * expected) - (arm === drawn ? nearest(weights[arm]! * expected) : 0)
    }
  }
  return scores
}

/** How much one of y counts, by arm and last of all as it is: w for the drawn arm, 0 for the others, 2²⁰. */
export function outcomeWeights({ weights, drawn }: DecisionScore): Float64Array {
  const counted = new Float64Array(weights.length + 1)
  counted[weights.length] = SCORE_SCALE
  if (drawn >= 0) counted[drawn] = weights[drawn]!
  return counted
}

export function nearest(value: number): number {
  return Math.floor(value + 0.5)
}
