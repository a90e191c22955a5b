import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArmEstimate, armMeanOf, differenceOfArms } from '../../src/stats/arm-estimate.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { fiellerInterval } from '../../src/stats/fieller.ts'
import { momentsOfSums, scaleMoments } from '../../src/stats/moments.ts'
import { relativeLift } from '../../src/stats/relative-lift.ts'
import { deltaLift, logRatioLift } from '../../src/stats/relative-lift-alternates.ts'
import { expectClose, golden, known } from './golden.ts'

interface Sums {
  readonly n: number
  readonly sum: number
  readonly sumsq: number
}

const arm = (estimate: number, variance: number, n = 1e9): ArmEstimate => ({ kind: 'arm', n, estimate, variance, degreesOfFreedom: n - 1 })
const anyArm = fc
  .record({
    estimate: fc.double({ min: -50, max: 50, noNaN: true }),
    variance: fc.double({ min: 1e-3, max: 40, noNaN: true }),
    n: fc.integer({ min: 2, max: 400 }),
  })
  .map(({ estimate, variance, n }) => arm(estimate, variance, n))

describe('the relative lift', () => {
  it('gives the numbers of the public revenue fixture in all three forms', () => {
    const { inputs, expected, tol } = golden<
      { control: Sums; treatment: Sums },
      { uplift: number; delta_ci: number[]; log_ci: number[]; fieller_ci: number[] }
    >('P021')
    const armOf = ({ n, sum, sumsq }: Sums) => {
      const cents = momentsOfSums({ n: BigInt(n), sum: BigInt(Math.round(sum * 100)), sumOfSquares: BigInt(Math.round(sumsq * 1e4)) })
      return known(armMeanOf(scaleMoments(cents, 0.01)))
    }
    // the case is computed with the normal's critical value
    const arms = {
      control: { ...armOf(inputs.control), degreesOfFreedom: Number.POSITIVE_INFINITY },
      treatment: { ...armOf(inputs.treatment), degreesOfFreedom: Number.POSITIVE_INFINITY },
    }
    const fieller = known(relativeLift(arms, { level: 0.95 }))
    expectClose(fieller.estimate, expected.uplift, tol)
    expectClose([fieller.interval.low, fieller.interval.high], expected.fieller_ci, tol)
    const log = known(logRatioLift(arms, { level: 0.95 }))
    expectClose([log.interval.low, log.interval.high], expected.log_ci, tol)
    const delta = known(deltaLift(arms, { level: 0.95 }))
    expectClose([delta.interval.low, delta.interval.high], expected.delta_ci, tol)
  })

  it('excludes zero exactly when the absolute test rejects, which the delta interval does not on the public fixture', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (control, treatment) => {
        const lift = relativeLift({ control, treatment }, { level: 0.95 })
        if (isUnknown(lift)) return
        const { significant, statistic } = testEffect(known(differenceOfArms({ control, treatment })), { level: 0.95 })
        const excludes = lift.interval.low > 0 || lift.interval.high < 0
        if (Math.abs(lift.interval.low) > 1e-9 && Math.abs(lift.interval.high) > 1e-9)
          expect(excludes, `t = ${statistic}`).toBe(significant)
      }),
      { numRuns: 1000 },
    )
  })

  it('holds its estimate, and turns over with the sign of the metric', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (control, treatment) => {
        const lift = relativeLift({ control, treatment }, { level: 0.95 })
        if (isUnknown(lift)) return
        expect(lift.interval.low).toBeLessThanOrEqual(lift.estimate)
        expect(lift.interval.high).toBeGreaterThanOrEqual(lift.estimate)
        const negated = known(
          relativeLift(
            { control: { ...control, estimate: -control.estimate }, treatment: { ...treatment, estimate: -treatment.estimate } },
            { level: 0.95 },
          ),
        )
        expect(negated.estimate).toBeCloseTo(-lift.estimate, 9)
        expect(negated.interval.low).toBeCloseTo(-lift.interval.high, 6)
        expect(negated.negativeBaseline).toBe(!lift.negativeBaseline)
      }),
    )
  })

  it('ends where the test of t − (1 + R)·c is at its critical value, also when arms share a part', () => {
    fc.assert(
      fc.property(anyArm, anyArm, fc.double({ min: 0, max: 3, noNaN: true }), (control, treatment, shared) => {
        const interval = fiellerInterval(
          { control: { ...control, sharedVariance: shared }, treatment: { ...treatment, sharedVariance: shared } },
          2,
        )
        if (isUnknown(interval)) return
        for (const end of [interval.low, interval.high]) {
          // relative to the size of the baseline
          const ratio = control.estimate < 0 ? 1 - end : 1 + end
          const gap = treatment.estimate - ratio * control.estimate
          const variance = treatment.variance + ratio * ratio * control.variance + (1 - ratio) ** 2 * shared
          expect(Math.abs(Math.abs(gap) / Math.sqrt(variance) - 2)).toBeLessThan(1e-4)
        }
      }),
    )
  })

  it('calls up a rise over a negative baseline and flags it', () => {
    const lift = known(relativeLift({ control: arm(-10, 0.01), treatment: arm(-8, 0.01) }, { level: 0.95 }))
    expect(lift.estimate).toBeCloseTo(0.2, 12)
    expect(lift.interval.low).toBeGreaterThan(0)
    expect(lift.negativeBaseline).toBe(true)
  })

  it('is unknown while the control mean may be zero, and says how far it is from that', () => {
    const lift = relativeLift({ control: arm(1, 1), treatment: arm(3, 1) }, { level: 0.95 })
    expect(lift).toMatchObject({ kind: 'unknown', because: 'baseline-not-established', have: 1 })
    expect(relativeLift({ control: arm(0, 0), treatment: arm(3, 1) }, { level: 0.95 })).toMatchObject({ because: 'control-mean-zero' })
    expect(relativeLift({ control: arm(1, 0), treatment: arm(3, 0) }, { level: 0.95 })).toMatchObject({ because: 'no-variance' })
    expect(logRatioLift({ control: arm(-1, 0.01), treatment: arm(3, 1) }, { level: 0.95 })).toMatchObject({ because: 'mean-not-positive' })
  })
})
