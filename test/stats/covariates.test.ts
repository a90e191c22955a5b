import { describe, expect, it } from 'vitest'
import { withHistory } from '../../src/stats/covariates.ts'
import { compareWithCovariates } from '../../src/stats/cuped.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { known } from './golden.ts'

describe('covariates of units, some without history', () => {
  it('are the value with 1, or 0 with 0', () => {
    expect(withHistory([3.5, null])).toEqual([3.5, 1, 0, 0])
    expect(() => withHistory([Number.NaN])).toThrow(/finite number or missing/)
  })

  it('still reduce the variance when half of the units are new, and better than without the indicator', () => {
    const random = randomOf(21)
    const unit = (indicator: boolean) => {
      const returning = random.uniform() < 0.5
      const before = 20 + 3 * drawNormal(random)
      const y = (returning ? before : 5) + drawNormal(random)
      const x = withHistory([returning ? before : null])
      return indicator ? [y, ...x] : [y, x[0]!]
    }
    const arm = (indicator: boolean) => jointMomentsOf(Array.from({ length: 400 }, () => unit(indicator)))
    const both = known(compareWithCovariates({ control: arm(true), treatment: arm(true) }, { level: 0.95 }))
    const alone = known(compareWithCovariates({ control: arm(false), treatment: arm(false) }, { level: 0.95 }))
    // y = x + noise of variance 1 for old units, 5 + noise for new ones: nearly all of the variance is explained
    expect(both.varianceReduction).toBeGreaterThan(0.97)
    expect(both.difference.standardError).toBeLessThan(alone.difference.standardError)
    expect(both.theta[0]).toBeCloseTo(1, 1)
    expect(both.theta[1]).toBeCloseTo(-5, 0)
  })
})
