import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalZ, powerOfEffect, varianceOfSample } from '../../src/stats/power.ts'
import { powerOfEachGuardrail, powerOfNonInferiority, unitsForNonInferiority } from '../../src/stats/power-non-inferiority.ts'

const critical = criticalZ({ level: 0.95, sides: 'greater' })
const plan = { margin: { kind: 'relative', size: 0.02 }, baseline: 45, unit: { control: 1444, treatment: 1400 }, critical } as const

describe('power of a non-inferiority test', () => {
  it('finds the units that have the power', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 0.99, noNaN: true }), fc.double({ min: 0.2, max: 4, noNaN: true }), (power, ratio) => {
        const controlUnits = unitsForNonInferiority(plan, { power, ratio })
        expect(powerOfNonInferiority(plan, { controlUnits, ratio })).toBeCloseTo(power, 9)
      }),
    )
  })

  it('is the power of a one-sided test of the margin when the margin is absolute', () => {
    const absolute = { ...plan, margin: { kind: 'absolute', size: 0.9 } } as const
    const sample = { controlUnits: 20_000, ratio: 1 }
    const direct = powerOfEffect({ effect: 0.9, variance: varianceOfSample(plan.unit, sample), critical })
    expect(powerOfNonInferiority(absolute, sample)).toBeCloseTo(direct, 14)
  })

  it('needs fewer units when the treatment is supposed to help, and none can help one beyond the margin', () => {
    const neutral = unitsForNonInferiority(plan, { power: 0.8, ratio: 1 })
    expect(unitsForNonInferiority({ ...plan, effect: 0.3 }, { power: 0.8, ratio: 1 })).toBeLessThan(neutral)
    expect(() => unitsForNonInferiority({ ...plan, effect: -1 }, { power: 0.8, ratio: 1 })).toThrow()
  })

  it('asks more power of each guardrail the more there are', () => {
    expect(powerOfEachGuardrail({ power: 0.8, guardrails: 0 })).toBeCloseTo(0.8, 14)
    expect(powerOfEachGuardrail({ power: 0.8, guardrails: 3 })).toBeCloseTo(0.95, 14)
  })
})
