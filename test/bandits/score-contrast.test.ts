import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armAgainst, contrastAtAnyLook, contrastOf, headlineOf, minusEven, type ScoreContrast } from '../../src/bandits/score-contrast.ts'
import { plainOutcomes } from '../../src/bandits/score-moments.ts'
import type { Unknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openScoreLog, type PlainDecision } from './score-log.ts'

const SHAPE = { arms: 3, slots: 2 }

function decisionsOf(seed: number, n: number, pis: readonly (readonly number[])[]): readonly PlainDecision[] {
  const random = randomOf(seed)
  return Array.from({ length: n }, (_, i) => {
    const pi = pis[i % pis.length]!
    const u = random.uniform()
    const arm = u < pi[0]! ? 0 : u < pi[0]! + pi[1]! ? 1 : 2
    const bought = random.uniform() < 0.1 + 0.1 * arm ? 1 : 0
    const mhat = Array.from({ length: 6 }, () => Math.fround(random.uniform()))
    return { day: Math.floor(i / 100), unit: `u${Math.floor(random.uniform() * 30)}`, pi, mhat, arm, y: [bought, bought * 2_500] }
  })
}

function logOf(decisions: readonly PlainDecision[]) {
  const log = openScoreLog(SHAPE)
  for (const decision of decisions) log.add(decision)
  return log.cells()
}

function known<Value extends { kind: string }>(value: Value | Unknown): Value {
  if (value.kind === 'unknown') throw new Error((value as Unknown).because)
  return value as Value
}

/** The textbook's formula in floating point, by unit and day. */
function plainContrast(decisions: readonly PlainDecision[], c: readonly number[], w: readonly number[], realised = 0) {
  const units = new Map<string, { s: number; n: number }>()
  for (const { day, unit, stratum, pi, mhat, arm, y } of decisions) {
    const r = (values: readonly number[]) => values.reduce((sum, value, k) => sum + w[k]! * value, 0)
    const m = (a: number) => r(mhat!.slice(a * 2, a * 2 + 2))
    const score = c.reduce((sum, each, a) => sum + each * (m(a) + (a === arm ? (r(y) - m(a)) / pi[a]! : 0)), realised * r(y))
    const name = `${day} ${stratum} ${unit} ${pi.map((p) => p > 0)}`
    const known = units.get(name) ?? { s: 0, n: 0 }
    units.set(name, { s: known.s + score, n: known.n + 1 })
  }
  const all = [...units.values()]
  const estimate = all.reduce((sum, { s }) => sum + s, 0) / decisions.length
  return { estimate, empirical: all.reduce((sum, { s, n }) => sum + (s - estimate * n) ** 2, 0), units: all.length }
}

const EVEN = [1 / 3, 1 / 3, 1 / 3]
const SKEW = [0.1, 0.65, 0.25]

