import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawExponential, drawNormal } from '../../src/stats/draws.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { armQuantileOf, clusteredArmQuantileOf, compareQuantiles, quantileInterval, quantileSourceOf } from '../../src/stats/quantile.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { expectClose, golden, known } from './golden.ts'

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b)
const P90 = { share: 0.9, level: 0.95 }

describe('a quantile', () => {
  it('has the ranks, ends and coverage of the golden sample', () => {
    const { inputs, expected, tol } = golden<
      { sorted: number[]; p: number },
      Record<'rank_lower' | 'rank_upper' | 'coverage' | 'q_type7', number> & { ci: number[] }
    >('P027')
    const result = known(quantileInterval(inputs.sorted, P90))
    expect(result.ranks).toEqual({ low: expected.rank_lower, high: expected.rank_upper })
    expectClose([result.interval.low, result.interval.high], expected.ci, tol)
    expectClose(result.coverage, expected.coverage, tol)
    expectClose(result.estimate, expected.q_type7, tol)
  })

  it('covers at least its level unless an end is missing, and then says so', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.constantFrom(0.8, 0.95, 0.99),
        (n, share, level) => {
          const result = known(
            quantileInterval(
              Array.from({ length: n }, (_, i) => i),
              { share, level },
            ),
          )
          if (result.interval.unbounded === undefined) {
            expect(result.coverage).toBeGreaterThanOrEqual(level - 1e-12)
            expect(result.estimate).toBeGreaterThanOrEqual(result.interval.low)
            expect(result.estimate).toBeLessThanOrEqual(result.interval.high)
          }
          expect(result.interval.unbounded !== undefined).toBe(result.ranks.low === 0 || result.ranks.high === n + 1)
        },
      ),
    )
    expect(quantileInterval([], P90)).toMatchObject({ because: 'too-few-units' })
    expect(() => quantileInterval([1], { share: 1, level: 0.95 })).toThrow(/between 0 and 1/)
  })

  it('moves with any increasing change of scale', () => {
    const values = ascending(
      Array.from(
        { length: 400 },
        (
          (random) => () =>
            drawExponential(random)
        )(randomOf(9)),
      ),
    )
    const plain = known(quantileInterval(values, P90)).interval
    const logs = known(quantileInterval(values.map(Math.log), P90)).interval
    expect(logs.low).toBeCloseTo(Math.log(plain.low), 12)
    expect(logs.high).toBeCloseTo(Math.log(plain.high), 12)
  })

  it('has the error that the density gives, p(1−p)/(n·f²)', () => {
    const random = randomOf(10)
    const values = ascending(Array.from({ length: 200_000 }, () => drawExponential(random)))
    const arm = known(armQuantileOf(quantileSourceOf(values), P90))
    // exponential: the p90 is ln 10, the density there 0.1
    expect(arm.estimate).toBeCloseTo(Math.log(10), 1)
    expect(Math.sqrt(arm.variance) / Math.sqrt((0.9 * 0.1) / (200_000 * 0.01))).toBeCloseTo(1, 1)
  })
})

describe('quantiles of units with several values', () => {
  const unit = (random: Random) => {
    const own = drawNormal(random)
    return Array.from({ length: 4 }, () => Math.exp(0.8 * own + 0.5 * drawNormal(random)))
  }

  it('keep their level where the plain error raises 21 % false alarms', () => {
    const random = randomOf(17)
    const runs = 400
    let clustered = 0
    let naive = 0
    for (let run = 0; run < runs; run++) {
      const sides = [0, 1].map(() => {
        const units = Array.from({ length: 200 }, () => unit(random))
        const source = quantileSourceOf(ascending(units.flat()))
        const threshold = source.at(0.9)
        const below = jointMomentsOf(units.map((values) => [values.filter((value) => value <= threshold).length, values.length]))
        return { plain: known(armQuantileOf(source, P90)), robust: known(clusteredArmQuantileOf(source, { ...P90, below })) }
      })
      const test = (pick: 'plain' | 'robust') =>
        known(compareQuantiles({ control: sides[0]![pick], treatment: sides[1]![pick] }, { level: 0.95 })).difference.significant
      if (test('robust')) clustered += 1
      if (test('plain')) naive += 1
    }
    // a true rate of .07 exceeds 56 of 400 less than once in a million; the naive one must exceed it
    expect(clustered).toBeLessThanOrEqual(56)
    expect(naive).toBeGreaterThan(56)
  })

  it('agree with plain ones when every unit brings one value', () => {
    const random = randomOf(18)
    const values = Array.from({ length: 3000 }, () => drawExponential(random))
    const source = quantileSourceOf(ascending(values))
    const below = jointMomentsOf(values.map((value) => [value <= source.at(0.9) ? 1 : 0, 1]))
    const robust = known(clusteredArmQuantileOf(source, { ...P90, below }))
    const plain = known(armQuantileOf(source, P90))
    expect(robust.estimate).toBe(plain.estimate)
    expect(Math.sqrt(robust.variance / plain.variance)).toBeCloseTo(1, 2)
  })

  it('are unknown when the interval would need values beyond the sample', () => {
    expect(armQuantileOf(quantileSourceOf([1, 2, 3, 4]), P90)).toMatchObject({ because: 'too-few-units', have: 4, need: 35 })
    expect(clusteredArmQuantileOf(quantileSourceOf([1, 2, 3, 4]), { ...P90, below: jointMomentsOf([[1, 1]]) })).toMatchObject({
      because: 'too-few-units',
    })
  })
})
