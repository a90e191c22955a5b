import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classicalBounds, spendingBounds } from '../../src/stats/group-sequential-bounds.ts'
import { crossingPower, driftForPower, expectedFraction, sequentialCost } from '../../src/stats/group-sequential-planning.ts'
import { expectClose, golden } from './golden.ts'

const equal = (looks: number) => Array.from({ length: looks }, (_, k) => (k + 1) / looks)

describe('planning a group-sequential test', () => {
  it('has the published inflation factors and drifts', () => {
    const { expected, tol } = golden<object, { inflation: number[]; drift: number[] }>('P040')
    const designs = [
      [5, 0],
      [5, 0.5],
      [2, 0],
    ] as const
    const costs = designs.map(([looks, shape]) =>
      sequentialCost(classicalBounds(equal(looks), { shape, level: 0.95 }).bounds, { level: 0.95, power: 0.8 }),
    )
    expectClose(
      costs.map((cost) => cost.inflation),
      expected.inflation,
      tol,
    )
    expectClose(
      costs.map((cost) => cost.drift),
      expected.drift,
      tol,
    )
    // nearly all experiments without an effect run to the end
    expect(costs[0]!.expectedWithoutEffect).toBeCloseTo(1.0211, 4)
    // published: O'Brien–Fleming with five looks needs 81.8 % on average when the effect is there
    expect(costs[0]!.expectedWithEffect).toBeCloseTo(0.818, 3)
  })

  it('costs 2.5 % with spending of that type at five looks', () => {
    const bounds = spendingBounds(equal(5), { spending: { kind: 'obrien-fleming' }, level: 0.95 })
    expect(sequentialCost(bounds, { level: 0.95, power: 0.8 }).inflation).toBeCloseTo(1.0247, 4)
  })

  it('has more power for larger effects, and the drift that it promises', () => {
    const { bounds } = classicalBounds(equal(4), { shape: 0.25, level: 0.95 })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), fc.double({ min: 0.01, max: 3, noNaN: true }), (drift, more) => {
        expect(crossingPower(bounds, drift + more)).toBeGreaterThan(crossingPower(bounds, drift))
      }),
      { numRuns: 30 },
    )
    for (const power of [0.5, 0.8, 0.95]) expect(crossingPower(bounds, driftForPower(bounds, power))).toBeCloseTo(power, 10)
  })

  it('stops earlier on average when the effect is larger, and at one look never early', () => {
    const { bounds } = classicalBounds(equal(5), { shape: 0.5, level: 0.95 })
    expect(expectedFraction(bounds, 3)).toBeLessThan(expectedFraction(bounds, 1))
    expect(expectedFraction([{ fraction: 1, lower: -2, upper: 2 }], 1)).toBeCloseTo(1, 14)
  })
})
