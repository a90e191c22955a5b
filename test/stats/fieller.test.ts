import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArmEstimate } from '../../src/stats/arm-estimate.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { fiellerInterval } from '../../src/stats/fieller.ts'
import { relativeLift } from '../../src/stats/relative-lift.ts'
import { known } from './golden.ts'

const arm = (estimate: number, variance: number): ArmEstimate => ({
  kind: 'arm',
  n: 500,
  estimate,
  variance,
  degreesOfFreedom: Number.POSITIVE_INFINITY,
})
const means = fc.double({ min: 0.1, max: 100, noNaN: true })
const variances = fc.double({ min: 1e-6, max: 1, noNaN: true })

describe("Fieller's set", () => {
  it('is the lift interval of the fixed test at its critical value', () => {
    fc.assert(
      fc.property(means, means, variances, variances, (c, t, vc, vt) => {
        fc.pre(vc < 0.2 * c * c)
        const arms = { control: arm(c, vc), treatment: arm(t, vt) }
        const lift = relativeLift(arms, { level: 0.95 })
        const set = fiellerInterval(arms, 1.959963984540054)
        if (isUnknown(lift) || isUnknown(set)) expect(lift).toEqual({ ...set })
        else {
          // digits go as the control mean comes close to not being established
          expect((1 + set.low) / (1 + lift.interval.low)).toBeCloseTo(1, 9)
          expect((1 + set.high) / (1 + lift.interval.high)).toBeCloseTo(1, 9)
        }
      }),
    )
  })

  it('consists of the lifts that are not rejected: at its ends the statistic is the critical value', () => {
    fc.assert(
      fc.property(
        means,
        fc.double({ min: -100, max: 100, noNaN: true }),
        variances,
        variances,
        fc.double({ min: 0.5, max: 8, noNaN: true }),
        (c, t, vc, vt, critical) => {
          const set = fiellerInterval({ control: arm(c, vc), treatment: arm(t, vt) }, critical)
          if (isUnknown(set)) return
          for (const end of [set.low, set.high]) {
            const ratio = 1 + end
            expect(Math.abs(t - ratio * c) / Math.sqrt(vt + ratio * ratio * vc)).toBeCloseTo(critical, 5)
          }
        },
      ),
    )
  })

  it('divides by the size of a negative control mean and knows nothing about one of 0', () => {
    const set = known(fiellerInterval({ control: arm(-10, 0.01), treatment: arm(-9, 0.01) }, 2))
    expect(set.low).toBeGreaterThan(0)
    expect(fiellerInterval({ control: arm(0, 1), treatment: arm(1, 1) }, 2)).toMatchObject({ because: 'control-mean-zero' })
    expect(fiellerInterval({ control: arm(1, 1), treatment: arm(1, 1) }, 2)).toMatchObject({
      because: 'baseline-not-established',
      have: 1,
      need: 2,
    })
  })
})
