import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArmEstimate } from '../../src/stats/arm-estimate.ts'
import { testEffect } from '../../src/stats/effect-test.ts'
import { type Effect, effectOf, isUnknown } from '../../src/stats/estimate.ts'
import { fiellerInterval } from '../../src/stats/fieller.ts'
import { testNonInferiority, testNonInferiorityOfRates } from '../../src/stats/non-inferiority.ts'
import { normalUpperQuantile } from '../../src/stats/normal.ts'
import { expectClose, golden, known } from './golden.ts'

type MeanCase = Record<'n' | 'mean' | 'var', number>
const arm = (estimate: number, variance: number, n = 1000): ArmEstimate => ({
  kind: 'arm',
  n,
  estimate,
  variance,
  degreesOfFreedom: n - 1,
})
const relative = (size: number) => ({ margin: { kind: 'relative', size }, level: 0.95 }) as const
const absolute = (size: number) => ({ margin: { kind: 'absolute', size }, level: 0.95 }) as const
const mean = fc.double({ min: -20, max: 20, noNaN: true })
const variance = fc.double({ min: 1e-4, max: 4, noNaN: true })

describe('non-inferiority of means', () => {
  it('has the published statistic at a relative margin of one percent', () => {
    const { inputs, expected, tol } = golden<
      { control: MeanCase; treatment: MeanCase; margin: number; alpha_one_sided: number },
      { z: number; p: number; non_inferior: boolean }
    >('P056')
    const of = (one: MeanCase) => arm(one.mean, one.var / one.n, one.n)
    const arms = { control: of(inputs.control), treatment: of(inputs.treatment) }
    const test = known(testNonInferiority(arms, { ...relative(inputs.margin), reference: 'normal' }))
    expectClose([test.statistic, test.pValue], [expected.z, expected.p], tol)
    expect(test.nonInferior).toBe(expected.non_inferior)
    const student = known(testNonInferiority(arms, relative(inputs.margin)))
    expect(student.statistic).toBe(test.statistic)
    expect(student.pValue).toBeGreaterThan(test.pValue)
  })

  it('at a margin of 0 is the one-sided test of a difference', () => {
    fc.assert(
      fc.property(mean, mean, variance, variance, (c, t, vc, vt) => {
        fc.pre(c !== 0)
        const plain = testEffect(effectOf(t - c, vc + vt) as Effect, { level: 0.95, alternative: 'greater' })
        for (const options of [relative(0), absolute(0)]) {
          const test = known(testNonInferiority({ control: arm(c, vc), treatment: arm(t, vt) }, { ...options, reference: 'normal' }))
          expect(test.statistic).toBeCloseTo(plain.statistic, 9)
          expect(test.pValue).toBeCloseTo(plain.pValue, 10)
        }
      }),
    )
  })

  it('becomes easier with a wider margin, and turns over with the direction', () => {
    fc.assert(
      fc.property(mean, mean, variance, variance, fc.double({ min: 0, max: 0.4, noNaN: true }), (c, t, vc, vt, margin) => {
        const arms = { control: arm(c, vc), treatment: arm(t, vt) }
        const narrow = known(testNonInferiority(arms, absolute(margin)))
        const wide = known(testNonInferiority(arms, absolute(margin + 0.1)))
        expect(wide.statistic).toBeGreaterThan(narrow.statistic)
        const turned = { control: arm(-c, vc), treatment: arm(-t, vt) }
        for (const options of [absolute(margin), relative(margin)]) {
          const up = testNonInferiority(arms, options)
          const down = testNonInferiority(turned, { ...options, direction: 'decrease' })
          if (!isUnknown(up) && !isUnknown(down)) expect(down.statistic).toBeCloseTo(up.statistic, 9)
        }
      }),
    )
  })

  it("agrees with the lower end of Fieller's set at the same critical value", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 20, noNaN: true }),
        fc.double({ min: 5, max: 20, noNaN: true }),
        variance,
        variance,
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (c, t, vc, vt, margin) => {
          const arms = { control: arm(c, vc), treatment: arm(t, vt) }
          const set = fiellerInterval(arms, normalUpperQuantile(0.05))
          if (isUnknown(set)) return
          fc.pre(Math.abs(set.low + margin) > 1e-9)
          const test = known(testNonInferiority(arms, { ...relative(margin), reference: 'normal' }))
          expect(test.nonInferior).toBe(set.low > -margin)
        },
      ),
    )
  })

  it('is unknown without variance or over a control mean of 0', () => {
    expect(testNonInferiority({ control: arm(1, 0), treatment: arm(1, 0) }, absolute(0.1))).toMatchObject({ because: 'no-variance' })
    expect(testNonInferiority({ control: arm(0, 1), treatment: arm(1, 1) }, relative(0.1))).toMatchObject({ because: 'control-mean-zero' })
    expect(() => testNonInferiority({ control: arm(1, 1), treatment: arm(1, 1) }, relative(1))).toThrow()
    expect(() => testNonInferiority({ control: arm(1, 1), treatment: arm(1, 1) }, absolute(-0.1))).toThrow()
  })
})

describe('non-inferiority of rates', () => {
  it("has Miettinen and Nurminen's published statistic", () => {
    const { inputs, expected, tol } = golden<
      Record<'x_t' | 'n_t' | 'x_c' | 'n_c' | 'margin', number>,
      Record<'z_noninferiority' | 'p_one_sided', number>
    >('P015')
    const arms = { control: { n: inputs.n_c, events: inputs.x_c }, treatment: { n: inputs.n_t, events: inputs.x_t } }
    const test = known(testNonInferiorityOfRates(arms, absolute(-inputs.margin)))
    expectClose([test.statistic, test.pValue], [expected.z_noninferiority, expected.p_one_sided], tol)
    expect(test.nonInferior).toBe(true)
  })

  it('turns over when events are bad', () => {
    const arms = { control: { n: 200, events: 30 }, treatment: { n: 180, events: 25 } }
    const complement = { control: { n: 200, events: 170 }, treatment: { n: 180, events: 155 } }
    const bad = known(testNonInferiorityOfRates(arms, { ...absolute(0.05), direction: 'decrease' }))
    expect(bad.statistic).toBeCloseTo(known(testNonInferiorityOfRates(complement, absolute(0.05))).statistic, 9)
    const ratio = known(testNonInferiorityOfRates(arms, { ...relative(0.2), direction: 'decrease' }))
    expect(ratio.statistic).toBeGreaterThan(known(testNonInferiorityOfRates(arms, { ...relative(0.1), direction: 'decrease' })).statistic)
  })

  it('says something with no event in either arm at an absolute margin, and unknown at a relative one', () => {
    const none = { control: { n: 400, events: 0 }, treatment: { n: 400, events: 0 } }
    const test = known(testNonInferiorityOfRates(none, absolute(0.02)))
    expect(test.statistic).toBeGreaterThan(0)
    expect(test.pValue).toBeGreaterThan(0)
    expect(testNonInferiorityOfRates(none, relative(0.1))).toMatchObject({ because: 'no-events' })
    expect(testNonInferiorityOfRates({ ...none, control: { n: 0, events: 0 } }, absolute(0.02))).toMatchObject({ because: 'too-few-units' })
  })
})
