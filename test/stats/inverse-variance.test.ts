import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/stats/estimate.ts'
import { agreementOf, commonEffect } from '../../src/stats/inverse-variance.ts'
import { known } from './golden.ts'

const effects = fc.array(
  fc
    .record({ estimate: fc.double({ min: -5, max: 5, noNaN: true }), variance: fc.double({ min: 0.01, max: 4, noNaN: true }) })
    .map((parts): Effect => ({ kind: 'effect', degreesOfFreedom: 1e9, ...parts })),
  { minLength: 2, maxLength: 8 },
)

describe('effects combined by what they know', () => {
  it('lie between the effects, are more precise than each and combine in any grouping', () => {
    fc.assert(
      fc.property(effects, effects, (left, right) => {
        const all = known(commonEffect([...left, ...right]))
        const grouped = known(commonEffect([known(commonEffect(left)), known(commonEffect(right))]))
        expect(grouped.estimate).toBeCloseTo(all.estimate, 9)
        expect(grouped.variance).toBeCloseTo(all.variance, 12)
        expect(all.variance).toBeLessThanOrEqual(Math.min(...left.map(({ variance }) => variance)))
        expect(all.estimate).toBeLessThanOrEqual(Math.max(...[...left, ...right].map(({ estimate }) => estimate)) + 1e-12)
      }),
    )
  })

  it('agree beyond doubt when they are equal, and need two to agree', () => {
    const same: Effect = { kind: 'effect', estimate: 1, variance: 2, degreesOfFreedom: 9 }
    expect(agreementOf([same, same, same])).toMatchObject({ statistic: 0, pValue: 1, iSquared: 0, degreesOfFreedom: 2 })
    expect(agreementOf([same])).toMatchObject({ because: 'too-few-segments', have: 1 })
    expect(commonEffect([])).toMatchObject({ because: 'no-information' })
  })
})
