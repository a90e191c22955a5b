import { describe, expect, it } from 'vitest'
import { headlineOf } from '../../src/bandits/score-contrast.ts'
import { plainPairs } from '../../src/bandits/score-moments.ts'
import { scorePair } from '../../src/bandits/score-pair.ts'
import { effectiveEvents, plannedVariance } from '../../src/bandits/score-variance.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openScoreLog, type PlainDecision } from './score-log.ts'

const SHAPE = { arms: 3, slots: 2 }
const PI = [0.2, 0.5, 0.3]
const PLACES = { control: 0, treatment: 1 }
const RATIO = { kind: 'ratio', numerator: [1, 0], denominator: [0, 1] } as const

function decisionsOf(n: number, views = (u: number) => Math.floor(3 * u)): readonly PlainDecision[] {
  const random = randomOf(9)
  return Array.from({ length: n }, (_, i) => {
    const u = random.uniform()
    const arm = u < 0.2 ? 0 : u < 0.7 ? 1 : 2
    const seen = views(random.uniform())
    const clicks = Array.from({ length: seen }).filter(() => random.uniform() < 0.2 + 0.1 * arm).length
    return {
      day: Math.floor(i / 200),
      unit: `u${Math.floor(random.uniform() * 60)}`,
      pi: PI,
      mhat: [0.2, 1, 0.3, 1, 0.4, 1],
      arm,
      y: [clicks, seen],
    }
  })
}

function cellsOf(decisions: readonly PlainDecision[]) {
  const log = openScoreLog(SHAPE)
  for (const decision of decisions) log.add({ ...decision, mhat: decision.mhat!.map(Math.fround) })
  return log.cells()
}

/** Row by row: scores of both slots, the ratio of their sums, and the linearised scores by unit and day. */
function byHand(decisions: readonly PlainDecision[]) {
  const score = ({ pi, mhat, arm, y }: PlainDecision, a: number, k: number) => {
    const expected = Math.fround(mhat![2 * a + k]!)
    return expected + (a === arm ? (y[k]! - expected) / pi[a]! : 0)
  }
  const arm = (a: number) => {
    const [above, below] = [0, 1].map((k) => decisions.reduce((sum, decision) => sum + score(decision, a, k), 0) / decisions.length)
    return { ratio: above! / below!, below: below! }
  }
  const [control, treatment] = [arm(0), arm(1)]
  const units = new Map<string, number>()
  for (const decision of decisions) {
    const of = (a: number, { ratio, below }: typeof control) => (score(decision, a, 0) - ratio * score(decision, a, 1)) / below
    const name = `${decision.day} ${decision.unit}`
    units.set(name, (units.get(name) ?? 0) + of(1, treatment) - of(0, control))
  }
  const squares = [...units.values()].reduce((sum, s) => sum + s * s, 0)
  return { difference: treatment.ratio - control.ratio, treatment: treatment.ratio, empirical: squares }
}

describe('a ratio of scores', () => {
  const decisions = decisionsOf(2_000)
  const cells = cellsOf(decisions)
  const pair = scorePair(cells, { places: PLACES, arms: 3, quantity: RATIO })

  it('is the ratio of the augmented means, linearised, clustered by unit and day', () => {
    if (pair.kind === 'unknown') throw new Error(pair.because)
    const hand = byHand(decisions)
    expect(pair.difference.estimate).toBeCloseTo(hand.difference, 6)
    expect(pair.treatment.estimate).toBeCloseTo(hand.treatment, 6)
    expect(pair.difference.empiricalVariance / hand.empirical).toBeCloseTo(1, 4)
    expect(pair.difference.sum).toBeCloseTo(2_000 * hand.difference, 2)
    // The truth is 0.3 − 0.2.
    const effect = headlineOf(pair.difference)
    if (effect.kind === 'unknown') throw new Error(effect.because)
    expect(Math.abs(effect.estimate - 0.1)).toBeLessThan(3 * Math.sqrt(effect.variance))
  })

  it('is that of the numerators where every denominator is 1', () => {
    const ones = cellsOf(decisionsOf(500, () => 1))
    const ratio = scorePair(ones, { places: PLACES, arms: 3, quantity: RATIO })
    const sum = scorePair(ones, { places: PLACES, arms: 3, quantity: { kind: 'sum', slots: [1, 0] } })
    if (ratio.kind === 'unknown' || sum.kind === 'unknown') throw new Error('known')
    expect(ratio.difference.estimate).toBeCloseTo(sum.difference.estimate, 6)
  })

  it('is unknown where there is nothing to divide by', () => {
    const none = scorePair(cellsOf(decisionsOf(30, (u) => (u < 0.05 ? 1 : 0))), { places: PLACES, arms: 3, quantity: RATIO })
    expect(none).toMatchObject({ kind: 'unknown', because: 'denominator-not-established', need: 3 })
    expect(scorePair([], { places: PLACES, arms: 3, quantity: RATIO })).toMatchObject({ because: 'no-overlap' })
  })

  it('has its plain sums beside it, exactly', () => {
    const own = decisions.filter(({ arm }) => arm === 2)
    const total = (of: (y: readonly number[]) => number) => BigInt(own.reduce((sum, { y }) => sum + of(y), 0))
    expect(plainPairs(cells, 2, [0, 1])).toEqual({
      n: BigInt(own.length),
      sums: [total((y) => y[0]!), total((y) => y[1]!)],
      products: [total((y) => y[0]! ** 2), total((y) => y[0]! * y[1]!), total((y) => y[1]! ** 2)],
    })
  })
})

describe('the variance of a planned look', () => {
  it('counts what other arms say of the noise like twenty events', () => {
    const given = { empiricalVariance: 1, pooledVariance: 3 }
    expect(plannedVariance({ ...given, events: 0 })).toBe(3)
    expect(plannedVariance({ ...given, events: 20 })).toBe(3)
    expect(plannedVariance({ ...given, events: 40 })).toBe(2)
    expect(plannedVariance({ ...given, events: 2_000 })).toBeCloseTo(1.02, 9)
    expect(plannedVariance({ empiricalVariance: 3, pooledVariance: 1, events: 0 })).toBe(3)
  })

  it('counts events in even draws’ worth, non-events where they are rarer', () => {
    const log = openScoreLog({ arms: 2, slots: 1 })
    for (let i = 0; i < 400; i++) log.add({ day: 1, unit: `${i}`, pi: [0.5, 0.5], mhat: [0, 0], arm: 0, y: [i % 10 === 0 ? 1 : 0] })
    for (let i = 0; i < 400; i++) log.add({ day: 1, unit: `x${i}`, pi: [0.5, 0.5], mhat: [0, 0], arm: 1, y: [i % 10 === 0 ? 0 : 1] })
    const cells = log.cells()
    expect(effectiveEvents(cells, 0, [1])).toBeCloseTo(40, 9)
    expect(effectiveEvents(cells, 1, [1])).toBeCloseTo(40, 9)
    expect(effectiveEvents(cells, 0, [0])).toBe(0)
  })
})
