import { describe, expect, it } from 'vitest'
import { armAgainst, contrastAtAnyLook, contrastOf, headlineOf } from '../../src/bandits/score-contrast.ts'
import { plainOutcomes, type ScoreMoments } from '../../src/bandits/score-moments.ts'
import { plainMoments } from '../../src/reports/honest-comparison.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { normalCdf } from '../../src/stats/normal.ts'
import { randomOf } from '../../src/stats/random.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { openScoreLog } from '../bandits/score-log.ts'

/** Thompson sampling of two arms that do not differ, while the base rate drifts: what the report's figures say of it. */

const RUNS = 400
const DAYS = 30
const DRAWS = 80
const LEVEL = 0.95
const SHAPE = { arms: 2, slots: 1 }
const QUESTION = { arms: armAgainst(2, { treatment: 1, control: 0 }), slots: [1] }

function runOf(seed: number): readonly ScoreMoments[] {
  const random = randomOf(seed)
  const log = openScoreLog(SHAPE)
  const seen = [0, 1].map(() => ({ n: 0, bought: 0 }))
  for (let day = 0; day < DAYS; day++) {
    const rate = 0.08 + (0.25 * day) / DAYS
    // What the arms have shown up to the day before, believed with a prior worth five events.
    const believed = seen.map(({ n, bought }) => {
      const [a, b] = [bought + 1, n - bought + 5]
      return { mean: a / (a + b), variance: (a * b) / ((a + b) ** 2 * (a + b + 1)) }
    })
    const [control, treatment] = believed as [(typeof believed)[0], (typeof believed)[0]]
    const best = normalCdf((treatment.mean - control.mean) / Math.sqrt(treatment.variance + control.variance))
    const second = 0.025 + 0.95 * best
    const mhat = believed.map(({ mean }) => Math.fround(mean))
    for (let i = 0; i < DRAWS; i++) {
      const arm = random.uniform() < second ? 1 : 0
      const bought = random.uniform() < rate ? 1 : 0
      seen[arm]!.n += 1
      seen[arm]!.bought += bought
      log.add({ day, unit: String(i), pi: [1 - second, second], mhat, arm, y: [bought] })
    }
  }
  return log.cells()
}

/** Whether 0 is inside the interval at every look from the twentieth event an arm on. */
function coveredAlways(cells: readonly ScoreMoments[]): boolean {
  for (let day = 0; day < DAYS; day++) {
    const sofar = cells.filter((cell) => cell.day <= day)
    if (Math.min(...[0, 1].map((arm) => plainOutcomes(sofar, arm, [1]).sum)) < 20) continue
    const contrast = contrastOf(sofar, QUESTION)
    if (contrast.kind === 'unknown') continue
    const look = contrastAtAnyLook(contrast, { level: LEVEL, plannedDraws: DAYS * DRAWS })
    if (look.kind !== 'unknown' && (look.interval.low > 0 || look.interval.high < 0)) return false
  }
  return true
}

function rejectsAtTheEnd(cells: readonly ScoreMoments[]): boolean {
  const contrast = contrastOf(cells, QUESTION)
  if (contrast.kind === 'unknown') return false
  const effect = headlineOf(contrast)
  return effect.kind === 'effect' && testEffect(effect, { level: LEVEL }).significant
}

function naivelyRejects(cells: readonly ScoreMoments[]): boolean {
  const compared = compareMeans({ control: plainMoments(cells, 0, [1]), treatment: plainMoments(cells, 1, [1]) }, { level: LEVEL })
  return compared.kind === 'comparison' && compared.difference.significant
}

describe('honest uplift under Thompson sampling with a drifting base rate', () => {
  const runs = Array.from({ length: RUNS }, (_, seed) => runOf(1_000 + seed))
  const share = (of: (cells: readonly ScoreMoments[]) => boolean) => runs.filter(of).length / RUNS

  it('holds at every look in 97 % of the runs at least', () => {
    expect(share(coveredAlways)).toBeGreaterThanOrEqual(0.97)
  })

  // A true rate of .07 gives more than 53 of 400 once in a million.
  it('rejects nothing at the end more often than .07', () => {
    expect(share(rejectsAtTheEnd) * RUNS).toBeLessThanOrEqual(53)
  })

  it('is what the naive comparison is not: that one finds a winner in four runs of ten', () => {
    expect(share(naivelyRejects)).toBeGreaterThan(0.4)
  })
})
