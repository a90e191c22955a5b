import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceInterval, liftInterval } from '../../src/stats/bayesian-difference.ts'
import { chanceToExceed } from '../../src/stats/bayesian-proportion.ts'

const small = fc.record({ a: fc.integer({ min: 1, max: 40 }), b: fc.integer({ min: 1, max: 400 }) })

describe('credible intervals of difference and lift', () => {
  it('are exact for two uniform rates', () => {
    const uniform = { a: 1, b: 1 }
    const end = 1 - Math.sqrt(2 * 0.025)
    const { low, high } = differenceInterval({ control: uniform, treatment: uniform }, { level: 0.95 })
    expect(high).toBeCloseTo(end, 12)
    expect(low).toBeCloseTo(-end, 12)
    // P(T/C ≤ r) = r/2 for r ≤ 1
    expect(liftInterval({ control: uniform, treatment: uniform }, { level: 0.95 }).low).toBeCloseTo(0.05 - 1, 10)
  })

  it('exclude 0 together, when the chance to win says so, and mirror', () => {
    fc.assert(
      fc.property(small, small, (control, treatment) => {
        const difference = differenceInterval({ control, treatment }, { level: 0.9 })
        const lift = liftInterval({ control, treatment }, { level: 0.9 })
        const chance = chanceToExceed(treatment, control)
        fc.pre(Math.abs(chance - 0.95) > 1e-6 && Math.abs(chance - 0.05) > 1e-6)
        expect(difference.low > 0).toBe(chance > 0.95)
        expect(lift.low > 0).toBe(chance > 0.95)
        expect(difference.high < 0).toBe(chance < 0.05)
        expect(lift.high < 0).toBe(chance < 0.05)
        const turned = differenceInterval({ control: treatment, treatment: control }, { level: 0.9 })
        expect(turned.low).toBeCloseTo(-difference.high, 9)
      }),
      { numRuns: 25 },
    )
  })
})
