import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Running, runningOf } from '../../src/stats/always-valid.ts'
import { conversionsLift, testConversions } from '../../src/stats/always-valid-conversions.ts'
import { drawBinomial } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { expectClose, golden, known } from './golden.ts'

const even = (counts: readonly number[]) => counts.map((conversions) => ({ conversions, share: 1 / counts.length }))
const count = fc.integer({ min: 0, max: 100_000 })
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })

describe('the conversions-only test', () => {
  it('has the published evidence and running p-value', () => {
    const { inputs, expected, tol } = golden<
      { conversions_cumulative: number[][]; allocation: number[] },
      { log_bf: number[]; p_running: number[] }
    >('P047')
    const tests = inputs.conversions_cumulative.map((counts) =>
      known(testConversions(counts.map((conversions, a) => ({ conversions, share: inputs.allocation[a]! })))),
    )
    expectClose(
      tests.map((test) => test.log10EValue * Math.LN10),
      expected.log_bf,
      tol,
    )
    const running: Running[] = []
    for (const test of tests) running.push(runningOf({ ...test, interval: { low: 0, high: 1 } }, running.at(-1)))
    expectClose(
      running.map((one) => one.pValue),
      expected.p_running,
      tol,
    )
  })

  it('does not mind the order of the arms, nor the scale of the shares', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(count, share), { minLength: 2, maxLength: 5 }), (arms) => {
        const list = arms.map(([conversions, weight]) => ({ conversions, share: weight }))
        fc.pre(list.some((arm) => arm.conversions > 0))
        const test = known(testConversions(list))
        const turned = known(testConversions([...list].reverse().map((arm) => ({ ...arm, share: arm.share * 7 }))))
        expect(turned.log10EValue).toBeCloseTo(test.log10EValue, 6)
      }),
    )
  })

  it('has a lift that contains 0 exactly while there is no evidence', () => {
    fc.assert(
      fc.property(count, count, share, (control, treatment, ofTreatment) => {
        fc.pre(control + treatment > 0)
        const arms = {
          control: { conversions: control, share: 1 - ofTreatment },
          treatment: { conversions: treatment, share: ofTreatment },
        }
        const { low, high } = known(conversionsLift(arms, { level: 0.95 }))
        const { pValue } = known(testConversions([arms.control, arms.treatment]))
        fc.pre(Math.abs(pValue - 0.05) > 1e-9)
        expect(low > 0 || high < 0).toBe(pValue < 0.05)
        expect(low).toBeGreaterThanOrEqual(-1)
      }),
    )
  })

  it('leaves the lift open upwards without a conversion in the control', () => {
    const arms = { control: { conversions: 0, share: 0.5 }, treatment: { conversions: 9, share: 0.5 } }
    expect(known(conversionsLift(arms, { level: 0.95 }))).toMatchObject({ high: Number.POSITIVE_INFINITY, unbounded: 'high' })
  })

  it('is unknown without a conversion or a second arm', () => {
    expect(testConversions(even([0, 0]))).toMatchObject({ because: 'no-events' })
    expect(testConversions([{ conversions: 3, share: 1 }])).toMatchObject({ because: 'too-few-arms' })
    expect(() => testConversions([...even([3, 4]), { conversions: 1, share: 0 }])).toThrow()
  })

  it('gives false alarms in far fewer than 5 % of null experiments with fifty looks and a drifting base rate', () => {
    const random = randomOf(11)
    let alarms = 0
    for (let run = 0; run < 1000; run++) {
      const counts = [0, 0]
      for (let look = 0; look < 50; look++) {
        const probability = 0.02 + 0.03 * Math.sin(look / 8) ** 2
        for (const arm of [0, 1]) counts[arm]! += drawBinomial(random, { trials: 100, probability })
        const test = testConversions(even(counts))
        if (test.kind === 'conversions-test' && test.pValue <= 0.05) {
          alarms++
          break
        }
      }
    }
    // upper bound for a rate of .05 in 1000 runs at a false alarm of 1e-6: 85
    expect(alarms).toBeLessThanOrEqual(85)
    expect(alarms).toBeGreaterThan(0)
  })
})
