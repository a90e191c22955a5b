import { describe, expect, it } from 'vitest'
import { riskRatioLift } from '../../src/stats/risk-ratio.ts'
import { expectClose, golden, known } from './golden.ts'

describe('the log risk ratio', () => {
  it('gives the published lift and interval', () => {
    const { inputs, expected, tol } = golden<Record<'x_t' | 'n_t' | 'x_c' | 'n_c', number>, { uplift: number; ci_uplift: number[] }>('P016')
    const lift = known(
      riskRatioLift({ control: { n: inputs.n_c, events: inputs.x_c }, treatment: { n: inputs.n_t, events: inputs.x_t } }, { level: 0.95 }),
    )
    expectClose(lift.estimate, expected.uplift, tol)
    expectClose([lift.interval.low, lift.interval.high], expected.ci_uplift, tol)
  })

  it('inverts when the arms change places', () => {
    const a = { n: 400, events: 31 }
    const b = { n: 500, events: 52 }
    const there = known(riskRatioLift({ control: a, treatment: b }, { level: 0.95 }))
    const back = known(riskRatioLift({ control: b, treatment: a }, { level: 0.95 }))
    expect((1 + there.interval.low) * (1 + back.interval.high)).toBeCloseTo(1, 12)
  })

  it('is unknown without events, and without variance when everybody did it', () => {
    expect(riskRatioLift({ control: { n: 9, events: 0 }, treatment: { n: 9, events: 3 } }, { level: 0.95 })).toMatchObject({
      because: 'no-events',
    })
    expect(riskRatioLift({ control: { n: 9, events: 9 }, treatment: { n: 9, events: 9 } }, { level: 0.95 })).toMatchObject({
      because: 'no-variance',
    })
  })
})
