/** C7: five planned looks with t-statistics, O'Brien–Fleming and its spending. */
import { drawNormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { classicalBounds, spendingBounds } from '../../src/stats/group-sequential-bounds.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { normalScore } from '../../src/stats/normal-score.ts'
import { randomOf } from '../../src/stats/random.ts'
import { differenceOfMeans } from '../../src/stats/welch.ts'
import { type Study, tally } from '../statement.ts'

const level = 0.95
const LOOKS = [0.2, 0.4, 0.6, 0.8, 1]
const PER_LOOK = 20

export const plannedLooks: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(4000 * scale)
  const designs = {
    classical: classicalBounds(LOOKS, { shape: 0, level }).bounds,
    spending: spendingBounds(LOOKS, { spending: { kind: 'obrien-fleming' }, level }),
  }
  const hits = tally(runs, (hit) => {
    const [control, treatment]: number[][] = [[], []]
    const z = LOOKS.map(() => {
      for (let i = 0; i < PER_LOOK; i++) {
        control!.push(drawNormal(random))
        treatment!.push(drawNormal(random))
      }
      const effect = differenceOfMeans({ control: momentsOf(control!), treatment: momentsOf(treatment!) })
      return isUnknown(effect) ? 0 : normalScore(effect.estimate / Math.sqrt(effect.variance), effect.degreesOfFreedom)
    })
    for (const [name, bounds] of Object.entries(designs))
      hit(
        name,
        z.some((value, k) => Math.abs(value) >= bounds[k]!.upper),
      )
    hit(
      'naive',
      z.some((value) => Math.abs(value) >= 1.96),
    )
  })
  const what = 'A/A means, five looks of 20 an arm, t-statistics:'
  return [
    { study: 'C7', what: `${what} O'Brien–Fleming rejects`, claim: 'equal', rate: 0.05, hits: hits.get('classical')!, runs },
    { study: 'C7', what: '… error spending of that type', claim: 'equal', rate: 0.05, hits: hits.get('spending')!, runs },
    { study: 'C7', what: '… 1.96 at each look', claim: 'at-least', rate: 0.12, hits: hits.get('naive')!, runs, control: true },
  ]
}
