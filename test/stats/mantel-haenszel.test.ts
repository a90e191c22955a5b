import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonDifference, commonLogOddsRatio } from '../../src/stats/mantel-haenszel.ts'
import { known } from './golden.ts'

const counts = fc.integer({ min: 20, max: 400 }).chain((n) => fc.integer({ min: 5, max: n - 5 }).map((events) => ({ n, events })))
const strata = fc.array(fc.record({ control: counts, treatment: counts }), { minLength: 1, maxLength: 6 })

describe('Mantel and Haenszel over strata', () => {
  it('has the published odds ratio of age and myocardial infarction by contraceptive use', () => {
    // Shapiro et al. (1979) as in Schlesselman (1982): five age strata, cases and controls among users and others
    // oracle: statsmodels 0.15 StratifiedTable.logodds_pooled, logodds_pooled_se
    const tables = [
      [4, 62, 2, 224],
      [9, 33, 12, 390],
      [4, 26, 33, 330],
      [6, 9, 65, 362],
      [6, 5, 93, 301],
    ].map(([a, b, c, d]) => ({ treatment: { n: a! + b!, events: a! }, control: { n: c! + d!, events: c! } }))
    const odds = known(commonLogOddsRatio(tables))
    expect(odds.estimate).toBeCloseTo(1.3787396971214816, 9)
    expect(Math.sqrt(odds.variance)).toBeCloseTo(0.2510714369770445, 9)
  })

  it('is the plain difference and odds ratio for one stratum, with nearly Wald’s variance', () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const [c, t] = [control.events / control.n, treatment.events / treatment.n]
        const difference = known(commonDifference([{ control, treatment }]))
        expect(difference.estimate).toBeCloseTo(t - c, 12)
        expect(difference.variance / ((c * (1 - c)) / control.n + (t * (1 - t)) / treatment.n)).toBeCloseTo(1, 10)
        const odds = known(commonLogOddsRatio([{ control, treatment }]))
        expect(odds.estimate).toBeCloseTo(Math.log((t * (1 - c)) / (c * (1 - t))), 10)
      }),
    )
  })

  it('turns over with the arms and does not depend on the order of strata', () => {
    fc.assert(
      fc.property(strata, (all) => {
        const turned = all.map(({ control, treatment }) => ({ control: treatment, treatment: control })).reverse()
        for (const method of [commonDifference, commonLogOddsRatio]) {
          const there = known(method(all))
          const back = known(method(turned))
          expect(back.estimate).toBeCloseTo(-there.estimate, 10)
          expect(back.variance).toBeCloseTo(there.variance, 10)
        }
      }),
    )
  })

  it('is right where pooling is wrong: a ramp from 1 % to 50 % with every day positive', () => {
    const ramp = [
      { control: { n: 990_000, events: 20_000 }, treatment: { n: 10_000, events: 230 } },
      { control: { n: 500_000, events: 5000 }, treatment: { n: 500_000, events: 6000 } },
    ]
    expect(known(commonDifference(ramp)).estimate).toBeCloseTo(0.00203, 5)
    expect(6230 / 510_000 - 25_000 / 1_490_000).toBeLessThan(0)
  })

  it('gives strata without one of the arms no weight, and is unknown when there are no others', () => {
    const whole = { control: { n: 50, events: 10 }, treatment: { n: 50, events: 20 } }
    const half = { control: { n: 50, events: 10 }, treatment: { n: 0, events: 0 } }
    expect(commonDifference([whole, half])).toEqual(commonDifference([whole]))
    expect(commonDifference([half])).toMatchObject({ because: 'no-overlap' })
    expect(commonLogOddsRatio([{ control: { n: 5, events: 0 }, treatment: { n: 5, events: 2 } }])).toMatchObject({ because: 'no-events' })
  })
})
