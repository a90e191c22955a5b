/** A Thompson bandit with two arms, in batches: what it drew, with which propensities, and what was predicted before each batch. */
import { type AdaptivePeriod, periodOf } from '../src/stats/adaptive-period.ts'
import { drawBinomial } from '../src/stats/draws.ts'
import { type Moments, momentsOfCounts } from '../src/stats/moments.ts'
import { normalCdf } from '../src/stats/normal.ts'
import type { Random } from '../src/stats/random.ts'

export interface World {
  readonly batches: number
  readonly perBatch: number
  /** Least propensity of an arm. */
  readonly floor: number
  /** True rates of control and treatment in a batch. */
  readonly rates: (batch: number) => readonly [number, number]
}

export interface Batch {
  readonly propensities: readonly [number, number]
  readonly outcomes: readonly [Moments, Moments]
  readonly period: AdaptivePeriod
  /** Events so far, by arm. */
  readonly events: readonly [number, number]
}

/** Predictions and posteriors begin with this many rows at this rate. */
const PRIOR_ROWS = 20
const PRIOR_RATE = 0.05

/** Runs the bandit; propensities are those that the draws are made with. */
export function runThompson(random: Random, { batches, perBatch, floor, rates }: World): readonly Batch[] {
  const n: [number, number] = [0, 0]
  const x: [number, number] = [0, 0]
  return Array.from({ length: batches }, (_, b) => {
    const predictions = [0, 1].map((arm) => (x[arm]! + PRIOR_ROWS * PRIOR_RATE) / (n[arm]! + PRIOR_ROWS))
    const spread = predictions.reduce((sum, p, arm) => sum + (p * (1 - p)) / (n[arm]! + PRIOR_ROWS), 0)
    const chance = normalCdf((predictions[1]! - predictions[0]!) / Math.sqrt(spread))
    const treatment = floor + (1 - 2 * floor) * chance
    const propensities = [1 - treatment, treatment] as const
    const drawn = drawBinomial(random, { trials: perBatch, probability: treatment })
    const outcomes = [perBatch - drawn, drawn].map((rows, arm) => {
      const events = drawBinomial(random, { trials: rows, probability: rates(b)[arm]! })
      n[arm]! += rows
      x[arm]! += events
      return momentsOfCounts({ n: rows, events })
    }) as unknown as [Moments, Moments]
    return { propensities, outcomes, period: periodOf({ propensities, outcomes, predictions }), events: [x[0], x[1]] as const }
  })
}
