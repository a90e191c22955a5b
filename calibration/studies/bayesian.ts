/** C15: stopping on a chance to win, with the prior that effects come from and with a flat one. */
import { bayesianEffect } from '../../src/stats/bayesian-normal.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { type Effect, effectOf } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type Study, tally } from '../statement.ts'

const LOOKS = 14
const flat = { mean: 0, deviation: Number.POSITIVE_INFINITY }

export const chanceToWin: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(8000 * scale)
  // relative uplifts of 5 % standard deviation, measured to 5 % at the last look
  const prior = { mean: 0, deviation: 0.05 }
  let stopped = 0
  let [stated, realised] = [0, 0]
  const hits = tally(runs, (hit) => {
    const truth = prior.deviation * drawNormal(random)
    const win = chanceAtStop(random, truth, prior)
    if (win !== null) {
      stopped++
      stated += win
      realised += truth > 0 ? 1 : 0
    }
    const nothing = chanceAtStop(random, 0, flat)
    hit('flat', nothing !== null)
  })
  return [
    {
      study: 'C15',
      what: `effects from the prior, stopped at a chance to win above 95 %, ${LOOKS} looks: they are winners as often as was said (${((100 * stated) / stopped).toFixed(1)} %), less one point`,
      claim: 'at-least',
      rate: stated / stopped - 0.01,
      hits: realised,
      runs: stopped,
    },
    {
      study: 'C15',
      what: 'no effect, flat prior: stopped at some look',
      claim: 'at-least',
      rate: 0.3,
      hits: hits.get('flat')!,
      runs,
      control: true,
    },
  ]

  /** The chance to win at the stop; null when it never passed. Losers count as stopped for the flat prior only. */
  function chanceAtStop(source: typeof random, truth: number, belief: typeof prior): number | null {
    let path = 0
    for (let look = 1; look <= LOOKS; look++) {
      path += truth / LOOKS + (0.05 * drawNormal(source)) / Math.sqrt(LOOKS)
      const fraction = look / LOOKS
      const effect = effectOf(path / fraction, 0.05 ** 2 / fraction) as Effect
      const { chanceToWin: win } = bayesianEffect(effect, { prior: belief, level: 0.95 })
      if (win > 0.95) return win
      if (win < 0.05) return belief === flat ? win : null
    }
    return null
  }
}
