import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAlwaysValid, runningOf, testAlwaysValid } from '../../src/stats/always-valid.ts'
import { mixtureCritical, tunedRatioInClosedForm } from '../../src/stats/always-valid-mixture.ts'
import type { ArmEstimate } from '../../src/stats/arm-estimate.ts'
import { armMeanOf } from '../../src/stats/arm-estimate.ts'
import { relativeEffect } from '../../src/stats/bayesian-normal.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { type Effect, effectOf, isUnknown } from '../../src/stats/estimate.ts'
import { momentsOfSums } from '../../src/stats/moments.ts'
import { expectClose, golden, known } from './golden.ts'

const effects = fc
  .record({
    z: fc.double({ min: -40, max: 40, noNaN: true }),
    error: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    degreesOfFreedom: fc.constantFrom(1, 3, 40, 1e5, Number.POSITIVE_INFINITY),
  })
  .map(({ z, error, degreesOfFreedom }) => effectOf(z * error, error * error, degreesOfFreedom) as Effect)
const level = fc.double({ min: 0.55, max: 0.9999, noNaN: true })
const fraction = fc.double({ min: -6, max: 4, noNaN: true }).map(Math.exp)

const arm = (estimate: number, variance: number): ArmEstimate => ({ kind: 'arm', n: 1000, estimate, variance, degreesOfFreedom: 999 })

describe('the always-valid test', () => {
  it('equals the mixture sequential probability ratio test (published identity)', () => {
    const { inputs, expected, tol } = golden<
      Record<'delta' | 'se' | 'se_planned', number>,
      Record<'tau2' | 'log_lr' | 'p' | 'multiplier', number> & { ci: number[] }
    >('P046')
    const test = testAlwaysValid(effectOf(inputs.delta, inputs.se ** 2) as Effect, {
      level: 0.95,
      fraction: (inputs.se_planned / inputs.se) ** 2,
    })
    expectClose(test.log10EValue * Math.LN10, expected.log_lr, tol)
    expectClose(test.pValue, expected.p, tol)
    expectClose([test.interval.low, test.interval.high], expected.ci, tol)
    expectClose(test.critical, expected.multiplier, tol)
  })

  it("reproduces another platform's sequential interval of a relative uplift", () => {
    const { inputs, expected, tol } = golden<
      Record<'control' | 'treatment', { n: number; sum: number; sumsq: number }> & { t_opt: number },
      { uplift: number; se: number; ci: number[] }
    >('P045')
    const armOf = (sums: { n: number; sum: number; sumsq: number }) =>
      known(
        armMeanOf(
          momentsOfSums({
            n: BigInt(sums.n),
            sum: BigInt(Math.round(sums.sum * 1e4)),
            sumOfSquares: BigInt(Math.round(sums.sumsq * 1e4)) * 10_000n,
          }),
        ),
      )
    const effect = known(relativeEffect({ control: armOf(inputs.control), treatment: armOf(inputs.treatment) }))
    const units = inputs.control.n + inputs.treatment.n
    const half = Math.sqrt(effect.variance) * mixtureCritical({ ratio: (tunedRatioInClosedForm(0.95) * units) / inputs.t_opt, level: 0.95 })
    expectClose(effect.estimate, expected.uplift, tol)
    expectClose(Math.sqrt(effect.variance), expected.se, tol)
    expectClose([effect.estimate - half, effect.estimate + half], expected.ci, tol)
  })

  it('has an interval that contains the fixed one, at every level, moment and size', () => {
    fc.assert(
      fc.property(effects, level, fraction, (effect, confidence, t) => {
        const fixed = testEffect(effect, { level: confidence }).interval
        const always = testAlwaysValid(effect, { level: confidence, fraction: t }).interval
        expect(always.low).toBeLessThan(fixed.low)
        expect(always.high).toBeGreaterThan(fixed.high)
      }),
    )
  })

  it('has flag, interval and p-value that agree', () => {
    fc.assert(
      fc.property(effects, level, fraction, fc.constantFrom('two-sided', 'greater'), (effect, confidence, t, alternative) => {
        const test = testAlwaysValid(effect, { level: confidence, fraction: t, alternative } as never)
        const slack = Math.abs(Math.log(test.pValue / (1 - confidence)))
        fc.pre(slack > 1e-6)
        expect(test.pValue < 1 - confidence).toBe(test.significant)
        if (effect.degreesOfFreedom > 2) expect(test.interval.low > 0 || test.interval.high < 0).toBe(test.significant)
        expect(test.pValue).toBeGreaterThan(0)
        expect(Number.isFinite(test.log10EValue)).toBe(true)
      }),
    )
  })

  it('scales with the metric and mirrors with its sign', () => {
    fc.assert(
      fc.property(effects, fraction, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (effect, t, factor) => {
        const options = { level: 0.95, fraction: t }
        const base = testAlwaysValid(effect, options)
        const scaled = testAlwaysValid(
          effectOf(effect.estimate * factor, effect.variance * factor * factor, effect.degreesOfFreedom) as Effect,
          options,
        )
        const mirrored = testAlwaysValid({ ...effect, estimate: -effect.estimate }, options)
        expect(scaled.log10EValue).toBeCloseTo(base.log10EValue, 6)
        expect(scaled.interval.high / (base.interval.high * factor)).toBeCloseTo(1, 6)
        expect(mirrored.interval.low).toBe(-base.interval.high)
        expect(mirrored.pValue).toBe(base.pValue)
      }),
    )
  })

  it('widens with the level', () => {
    fc.assert(
      fc.property(effects, fraction, fc.double({ min: 0.6, max: 0.98, noNaN: true }), (effect, t, confidence) => {
        // tuned at one level and read at another, the wider confidence is always the wider interval
        const width = (at: number) => testAlwaysValid(effect, { level: at, fraction: t }).interval.high - effect.estimate
        expect(width(confidence + 0.015)).toBeGreaterThan(width(confidence) * (1 - 1e-9))
      }),
    )
  })

  it('refuses an information fraction that is none', () => {
    expect(() => testAlwaysValid(effectOf(1, 1) as Effect, { level: 0.95, fraction: 0 })).toThrow()
    expect(() => testAlwaysValid(effectOf(1, 1) as Effect, { level: 0.5, fraction: 1 })).toThrow()
  })
})

