import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testEffect } from '../../src/stats/effect-test.ts'
import { differenceOfProportions, newcombeInterval, pooledTest, wilsonInterval } from '../../src/stats/proportion.ts'
import { expectClose, golden, known } from './golden.ts'

interface TwoCounts {
  readonly x_c: number
  readonly n_c: number
  readonly x_t: number
  readonly n_t: number
}
const armsOf = ({ x_c, n_c, x_t, n_t }: TwoCounts) => ({ control: { n: n_c, events: x_c }, treatment: { n: n_t, events: x_t } })
const counts = fc.integer({ min: 1, max: 400 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))

describe('a proportion', () => {
  it("has Wilson's published intervals, also at 0 of 20", () => {
    const { inputs, expected, tol } = golden<{ cases: [number, number][] }, { ci: [number, number][] }>('P013')
    inputs.cases.forEach(([events, n], i) => {
      const { low, high } = known(wilsonInterval({ n, events }, { level: 0.95 }))
      expectClose([low, high], expected.ci[i]!, { rel: tol.rel, abs: 1e-15 })
    })
  })

  it('is inside its interval, which stays inside [0, 1], mirrors and widens', () => {
    fc.assert(
      fc.property(counts, ({ n, events }) => {
        const narrow = known(wilsonInterval({ n, events }, { level: 0.9 }))
        const wide = known(wilsonInterval({ n, events }, { level: 0.99 }))
        const mirror = known(wilsonInterval({ n, events: n - events }, { level: 0.9 }))
        expect(narrow.low).toBeGreaterThanOrEqual(0)
        expect(narrow.high).toBeLessThanOrEqual(1)
        expect(narrow.low).toBeLessThanOrEqual(events / n)
        expect(narrow.high).toBeGreaterThanOrEqual(events / n)
        expect(narrow.high).toBeGreaterThan(narrow.low)
        expect(wide.low).toBeLessThanOrEqual(narrow.low)
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high)
        expect(mirror.low).toBeCloseTo(1 - narrow.high, 12)
      }),
    )
  })

  it('is unknown without units, and refuses counts that are none', () => {
    expect(wilsonInterval({ n: 0, events: 0 }, { level: 0.95 })).toMatchObject({ kind: 'unknown', have: 0, need: 1 })
    expect(() => wilsonInterval({ n: 3, events: 4 }, { level: 0.95 })).toThrow(/no proportion/)
    expect(() => wilsonInterval({ n: Number.NaN, events: 0 }, { level: 0.95 })).toThrow(/no proportion/)
  })
})

describe('the difference of two proportions', () => {
  it("has Newcombe's published intervals", () => {
    const { inputs, expected, tol } = golden<{ cases: [number, number, number, number][] }, { ci: [number, number][] }>('P014')
    inputs.cases.forEach(([x1, n1, x2, n2], i) => {
      const { low, high } = known(newcombeInterval({ treatment: { n: n1, events: x1 }, control: { n: n2, events: x2 } }, { level: 0.95 }))
      expectClose([low, high], expected.ci[i]!, tol)
    })
  })

  it('has the pooled test and the Wald interval of R', () => {
    const { inputs, expected, tol } = golden<TwoCounts, { z: number; p: number; diff: number; wald_ci: number[]; chi2: number }>('P009')
    const pooled = known(pooledTest(armsOf(inputs), { level: 0.95 }))
    expectClose(pooled.statistic, expected.z, tol)
    expectClose(pooled.statistic ** 2, expected.chi2, tol)
    expectClose(pooled.pValue, expected.p, tol)
    expectClose(pooled.estimate, expected.diff, tol)
    const wald = testEffect(known(differenceOfProportions(armsOf(inputs))), { level: 0.95 })
    expectClose([wald.interval.low, wald.interval.high], expected.wald_ci, tol)
  })

  it('has the unpooled statistic of a small table', () => {
    const { inputs, expected, tol } = golden<TwoCounts, { z_unpooled: number; p_unpooled: number }>('P010')
    const wald = testEffect(known(differenceOfProportions(armsOf(inputs))), { level: 0.95 })
    expectClose(wald.statistic, expected.z_unpooled, tol)
    expectClose(wald.pValue, expected.p_unpooled, tol)
  })

  it('turns over with the arms', () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const there = known(newcombeInterval({ control, treatment }, { level: 0.95 }))
        const back = known(newcombeInterval({ control: treatment, treatment: control }, { level: 0.95 }))
        expect(back.low).toBeCloseTo(-there.high, 12)
        expect(there.low).toBeGreaterThanOrEqual(-1 - 1e-12)
        expect(there.high).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })

  it('without an event in either arm has an interval but no test', () => {
    const none = { control: { n: 500, events: 0 }, treatment: { n: 500, events: 0 } }
    expect(pooledTest(none, { level: 0.95 })).toEqual({ kind: 'unknown', because: 'no-events', have: 0, need: 1 })
    expect(differenceOfProportions(none)).toMatchObject({ because: 'no-variance' })
    const { low, high } = known(newcombeInterval(none, { level: 0.95 }))
    expect(low).toBeLessThan(0)
    expect(high).toBeGreaterThan(0)
    expect(newcombeInterval({ control: { n: 0, events: 0 }, treatment: { n: 5, events: 1 } }, { level: 0.95 })).toMatchObject({
      because: 'too-few-units',
    })
  })
})
