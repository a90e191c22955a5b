/** C6 and C8: looking on the way, with the always-valid test and with the fixed one. */
import { testAlwaysValid } from '../../src/stats/always-valid.ts'
import { drawBinomial, drawNormal } from '../../src/stats/draws.ts'
import { effectOf, isUnknown } from '../../src/stats/estimate.ts'
import { criticalZ, zOfPower } from '../../src/stats/power.ts'
import { sequentialPower } from '../../src/stats/power-sequential.ts'
import { differenceOfProportions } from '../../src/stats/proportion.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type Finding, type Study, tally } from '../statement.ts'

const level = 0.95

export const peeking: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(4000 * scale)
  const critical = criticalZ({ level })
  return [14, 100].flatMap((looks): Finding[] => {
    const perLook = Math.round(7000 / looks)
    const hits = tally(runs, (hit) => {
      const events = [0, 0]
      let [always, naive] = [false, false]
      for (let look = 1; look <= looks; look++) {
        for (const arm of [0, 1]) events[arm]! += drawBinomial(random, { trials: perLook, probability: 0.05 })
        if (Math.min(...events) < 20) continue
        const n = look * perLook
        const effect = differenceOfProportions({ control: { n, events: events[0]! }, treatment: { n, events: events[1]! } })
        if (isUnknown(effect)) continue
        always ||= testAlwaysValid(effect, { level, fraction: look / looks }).significant
        naive ||= Math.abs(effect.estimate) > critical * Math.sqrt(effect.variance)
      }
      hit('always', always)
      hit('naive', naive)
    })
    const what = `A/A conversion of 5 %, ${looks} looks:`
    return [
      {
        study: 'C6',
        what: `${what} the always-valid test rejects at any of them`,
        claim: 'at-most',
        rate: 0.05,
        hits: hits.get('always')!,
        runs,
      },
      { study: 'C6', what: '… the fixed test', claim: 'at-least', rate: 0.175, hits: hits.get('naive')!, runs, control: true },
    ]
  })
}

export const alwaysValidPower: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(4000 * scale)
  const looks = 20
  // an effect that a fixed test of the size of four sevenths would show with 80 %
  const drift = (criticalZ({ level }) + zOfPower(0.8)) * Math.sqrt(1.75)
  const hits = tally(runs, (hit) => {
    let path = 0
    let found = false
    for (let look = 1; look <= looks && !found; look++) {
      path += drift / looks + drawNormal(random) / Math.sqrt(looks)
      const fraction = look / looks
      const effect = effectOf(path / fraction, 1 / fraction)
      found = !isUnknown(effect) && testAlwaysValid(effect, { level, fraction }).significant && path > 0
    }
    hit('found', found)
  })
  const exact = sequentialPower({ kind: 'always-valid', level, looks }, drift)
  const what = 'effect planned for 80 %, 1.75 times the units of a fixed test, 20 looks: the always-valid test finds it'
  return [
    { study: 'C8', what, claim: 'at-least', rate: 0.76, hits: hits.get('found')!, runs },
    {
      study: 'C8',
      what: `… as often as the crossing probability says (${(100 * exact).toFixed(1)} %)`,
      claim: 'equal',
      rate: exact,
      hits: hits.get('found')!,
      runs,
    },
  ]
}
