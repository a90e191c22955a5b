import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalZ, powerOfEffect, varianceOfSample } from '../../src/stats/power.ts'
import { studentEffect, studentPower, studentUnits } from '../../src/stats/power-t.ts'
import { expectClose, golden } from './golden.ts'

const unit = { control: 1, treatment: 1 }
const design = { level: 0.95 }

describe('power of the t-test', () => {
  it('has the published sample sizes and power (R power.t.test)', () => {
    const { inputs, expected, tol } = golden<
      { d: number[]; power: number; n_for_power: number; d_for_power: number },
      { n: number[]; power: number; n_ceil: number[] }
    >('P051')
    const units = inputs.d.map((effect) => studentUnits({ effect, unit, ratio: 1, power: inputs.power }, design))
    expectClose(units, expected.n, tol)
    expect(units.map(Math.ceil)).toEqual(expected.n_ceil)
    const sample = { controlUnits: inputs.n_for_power, ratio: 1 }
    expectClose(studentPower({ effect: inputs.d_for_power, unit, sample }, design), expected.power, tol)
  })

  it('approaches the normal formula in large samples, from below', () => {
    for (const controlUnits of [50, 1000, 100_000]) {
      const sample = { controlUnits, ratio: 1 }
      const effect = 2.8 * Math.sqrt(2 / controlUnits)
      const normal = powerOfEffect({ effect, variance: varianceOfSample(unit, sample), critical: criticalZ(design) })
      const student = studentPower({ effect, unit, sample }, design)
      expect(student).toBeLessThan(normal)
      expect(normal - student).toBeLessThan(1 / controlUnits)
    }
  })

  it('finds the effect and the sample that have a power', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 500 }),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.double({ min: 0.55, max: 0.95, noNaN: true }),
        (controlUnits, ratio, power) => {
          const arms = { control: 2, treatment: 5 }
          const effect = studentEffect({ unit: arms, sample: { controlUnits, ratio }, power }, design)
          expect(studentPower({ effect, unit: arms, sample: { controlUnits, ratio } }, design)).toBeCloseTo(power, 8)
          fc.pre(controlUnits > 5 && ratio * controlUnits > 5)
          expect(studentUnits({ effect, unit: arms, ratio, power }, design) / controlUnits).toBeCloseTo(1, 6)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('never plans fewer than two units an arm', () => {
    expect(studentUnits({ effect: 1e6, unit, ratio: 0.5, power: 0.8 }, design)).toBeCloseTo(4, 10)
    expect(() => studentUnits({ effect: 0, unit, ratio: 1, power: 0.8 }, design)).toThrow()
  })
})
