import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armScores, contrastScores, periodOf } from '../../src/stats/adaptive-period.ts'
import { mergeWeighted, weightedOf } from '../../src/stats/importance.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { expectClose, golden } from './golden.ts'

const contrast = { treatment: 1, control: 0 }
const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 })
const predictions = fc.tuple(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true }))

describe('a period of an adaptive experiment', () => {
  it('has the published augmented means and contrast, from rows with their own propensities', () => {
    const { inputs, expected, tol } = golden<
      { log: { arm: number; y: number; e: number }[]; mu_hat: number[] },
      { aipw: number[]; se_aipw: number[]; contrast: number; se_contrast: number }
    >('P060')
    const rows = inputs.log.length
    const period = {
      rows,
      arms: [0, 1].map((arm) => {
        const own = inputs.log.filter((row) => row.arm === arm)
        return {
          outcomes: momentsOf(own.map((row) => row.y)),
          weighted: own.map((row) => weightedOf(momentsOf([row.y]), row.e)).reduce(mergeWeighted),
          inversePropensities: inputs.log.reduce((sum, row) => sum + 1 / (row.arm === arm ? row.e : 1 - row.e), 0),
          leastPropensity: 0.2,
          prediction: inputs.mu_hat[arm]!,
        }
      }),
    }
    const error = ({ n, m2 }: { n: number; m2: number }) => Math.sqrt(m2 / n / (n - 1))
    expectClose(
      [0, 1].map((arm) => armScores(period, arm).mean),
      expected.aipw,
      tol,
    )
    expectClose(
      [0, 1].map((arm) => error(armScores(period, arm))),
      expected.se_aipw,
      tol,
    )
    const { scores } = contrastScores(period, contrast)
    expectClose([scores.mean, error(scores)], [expected.contrast, expected.se_contrast], tol)
  })

  it('has scores that are those of the rows one by one', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 0.05, max: 0.95, noNaN: true }), predictions, (control, treatment, e, mu) => {
        const period = periodOf({ propensities: [1 - e, e], outcomes: [momentsOf(control), momentsOf(treatment)], predictions: mu })
        const psi = [...control.map((y) => mu[1] - mu[0] - (y - mu[0]) / (1 - e)), ...treatment.map((y) => mu[1] - mu[0] + (y - mu[1]) / e)]
        const { scores } = contrastScores(period, contrast)
        const direct = momentsOf(psi)
        expect(scores.n).toBe(psi.length)
        expect(Math.abs(scores.mean - direct.mean)).toBeLessThan(1e-9 * (1 + Math.abs(direct.mean)))
        expect(Math.abs(scores.m2 - direct.m2)).toBeLessThan(1e-8 * (1 + direct.m2))
      }),
    )
  })

  it('gives rows of other arms the difference of the predictions', () => {
    const outcomes = [momentsOf([1, 0]), momentsOf([1, 1, 0]), momentsOf([0, 0, 0, 1])]
    const period = periodOf({ propensities: [0.2, 0.3, 0.5], outcomes, predictions: [0.4, 0.5, 0.3] })
    const { scores } = contrastScores(period, { treatment: 2, control: 0 })
    const psi = [-0.1 - (1 - 0.4) / 0.2, -0.1 - (0 - 0.4) / 0.2, ...[-0.1, -0.1, -0.1], ...[0, 0, 0, 1].map((y) => -0.1 + (y - 0.3) / 0.5)]
    expect(scores.mean).toBeCloseTo(momentsOf(psi).mean, 12)
    expect(scores.m2).toBeCloseTo(momentsOf(psi).m2, 10)
  })

  it('does not move its mean with the prediction when the arms got exactly their shares', () => {
    const at = (mu: number) =>
      contrastScores(
        periodOf({
          propensities: [0.25, 0.75],
          outcomes: [momentsOf([1, 2]), momentsOf([4, 5, 6, 3, 2, 1])],
          predictions: [mu, mu],
        }),
        contrast,
      ).scores.mean
    expect(at(7)).toBeCloseTo(at(0), 12)
  })

  it('refuses propensities that do not add up, or rows of an arm that could not be drawn', () => {
    const outcomes = [momentsOf([1]), momentsOf([2])]
    expect(() => periodOf({ propensities: [0.5, 0.6], outcomes })).toThrow(/add up/)
    expect(() => periodOf({ propensities: [1, 0], outcomes })).toThrow(/could not be drawn/)
    expect(() => contrastScores(periodOf({ propensities: [0.5, 0.5], outcomes }), { treatment: 1, control: 1 })).toThrow()
  })
})