describe('an always-valid comparison of two arms', () => {
  const monitoring = { level: 0.95, fraction: 0.4 }

  it('has a lift that leaves out 0 exactly when the difference does', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 9, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.double({ min: 0.001, max: 0.2, noNaN: true }),
        (control, treatment, variance) => {
          const one = compareAlwaysValid({ control: arm(control, variance), treatment: arm(treatment, variance) }, monitoring)
          if (isUnknown(one) || isUnknown(one.lift)) return
          const { low, high } = one.lift.interval
          fc.pre(Math.abs(Math.abs(one.difference.z) - one.difference.critical) > 1e-6)
          expect(low > 0 || high < 0).toBe(one.difference.significant)
          expect(one.lift.estimate).toBeCloseTo((treatment - control) / control, 12)
        },
      ),
    )
  })

  it('keeps up as up over a negative control mean', () => {
    const one = known(compareAlwaysValid({ control: arm(-10, 0.01), treatment: arm(-8, 0.01) }, monitoring))
    const lift = known(one.lift)
    expect(lift.estimate).toBeCloseTo(0.2, 12)
    expect(lift.interval.low).toBeGreaterThan(0)
    expect(lift.interval.high).toBeGreaterThan(lift.estimate)
  })

  it('does not know the lift over a control mean that may be 0, nor anything without variance', () => {
    const unsure = known(compareAlwaysValid({ control: arm(0.1, 1), treatment: arm(3, 1) }, monitoring))
    expect(unsure.lift).toMatchObject({ kind: 'unknown', because: 'baseline-not-established' })
    expect(compareAlwaysValid({ control: arm(1, 0), treatment: arm(2, 0) }, monitoring)).toMatchObject({ because: 'no-variance' })
  })
})

describe('looks taken together', () => {
  const at = (estimate: number, fractionNow: number) =>
    testAlwaysValid(effectOf(estimate, 1 / fractionNow) as Effect, { level: 0.95, fraction: fractionNow })

  it('keep the smallest p-value and the common part of the intervals', () => {
    const [early, late] = [at(4, 0.5), at(3.5, 1)]
    const running = runningOf(late, runningOf(early))
    expect(running.pValue).toBe(Math.min(early.pValue, late.pValue))
    expect(known(running.interval)).toMatchObject({ low: Math.max(early.interval.low, late.interval.low) })
  })

  it('may have a single value in common', () => {
    const touching = (low: number, high: number) => ({ pValue: 1, log10PValue: 0, interval: { low, high } })
    expect(runningOf(touching(2, 3), runningOf(touching(1, 2))).interval).toMatchObject({ low: 2, high: 2 })
  })

  it('say that the effect has drifted when no value is left', () => {
    const running = runningOf(at(-30, 1), runningOf(at(30, 0.5)))
    expect(running.interval).toMatchObject({ kind: 'unknown', because: 'outside-range' })
    expect(runningOf(at(0, 2), running).interval).toMatchObject({ kind: 'unknown' })
  })
})
