/** C5: CUPED without an effect, and what it takes out of the variance. */
import { compareWithCovariates } from '../../src/stats/cuped.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type Study, tally } from '../statement.ts'

const CORRELATION = Math.sqrt(0.43)

export const covariateWithoutEffect: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(4000 * scale)
  let reduction = 0
  const hits = tally(runs, (hit) => {
    const arm = () =>
      jointMomentsOf(
        Array.from({ length: 300 }, () => {
          const before = drawNormal(random)
          return [CORRELATION * before + Math.sqrt(1 - CORRELATION ** 2) * drawNormal(random), before]
        }),
      )
    const comparison = compareWithCovariates({ control: arm(), treatment: arm() }, { level: 0.95 })
    if (isUnknown(comparison)) return
    reduction += comparison.varianceReduction / runs
    hit('cuped', comparison.difference.significant)
  })
  return [
    {
      study: 'C5',
      what: 'A/A with a covariate of ρ² = 0.43, 300 an arm: CUPED rejects',
      claim: 'equal',
      rate: 0.05,
      hits: hits.get('cuped')!,
      runs,
    },
    { study: 'C5', what: '… mean share of the variance it takes out', low: 0.41, high: 0.46, value: reduction },
  ]
}
