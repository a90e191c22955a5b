import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalZ } from '../../src/stats/power.ts'
import { powerOfRates, smallestRate, unitsForRates } from '../../src/stats/power-proportion.ts'
import { expectClose, golden } from './golden.ts'

const critical = criticalZ({ level: 0.95 })
const rate = fc.double({ min: 0.001, max: 0.9, noNaN: true })

describe('power for two rates', () => {
  it('has the published sample sizes (R power.prop.test)', () => {
    const { inputs, expected, tol } = golden<{ cases: { p1: number; p2: number; power: number }[] }, { n: number[] }>('P052')
    expectClose(
      inputs.cases.map(({ p1, p2, power }) => unitsForRates({ control: p1, treatment: p2 }, { power, critical, ratio: 1 })),
      expected.n,
      tol,
    )
  })

  it('goes in a circle: rate, units and power fit together at any split', () => {
    fc.assert(
      fc.property(
        rate,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.double({ min: 0.55, max: 0.99, noNaN: true }),
        (control, ratio, power) => {
          const controlUnits = 20_000
          const treatment = smallestRate(control, { power, critical, sample: { controlUnits, ratio } })
          fc.pre(treatment !== null)
          expect(powerOfRates({ control, treatment: treatment! }, { critical, sample: { controlUnits, ratio } })).toBeCloseTo(power, 8)
          expect(unitsForRates({ control, treatment: treatment! }, { power, critical, ratio }) / controlUnits).toBeCloseTo(1, 6)
        },
      ),
    )
  })

  it('does not mind which arm is the better one, and mirrors for non-events', () => {
    const options = { power: 0.8, critical, ratio: 1 }
    const up = unitsForRates({ control: 0.1, treatment: 0.13 }, options)
    expect(unitsForRates({ control: 0.13, treatment: 0.1 }, options)).toBeCloseTo(up, 8)
    expect(unitsForRates({ control: 0.9, treatment: 0.87 }, options)).toBeCloseTo(up, 8)
  })

  it('says when no rate is far enough', () => {
    expect(smallestRate(0.5, { power: 0.99, critical, sample: { controlUnits: 3, ratio: 1 } })).toBeNull()
    expect(() => unitsForRates({ control: 0.1, treatment: 0.1 }, { power: 0.8, critical, ratio: 1 })).toThrow()
    expect(() => unitsForRates({ control: 0, treatment: 0.1 }, { power: 0.8, critical, ratio: 1 })).toThrow()
  })
})
