import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArmModels, armModels } from '../../src/bandits/arm-models.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { mergeDecisions } from '../../src/bandits/decision-moments.ts'
import { bestMemory, openBestMemory } from '../../src/bandits/epoch-memory.ts'
import type { ArmDay } from '../../src/bandits/epoch-parts.ts'
import { centredPosterior, type EpochModels, epochPosterior } from '../../src/bandits/epoch-posterior.ts'
import { expectationsOf } from '../../src/bandits/outcome-lines.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { modelsFrom, storedModels } from '../../src/bandits/stored-models.ts'
import type { Unknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'

const FEATURES = 3
const RULE = {
  arms: 2,
  features: FEATURES,
  weights: [2, 0.01],
  context: true,
  memory: Number.POSITIVE_INFINITY,
  window: Number.POSITIVE_INFINITY,
}

interface Row {
  readonly arm: number
  readonly day: number
  readonly x: readonly number[]
  readonly y: readonly number[]
}

function rowsOf(seed: number, days: number, rate: (row: { arm: number; day: number }) => number): readonly Row[] {
  const random = randomOf(seed)
  return Array.from({ length: 200 * days }, (_, i) => {
    const arm = random.uniform() < 0.5 ? 0 : 1
    const day = 100 + Math.floor(i / 200)
    const bought = random.uniform() < rate({ arm, day }) ? 1 : 0
    return { arm, day, x: [1024, random.uniform() < 0.5 ? 1024 : 0, Math.round(1024 * random.uniform())], y: [bought, bought * 500] }
  })
}

function daysOf(rows: readonly Row[]): readonly ArmDay[] {
  const cells = new Map<string, { arm: number; day: number; sums: ReturnType<typeof openDecisionAccumulator> }>()
  for (const { arm, day, x, y } of rows) {
    const key = `${arm} ${day}`
    const cell = cells.get(key) ?? { arm, day, sums: openDecisionAccumulator({ features: FEATURES, outcomes: 2 }) }
    cells.set(key, cell)
    cell.sums.add(x, y)
  }
  return [...cells.values()].map(({ arm, day, sums }) => ({ arm, day, moments: sums.moments() }))
}

function known<Models extends ArmModels | EpochModels>(models: Models | Unknown): Models {
  if (models.kind === 'unknown') throw new Error(models.because)
  return models
}

const steady = rowsOf(5, 4, ({ arm }) => (arm === 0 ? 0.2 : 0.4))

describe('the posterior of an epoch', () => {
  it('is what regressing the reward on the rows themselves gives', () => {
    const plain = [0, 1].map((arm) =>
      rewardMomentsOfRows(
        FEATURES,
        steady.filter((row) => row.arm === arm).map(({ x, y }) => ({ x: x.map((value) => value / 1024), r: 2 * y[0]! + 0.01 * y[1]! })),
      ),
    )
    const expected = known(armModels(plain))
    const found = known(epochPosterior(daysOf(steady), RULE))
    expect(found.noise).toBeCloseTo(expected.noise, 12)
    found.arms.forEach(({ coefficients }, arm) => {
      coefficients.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.arms[arm]!.coefficients[i]!, 11)
      })
    })
  })

  it('has the same bits whatever the order of its days, with and without a memory', () => {
    const days = daysOf(steady)
    for (const memory of [Number.POSITIVE_INFINITY, 2]) {
      const first = JSON.stringify(storedModels(known(epochPosterior(days, { ...RULE, memory }))))
      fc.assert(
        fc.property(fc.shuffledSubarray([...days], { minLength: days.length }), (shuffled) => {
          expect(JSON.stringify(storedModels(known(epochPosterior(shuffled, { ...RULE, memory }))))).toBe(first)
        }),
        { numRuns: 20 },
      )
    }
  })

  it('has one number an arm without context', () => {
    const models = known(epochPosterior(daysOf(steady), { ...RULE, context: false }))
    expect(models.features).toBe(1)
    expect(models.arms[1]!.coefficients[0]! - models.arms[0]!.coefficients[0]!).toBeCloseTo(7 * 0.2, 0)
  })

  it('forgets what lies outside the window, and counts old days less under a memory', () => {
    const turned = rowsOf(9, 8, ({ arm, day }) => (arm === (day < 104 ? 0 : 1) ? 0.6 : 0.1))
    const lead = (rule: object) => {
      const { arms } = known(epochPosterior(daysOf(turned), { ...RULE, context: false, ...rule }))
      return arms[1]!.coefficients[0]! - arms[0]!.coefficients[0]!
    }
    const recent = turned.filter(({ day }) => day >= 104)
    expect(JSON.stringify(storedModels(known(epochPosterior(daysOf(turned), { ...RULE, window: 4 }))))).toBe(
      JSON.stringify(storedModels(known(epochPosterior(daysOf(recent), RULE)))),
    )
    expect(Math.abs(lead({}))).toBeLessThan(0.5)
    expect(lead({ memory: 2 })).toBeGreaterThan(2)
    expect(bestMemory(daysOf(turned), { ...RULE, context: false })).toBe(2)
    expect(bestMemory(daysOf(rowsOf(3, 30, ({ arm }) => 0.2 + 0.2 * arm)), { ...RULE, context: false })).toBeGreaterThanOrEqual(30)
  })

  it('remembers briefly where the best arm changes, and for long where it does not, in world after world', () => {
    const chosen = (rate: (row: { arm: number; day: number }) => number) =>
      [31, 32, 33, 34, 35].map((seed) => bestMemory(daysOf(rowsOf(seed, 40, rate)), { ...RULE, context: false, weights: [1, 0] }))
    const switching = chosen(({ arm, day }) => ((day >> 2) % 2 === arm ? 0.6 : 0.2))
    const steady = chosen(({ arm }) => 0.3 + 0.1 * arm)
    expect(Math.max(...switching)).toBeLessThanOrEqual(5)
    expect(Math.min(...steady)).toBeGreaterThanOrEqual(10)
    expect(steady.filter((memory) => memory >= 30).length).toBeGreaterThanOrEqual(3)
  })

  it('chooses a memory as if it had kept nothing, whatever day changes', () => {
    const days = daysOf(rowsOf(41, 12, ({ arm, day }) => ((day >> 1) % 2 === arm ? 0.6 : 0.2)))
    const rule = { ...RULE, context: false, weights: [1, 0] }
    const kept = openBestMemory()
    fc.assert(
      fc.property(fc.nat(days.length - 1), fc.integer({ min: 1, max: days.length }), fc.boolean(), (at, length, heavier) => {
        const changed = days
          .slice(0, length)
          .map((day, i) => (i === at && heavier ? { ...day, moments: mergeDecisions(day.moments, day.moments) } : day))
        expect(kept(changed, rule)).toBe(bestMemory(changed, rule))
      }),
      { numRuns: 40 },
    )
  })

  it('compares arms within days only when it is centred: a sale that most of one arm was shown in tells nothing', () => {
    const sale = rowsOf(21, 6, ({ day }) => (day % 2 === 0 ? 0.6 : 0.1))
    const shown = sale.filter(({ arm, day }, i) => (arm === day % 2 ? i % 5 === 0 : true))
    const gap = (centred: boolean) => {
      const { arms } = known((centred ? centredPosterior : epochPosterior)(daysOf(shown), { ...RULE, context: false, weights: [1, 0] }))
      return arms[1]!.coefficients[0]! - arms[0]!.coefficients[0]!
    }
    expect(gap(false)).toBeGreaterThan(0.2)
    expect(Math.abs(gap(true))).toBeLessThan(0.05)
  })

  it('is unknown before anything was seen, or when nothing varies', () => {
    expect(epochPosterior([], RULE)).toMatchObject({ kind: 'unknown', because: 'too-few-units' })
    const same = steady.map((row) => ({ ...row, y: [0, 0] }))
    expect(epochPosterior(daysOf(same), RULE)).toMatchObject({ kind: 'unknown', because: 'no-variance' })
  })

  it('expects of every outcome what adds up, weighted, to what it expects of the reward', () => {
    for (const rule of [RULE, { ...RULE, memory: 2 }, { ...RULE, context: false }, { ...RULE, window: 2 }]) {
      const { features, arms, lines } = known(epochPosterior(daysOf(steady), rule))
      expect(lines!.map((line) => line.length)).toEqual([2 * features, 2 * features])
      lines!.forEach((line, arm) => {
        for (let i = 0; i < features; i++) expect(2 * line[i]! + 0.01 * line[features + i]!).toBeCloseTo(arms[arm]!.coefficients[i]!, 11)
        // A purchase brings 500, always.
        for (let i = 0; i < features; i++) expect(line[features + i]!).toBeCloseTo(500 * line[i]!, 8)
      })
    }
  })

  it('expects nothing of an outcome that never came', () => {
    const { lines } = known(epochPosterior(daysOf(steady.map((row) => ({ ...row, y: [row.y[0]!, 0] }))), RULE))
    for (const line of lines!) expect([...line.slice(FEATURES)]).toEqual([0, 0, 0])
  })

  it('expects at a request what the lines say, by arm and outcome, as 32-bit numbers', () => {
    const { lines } = known(epochPosterior(daysOf(steady), RULE))
    const x = [1024, 0, -300]
    const at = (arm: number, k: number) => x.reduce((sum, value, i) => sum + (lines![arm]![k * FEATURES + i]! * value) / 1024, 0)
    const expected = expectationsOf(lines!, FEATURES)(x)
    expect(expected).toHaveLength(4)
    for (const [place, value] of [at(0, 0), at(0, 1), at(1, 0), at(1, 1)].entries()) {
      expect(expected[place]).toBeCloseTo(value, 3)
      expect(Math.fround(expected[place]!)).toBe(expected[place])
    }
  })

  it('survives JSON bit for bit', () => {
    const models = known(epochPosterior(daysOf(steady), RULE))
    const { lines, ...kept } = storedModels(models)
    const again = JSON.parse(JSON.stringify(storedModels(models)))
    expect(again.lines).toEqual(lines)
    expect(storedModels(modelsFrom(again))).toEqual(kept)
    const arms = modelsFrom(again).arms
    expect([...arms[0]!.coefficients]).toEqual([...models.arms[0]!.coefficients])
  })
})