describe('a contrast of scores', () => {
  const decisions = decisionsOf(3, 1_000, [EVEN, SKEW])
  const cells = logOf(decisions)

  it('is the augmented estimate, clustered by unit and day, for any combination of arms and slots', () => {
    fc.assert(
      fc.property(
        fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -1, max: 1, noNaN: true }))),
        fc.constantFrom([1, 0], [0, 1], [30, 0.01], [1, -0.002]),
        fc.constantFrom(0, 1),
        (c, slots, realised) => {
          const found = known(contrastOf(cells, { arms: c, realised, slots }))
          const expected = plainContrast(decisions, c, slots, realised)
          const close = (a: number, b: number, size: number) => expect(Math.abs(a - b)).toBeLessThan(1e-5 * (size + Math.abs(b)))
          close(found.estimate, expected.estimate, Math.abs(slots[1]!) * 2_500 + 1)
          close(found.empiricalVariance, expected.empirical, 1e3 * (1 + (slots[1]! * 2_500) ** 2))
          expect([found.rows, found.units, found.rowsLeftOut]).toEqual([1_000, expected.units, 0])
        },
      ),
      { numRuns: 50 },
    )
  })

  it('has the pooled variance Σ v(1/πₐ + 1/π₀), v of both arms together', () => {
    const found = known(contrastOf(logOf(decisionsOf(5, 400, [SKEW])), { arms: [-1, 1, 0], slots: [1, 0] }))
    expect(found.pooledVariance / 400 / (1 / 0.1 + 1 / 0.65)).toBeGreaterThan(0.08)
    expect(found.pooledVariance / 400 / (1 / 0.1 + 1 / 0.65)).toBeLessThan(0.18)
    expect(found.evenVariance * 400).toBeCloseTo((found.pooledVariance * 6) / (1 / 0.1 + 1 / 0.65), 3)
  })

  it('leaves out and counts what one of its arms could not be drawn in', () => {
    const masked = logOf([...decisions, ...decisionsOf(4, 200, [[0.5, 0.5, 0]])])
    const question = { arms: armAgainst(3, { treatment: 2, control: 0 }), slots: [1, 0] }
    const found = known(contrastOf(masked, question))
    expect([found.rows, found.rowsLeftOut]).toEqual([1_000, 200])
    expect(found.estimate).toBe(known(contrastOf(cells, question)).estimate)
    expect(known(contrastOf(masked, { ...question, arms: armAgainst(3, { treatment: 1, control: 0 }) })).rows).toBe(1_200)
    expect(contrastOf(logOf(decisionsOf(4, 50, [[0.5, 0.5, 0]])), question)).toMatchObject({ kind: 'unknown', because: 'no-overlap' })
    expect(contrastOf([], question)).toMatchObject({ because: 'no-overlap' })
  })

  it('tells what choosing brought against drawing evenly: nothing, when it was even', () => {
    const question = { arms: minusEven, realised: 1, slots: [1, 0] }
    const even = known(contrastOf(logOf(decisionsOf(8, 2_000, [EVEN])), question))
    const effect = known(headlineOf(even))
    expect(Math.abs(effect.estimate)).toBeLessThan(5 * Math.sqrt(effect.variance))
    const greedy = known(contrastOf(logOf(decisionsOf(8, 4_000, [[0.025, 0.025, 0.95]])), question))
    // 0.3 of the best arm against 0.2 on average.
    expect(greedy.estimate).toBeGreaterThan(0.05)
    expect(greedy.estimate).toBeLessThan(0.15)
  })

  it('is wider at any look than at the one that was planned, and unknown where nothing varies', () => {
    const found = known(contrastOf(cells, { arms: [-1, 1, 0], slots: [1, 0] }))
    const planned = known(headlineOf(found))
    const any = known(contrastAtAnyLook(found, { level: 0.95, plannedDraws: 1_000 }))
    expect(any.estimate).toBe(planned.estimate)
    expect(any.interval.high - any.interval.low).toBeGreaterThan(2 * 1.96 * Math.sqrt(planned.variance))
    const nothing = logOf(decisions.map((one) => ({ ...one, mhat: null, y: [0, 0] })))
    const flat = contrastOf(nothing, { arms: [-1, 1, 0], slots: [1, 0] }) as ScoreContrast
    expect(flat.estimate).toBe(0)
    expect(headlineOf(flat)).toMatchObject({ because: 'no-variance' })
    expect(contrastAtAnyLook(flat, { level: 0.95, plannedDraws: 10 })).toMatchObject({ because: 'no-variance' })
  })

  it('has the plain outcomes of the drawn arm beside it', () => {
    const own = decisions.filter(({ arm }) => arm === 1)
    const bought = own.filter(({ y }) => y[0] === 1).length
    expect(plainOutcomes(cells, 1, [1, 0])).toEqual({ n: own.length, sum: bought, sumOfSquares: bought })
    expect(plainOutcomes(cells, 1, [1, 0.01]).sumOfSquares).toBeCloseTo(bought * 26 * 26, 6)
  })
})
