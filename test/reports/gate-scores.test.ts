import { describe, expect, it } from 'vitest'
import { gateScoresOf } from '../../src/reports/gate-scores.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openScoreLog } from '../bandits/score-log.ts'
import { playGate } from './gate-world.ts'
import { type Row, rowScores } from './row-scores.ts'

/** The exact sums of the log give the gate what the textbook gives row by row. */

const rows: Row[] = []
playGate(
  {
    chance: (arm, slot) => 0.1 + 0.1 * arm + 0.2 * slot,
    arms: 3,
    slots: 2,
    batches: 8,
    batch: 60,
    random: randomOf(4),
    onRow: (row) => rows.push(row),
  },
  () => false,
)
const direct = rowScores(3, 2)
for (const row of rows) direct.add(row)
const log = openScoreLog({ arms: 3, slots: 2 })
for (const [i, { stratum, pi, mhat, arm, y }] of rows.entries())
  log.add({ day: 100 + Math.floor(i / 120), unit: `u${i}`, stratum, pi, mhat: mhat.flat().map(Math.fround), arm, y })
const stored = gateScoresOf(log.cells(), 3)

describe('the scores of the gate', () => {
  it('are those of the rows: sums and variances of contrasts, of the whole and of the bandit’s stratum', () => {
    for (const strata of [
      { uniform: 1, bandit: 1 },
      { uniform: 1, bandit: 0.1 },
      { uniform: 0, bandit: 1 },
    ])
      for (const question of [
        { arms: [-1, 1, 0], realised: 0 },
        { arms: [-0.9, 0, 1], realised: 0 },
        { arms: [-1, 0, 0], realised: 1 },
      ]) {
        const asked = { ...question, strata, slots: [2, -0.5], fromDay: null }
        const [one, other] = [stored.contrast(asked), direct.contrast(asked)]
        if (isUnknown(one) || isUnknown(other)) throw new Error('unknown')
        expect(one.rows).toBe(other.rows)
        expect(one.sum).toBeCloseTo(other.sum, 2)
        expect(one.empiricalVariance / other.empiricalVariance).toBeCloseTo(1, 5)
      }
    for (const arm of [0, 1, 2]) expect(stored.events(arm, [1, 0])).toEqual(direct.events(arm, [1, 0]))
    expect(stored.outcomeVariance([2, -0.5])).toBeCloseTo(direct.outcomeVariance([2, -0.5]), 9)
  })

  it('are of the days from the one that is asked for', () => {
    const of = (fromDay: number) => {
      const found = stored.contrast({ arms: [-1, 1, 0], realised: 0, strata: { uniform: 1, bandit: 1 }, slots: [1, 0], fromDay })
      return isUnknown(found) ? 0 : found.rows
    }
    expect([of(100), of(101), of(104)]).toEqual([480, 360, 0])
  })
})
