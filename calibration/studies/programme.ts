/** C16: what a year of shipped experiments was worth, raw and shrunk. */
import { drawNormal } from '../../src/stats/draws.ts'
import { type Effect, effectOf, isUnknown } from '../../src/stats/estimate.ts'
import { programmeOf } from '../../src/stats/programme.ts'
import { randomOf } from '../../src/stats/random.ts'
import type { Study } from '../statement.ts'

const EXPERIMENTS = 100
const SPREAD = 0.005
const ERROR = 0.01

export const winnersCurse: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(400 * scale)
  let [truth, raw, shrunk] = [0, 0, 0]
  for (let run = 0; run < runs; run++) {
    const finished = Array.from({ length: EXPERIMENTS }, () => {
      const effect = SPREAD * drawNormal(random)
      const estimate = effect + ERROR * drawNormal(random)
      return { truth: effect, effect: effectOf(estimate, ERROR ** 2) as Effect, shipped: estimate > 1.645 * ERROR }
    })
    const programme = programmeOf(finished)
    if (isUnknown(programme)) continue
    truth += finished.reduce((sum, one) => sum + (one.shipped ? one.truth : 0), 0)
    raw += programme.rawTotal
    shrunk += programme.total.estimate
  }
  const what = `${EXPERIMENTS} experiments, winners shipped:`
  return [
    { study: 'C16', what: `${what} raw total over true total`, low: 2, high: 10, value: raw / truth },
    {
      study: 'C16',
      what: '… bias of the shrunk total over that of the raw one',
      low: -0.1,
      high: 0.1,
      value: (shrunk - truth) / (raw - truth),
    },
  ]
}
