import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundsOfSpent, classicalBounds, errorOfSide, spendingBounds } from '../../src/stats/group-sequential-bounds.ts'
import { exitProbabilities } from '../../src/stats/group-sequential-walk.ts'
import { expectClose, golden } from './golden.ts'

const equal = (looks: number) => Array.from({ length: looks }, (_, k) => (k + 1) / looks)

describe('bounds of a group-sequential test', () => {
  it("have O'Brien and Fleming's constants", () => {
    const { inputs, expected, tol } = golden<{ K: number[] }, { C: number[]; z_K5: number[] }>('P035')
    expectClose(
      inputs.K.map((looks) => classicalBounds(equal(looks), { shape: 0, level: 0.95 }).constant),
      expected.C,
      tol,
    )
    const five = classicalBounds(equal(5), { shape: 0, level: 0.95 }).bounds
    expectClose(
      five.map((bound) => bound.upper),
      expected.z_K5,
      tol,
    )
  })

  it("have Pocock's constants", () => {
    const { inputs, expected, tol } = golden<{ K: number[] }, { C: number[] }>('P036')
    expectClose(
      inputs.K.map((looks) => classicalBounds(equal(looks), { shape: 0.5, level: 0.95 }).constant),
      expected.C,
      tol,
    )
  })

  it.each([
    ['P037', 'obrien-fleming'],
    ['P038', 'pocock'],
  ] as const)('have the published values of %s (%s spending)', (id, kind) => {
    const { inputs, expected, tol } = golden<{ t: number[] }, { z: number[] }>(id)
    expectClose(
      spendingBounds(inputs.t, { spending: { kind }, level: 0.95 }).map((bound) => bound.upper),
      expected.z,
      tol,
    )
  })

  it('spend exactly what they may, at any unplanned looks', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 5, max: 120 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('obrien-fleming', 'pocock'),
        fc.constantFrom('two-sided', 'greater'),
        (steps, kind, sides) => {
          const fractions = steps.sort((a, b) => a - b).map((step) => step / 100)
          const bounds = spendingBounds(fractions, { spending: { kind }, level: 0.95, sides } as never)
          let spent = 0
          exitProbabilities(bounds, 0).forEach((exit, k) => {
            spent += exit.upper
            expect(spent).toBeCloseTo(bounds[k]!.spent, 11)
          })
        },
      ),
      { numRuns: 40 },
    )
  })

  it('of the past do not depend on looks to come', () => {
    const options = { spending: { kind: 'obrien-fleming' }, level: 0.95 } as const
    const two = spendingBounds([0.3, 0.55], options)
    const four = spendingBounds([0.3, 0.55, 0.8, 1], options)
    expect(four[1]!.upper).toBeCloseTo(two[1]!.upper, 11)
  })

  it('are infinite where nothing may be spent', () => {
    const [first, second] = boundsOfSpent(
      [
        { fraction: 0.5, spent: 0 },
        { fraction: 1, spent: 0.025 },
      ],
      'two-sided',
    )
    expect(first!.upper).toBe(Number.POSITIVE_INFINITY)
    expect(second!.upper).toBeCloseTo(1.959963984540054, 11)
  })

  it('keep a first look at one percent of the information, far out in the tail', () => {
    const [first] = spendingBounds([0.01, 1], { spending: { kind: 'obrien-fleming' }, level: 0.95 })
    expect(first!.upper).toBeGreaterThan(22)
    expect(first!.upper).toBeLessThan(23)
  })

  it('give each side half of the error, or all of it to the only one', () => {
    expect(errorOfSide({ level: 0.95, sides: 'two-sided' })).toBeCloseTo(0.025, 15)
    expect(errorOfSide({ level: 0.975, sides: 'greater' })).toBeCloseTo(0.025, 15)
    const one = spendingBounds([0.5, 1], { spending: { kind: 'pocock' }, level: 0.975, sides: 'greater' })
    expect(one.every((bound) => bound.lower === Number.NEGATIVE_INFINITY)).toBe(true)
  })
})
