import { describe, expect, it } from 'vitest'
import { fisherTest } from '../../src/stats/exact-proportion.ts'
import { yatesTest } from '../../src/stats/yates.ts'
import { expectClose, golden, known } from './golden.ts'

describe("Yates' corrected χ²", () => {
  it('gives the statistic and the p-value of R', () => {
    const { inputs, expected, tol } = golden<Record<'x_t' | 'n_t' | 'x_c' | 'n_c', number>, { chi2_yates: number; p_yates: number }>('P010')
    const arms = { control: { n: inputs.n_c, events: inputs.x_c }, treatment: { n: inputs.n_t, events: inputs.x_t } }
    const result = known(yatesTest(arms))
    expectClose(result.statistic, expected.chi2_yates, tol)
    expectClose(result.pValue, expected.p_yates, tol)
    expect(result.pValue).toBeGreaterThan(known(fisherTest(arms)).pValue)
  })

  it('is one while the difference is within the correction, and unknown without events', () => {
    expect(known(yatesTest({ control: { n: 10, events: 5 }, treatment: { n: 10, events: 5 } }))).toEqual({
      statistic: 0,
      pValue: 1,
      log10PValue: 0,
    })
    expect(yatesTest({ control: { n: 10, events: 0 }, treatment: { n: 10, events: 0 } })).toMatchObject({ because: 'no-events' })
    expect(yatesTest({ control: { n: 0, events: 0 }, treatment: { n: 10, events: 1 } })).toMatchObject({ because: 'too-few-units' })
  })
})
