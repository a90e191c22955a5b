import { propensitiesFor } from '../../src/bandits/propensity.ts'
import type { Random } from '../../src/stats/random.ts'
import { type Row, type RowScores, rowScores } from './row-scores.ts'

/** A Thompson bandit without context in a world whose truth is known, with a floor, a uniform stratum and a base rate that may drift. */

export interface GateWorld {
  /** Chance of an outcome by arm, then slot, at a time in [0, 1]. */
  readonly chance: (arm: number, slot: number, t: number) => number
  readonly arms: number
  readonly slots: number
  readonly batches: number
  readonly batch: number
  readonly random: Random
  readonly onRow?: (row: Row) => void
}

const FLOOR = 0.05
const UNIFORM = 0.05

/** Plays, and shows the scores after every batch; ends early when `look` says so. */
export function playGate({ chance, arms, slots, batches, batch, random, onRow }: GateWorld, look: (scores: RowScores) => boolean): void {
  const scores = rowScores(arms, slots)
  const wins = Array.from({ length: arms }, () => new Float64Array(slots))
  const plays = new Float64Array(arms)
  const propensities = propensitiesFor({ armsMax: arms, degreesOfFreedom: Number.POSITIVE_INFINITY, precision: 'serving' })
  const p = new Float64Array(arms)
  for (let b = 0; b < batches; b++) {
    const mean = Float64Array.from(plays, (n, arm) => (wins[arm]![0]! + 1) / (n + 10))
    const scale = Float64Array.from(plays, (n, arm) => Math.sqrt((mean[arm]! * (1 - mean[arm]!)) / (n + 10)))
    propensities(mean, scale, arms, p)
    const bandit = Array.from(p, (each) => FLOOR / arms + (1 - FLOOR) * each)
    const even = bandit.map(() => 1 / arms)
    const mhat = wins.map((won, arm) => Array.from(won, (w) => w / Math.max(1, plays[arm]!)))
    for (let i = 0; i < batch; i++) {
      const isUniform = random.uniform() < UNIFORM
      const row = rowOf(isUniform ? 'uniform' : 'bandit', mhat)
      if (!isUniform) {
        plays[row.arm]! += 1
        for (const [k, y] of row.y.entries()) wins[row.arm]![k]! += y
      }
      scores.add(row)
      onRow?.(row)
    }
    if (look(scores)) return

    function rowOf(stratum: Row['stratum'], expected: Row['mhat']): Row {
      const pi = stratum === 'uniform' ? even : bandit
      let u = random.uniform()
      let arm = 0
      while (arm < arms - 1 && u >= pi[arm]!) u -= pi[arm++]!
      const t = b / batches
      const y = Array.from({ length: slots }, (_, slot) => (random.uniform() < chance(arm, slot, t) ? 1 : 0))
      return { stratum, pi, mhat: expected, arm, y }
    }
  }
}
