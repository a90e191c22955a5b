import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalSurvival } from '../../src/stats/normal.ts'
import { nonEvents } from '../../src/stats/restricted-rates.ts'
import { scoreIntervalOfDifference, scoreIntervalOfLift, scoreOfDifference, scoreOfRatio } from '../../src/stats/score-test.ts'
import { expectClose, golden } from './golden.ts'

const Z95 = 1.959963984540054
const counts = fc.integer({ min: 2, max: 500 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))
const arms = fc.record({ control: counts, treatment: counts })

describe("Miettinen and Nurminen's score test", () => {
  it('gives the published interval and non-inferiority statistic', () => {
    const { inputs, expected, tol } = golden<
      { x_t: number; n_t: number; x_c: number; n_c: number; margin: number },
      { ci: number[]; z_noninferiority: number; p_one_sided: number }
    >('P015')
    const pair = { treatment: { n: inputs.n_t, events: inputs.x_t }, control: { n: inputs.n_c, events: inputs.x_c } }
    const { low, high } = scoreIntervalOfDifference(pair, Z95)
    expectClose([low, high], expected.ci, tol)
    const z = scoreOfDifference(pair, inputs.margin)
    expectClose(z, expected.z_noninferiority, tol)
    expectClose(normalSurvival(z), expected.p_one_sided, tol)
  })

  it('restricts rates to what maximises the likelihood', () => {
    // a grid of the restricted log-likelihood finds no better control rate than the one behind z
    const pair = { treatment: { n: 70, events: 56 }, control: { n: 80, events: 48 } }
    const delta = -0.05
    const logLikelihood = (p: number) => 48 * Math.log(p) + 32 * Math.log(1 - p) + 56 * Math.log(p + delta) + 14 * Math.log(1 - p - delta)
    let best = 0.06
    for (let p = 0.06; p < 1; p += 1e-5) if (logLikelihood(p) > logLikelihood(best)) best = p
    const variance = ((best + delta) * (1 - best - delta)) / 70 + (best * (1 - best)) / 80
    expect(scoreOfDifference(pair, delta)).toBeCloseTo((56 / 70 - 48 / 80 - delta) / Math.sqrt((variance * 150) / 149), 4)
  })

  it('is one statistic for difference and ratio at no effect', () => {
    fc.assert(
      fc.property(arms, (pair) => {
        const events = pair.control.events + pair.treatment.events
        if (events === 0 || events === pair.control.n + pair.treatment.n) return
        expect(scoreOfRatio(pair, 1)).toBeCloseTo(scoreOfDifference(pair, 0), 9)
      }),
    )
  })

  it('has intervals whose ends sit at the critical value', () => {
    fc.assert(
      fc.property(arms, (pair) => {
        const { low, high } = scoreIntervalOfDifference(pair, Z95)
        const estimate = pair.treatment.events / pair.treatment.n - pair.control.events / pair.control.n
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        if (low > -0.999) expect(scoreOfDifference(pair, low)).toBeCloseTo(Z95, 4)
        if (high < 0.999) expect(scoreOfDifference(pair, high)).toBeCloseTo(-Z95, 4)
      }),
    )
  })

  it('turns over with the arms', () => {
    fc.assert(
      fc.property(arms, (pair) => {
        const there = scoreIntervalOfDifference(pair, Z95)
        const back = scoreIntervalOfDifference({ control: pair.treatment, treatment: pair.control }, Z95)
        expect(back.low).toBeCloseTo(-there.high, 6)
        const ratio = scoreIntervalOfLift(pair, Z95)
        const inverse = scoreIntervalOfLift({ control: pair.treatment, treatment: pair.control }, Z95)
        if (ratio.low > -1 && inverse.unbounded === undefined) expect((1 + inverse.high) * (1 + ratio.low)).toBeCloseTo(1, 6)
      }),
    )
  })

  it('has a lift from −1 without treatment events and an open end without control events', () => {
    expect(scoreIntervalOfLift({ treatment: { n: 100, events: 0 }, control: { n: 100, events: 7 } }, Z95).low).toBe(-1)
    expect(scoreIntervalOfLift({ treatment: { n: 100, events: 7 }, control: { n: 100, events: 0 } }, Z95)).toMatchObject({
      unbounded: 'high',
    })
  })

  it('has the statistics of 60-digit arithmetic at rates next to 0 and next to 1', () => {
    // treatment events and units, control events and units, δ, z: mpmath with bisection of the likelihood's slope
    const cases: readonly (readonly [number, number, number, number, number, number])[] = [
      [3, 1e7, 1, 1e7, 5e-7, -1.1896806588572117],
      [1e7 - 3, 1e7, 1e7 - 1, 1e7, 1e-7, -1.3918528512570911],
      [0, 1000, 7, 2000, 0.002, -2.3499121449977447],
      [5, 5, 0, 9, 0.3, 2.6457513110645907],
      [9, 1e9, 2, 40, -0.04, -0.3227482867525269],
    ]
    for (const [events, n, controlEvents, controlN, delta, z] of cases) {
      const pair = { treatment: { n, events }, control: { n: controlN, events: controlEvents } }
      expect(scoreOfDifference(pair, delta) / z).toBeCloseTo(1, 12)
    }
  })

  it('says the same of two non-events in a quarter of a billion as of two events', () => {
    const rare = { control: { n: 71_590_715, events: 0 }, treatment: { n: 249_010_976, events: 2 } }
    const frequent = { control: nonEvents(rare.control), treatment: nonEvents(rare.treatment) }
    expect(scoreOfDifference(frequent, 0)).toBe(-scoreOfDifference(rare, 0))
    const there = scoreIntervalOfDifference(rare, Z95)
    const back = scoreIntervalOfDifference(frequent, Z95)
    expect(back.low / -there.high).toBeCloseTo(1, 12)
    expect(back.high / -there.low).toBeCloseTo(1, 12)
    // lifts of rates next to 1 are differences
    expect(scoreIntervalOfLift(frequent, Z95).high / back.high).toBeCloseTo(1, 6)
  })
})
