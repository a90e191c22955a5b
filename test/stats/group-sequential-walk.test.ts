import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitProbabilities, goOn, lowerExit, startWalk, upperExit } from '../../src/stats/group-sequential-walk.ts'
import { normalSurvival } from '../../src/stats/normal.ts'
import { expectClose, golden } from './golden.ts'

const symmetric = (fractions: readonly number[], z: number) => fractions.map((fraction) => ({ fraction, lower: -z, upper: z }))
const equal = (looks: number) => Array.from({ length: looks }, (_, k) => (k + 1) / looks)
const total = (looks: Parameters<typeof exitProbabilities>[0], drift = 0) =>
  exitProbabilities(looks, drift).reduce((sum, exit) => sum + exit.lower + exit.upper, 0)

const walks = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }).chain((steps) =>
  fc.record({
    fractions: fc.constant([...steps].sort((a, b) => a - b).map((step) => step / 100)),
    bounds: fc.array(fc.double({ min: 0.5, max: 6, noNaN: true }), { minLength: steps.length, maxLength: steps.length }),
    drift: fc.double({ min: -5, max: 5, noNaN: true }),
  }),
)
const looksOf = ({ fractions, bounds }: { fractions: number[]; bounds: number[] }) =>
  fractions.map((fraction, k) => ({ fraction, lower: -bounds[k]!, upper: bounds[k]! }))

describe('the walk of a statistic', () => {
  it('exits with the published probabilities at arbitrary bounds', () => {
    const { inputs, expected, tol } = golden<{ t: number[]; z: number[] }, { cross_upper: number[]; total_two_sided: number }>('P067')
    const looks = inputs.t.map((fraction, k) => ({ fraction, lower: -inputs.z[k]!, upper: inputs.z[k]! }))
    expectClose(
      exitProbabilities(looks, 0).map((exit) => exit.upper),
      expected.cross_upper,
      tol,
    )
    expectClose(total(looks), expected.total_two_sided, tol)
  })

  it('shows what repeated looks at 1.96 do to the error (Armitage, McPherson & Rowe)', () => {
    const { inputs, expected, tol } = golden<{ K: number[] }, { alpha: number[] }>('P039')
    expectClose(
      inputs.K.map((looks) => total(symmetric(equal(looks), 1.959963984540054))),
      expected.alpha,
      tol,
    )
  })

  it('is a single normal test at a single look', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: -4, max: 4, noNaN: true }), (z, drift) => {
        const [exit] = exitProbabilities([{ fraction: 1, lower: Number.NEGATIVE_INFINITY, upper: z }], drift)
        expect(exit!.upper).toBeCloseTo(normalSurvival(z - drift), 14)
        expect(exit!.lower).toBe(0)
      }),
    )
  })

  it('loses no mass: exits and those still inside add up to 1', () => {
    fc.assert(
      fc.property(walks, (one) => {
        const looks = looksOf(one)
        let walk = startWalk(one.drift)
        let exited = 0
        for (const [k, look] of looks.entries()) {
          exited += upperExit(walk, look.fraction, look.upper) + lowerExit(walk, look.fraction, look.lower)
          walk = goOn(walk, look, looks[k + 1]?.fraction)
        }
        expect(exited + walk.masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 11)
      }),
      { numRuns: 60 },
    )
  })

  it('mirrors when the drift changes sign', () => {
    fc.assert(
      fc.property(walks, (one) => {
        const up = exitProbabilities(looksOf(one), one.drift)
        const down = exitProbabilities(looksOf(one), -one.drift)
        up.forEach((exit, k) => {
          expect(exit.upper).toBeCloseTo(down[k]!.lower, 12)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('does not notice a look at which nobody can stop', () => {
    const idle = { fraction: 0.37, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
    const last = { fraction: 1, lower: -2, upper: 2 }
    const first = { fraction: 0.3, lower: -2.5, upper: 2.5 }
    const [, , withIdle] = exitProbabilities([first, idle, last], 1.2)
    const [, without] = exitProbabilities([first, last], 1.2)
    expect(withIdle!.upper).toBeCloseTo(without!.upper, 12)
    expect(withIdle!.lower).toBeCloseTo(without!.lower, 12)
  })

  it('keeps its digits over two hundred looks close together', () => {
    const fine = total(symmetric(equal(200), 2.8))
    const hundred = total(symmetric(equal(100), 2.8))
    expect(fine).toBeGreaterThan(hundred)
    expect(fine).toBeLessThan(0.1)
    expect(Math.abs(total(symmetric([0.5, 0.5001, 1], 2)) - total(symmetric([0.5, 1], 2)))).toBeLessThan(1.5e-3)
  })

  it('refuses looks whose information does not grow', () => {
    expect(() => exitProbabilities(symmetric([0.5, 0.5], 2), 0)).toThrow(/information only grows/)
    expect(() => exitProbabilities(symmetric([0.5, 0.4], 2), 0)).toThrow(/information only grows/)
  })
})
