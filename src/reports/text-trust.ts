/** The page's trust checks: one line each, "ok" or what is wrong. */
import { countOf, countWords, pWords, shareWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import type { Report, SampleRatio } from './report-shape.ts'
import { wrapped } from './text-table.ts'
import { decidingP } from './trust.ts'
import { quoted } from './verdict-sentences.ts'

const STATE_WIDTH = 7
const NO_RATIO = {
  'arms-were-switched-off': 'an arm was switched off for a time',
  'shares-are-learned': 'a bandit draws the arms, and its shares move',
} as const

export function trustLines({ trust, integrity, experiment, plan, epoch }: Report, paint: Paint): string[] {
  const { twoArms } = trust
  const drawnAnew = epoch.allocation === 'thompson' && !epoch.sticky
  const ratio = sampleRatioWords(trust.sampleRatio, experiment.unit)
  const all = plan.arms.reduce((sum, arm) => sum + arm.have, twoArms.units)
  return [
    paint.strong('TRUST'),
    ...check(ratio.state, `sample ratio: ${ratio.words}`, paint),
    ...check(
      twoArms.alarm ? 'ALARM' : 'ok',
      `${drawnAnew ? 'arms a unit met, in the naive figures' : 'one arm each'}: ${countWords(twoArms.units)} of ${countOf(all, experiment.unit)} seen in two arms and left out (${shareWords(twoArms.share)}${drawnAnew ? ', as a bandit has it' : `, alarm above ${shareWords(twoArms.threshold)}`})`,
      paint,
    ),
    ...check(
      integrity.equal ? 'ok' : 'ALARM',
      `books: ${countOf(integrity.exposures, 'exposure')} in the arms, ${countWords(integrity.recount)} recounted in the log`,
      paint,
    ),
  ]
}

type State = 'ok' | 'ALARM' | '—'

function check(state: State, words: string, paint: Paint): string[] {
  const painted = { ok: paint.good, ALARM: paint.bad, '—': paint.faint }[state](state)
  const gap = ' '.repeat(STATE_WIDTH - state.length)
  return wrapped(words, ' '.repeat(STATE_WIDTH + 2)).map((line, i) => (i === 0 ? `  ${painted}${gap}${line.slice(STATE_WIDTH + 2)}` : line))
}

function sampleRatioWords(ratio: SampleRatio, unit: string): { readonly state: State; readonly words: string } {
  switch (ratio.kind) {
    case 'unknown':
      return { state: '—', words: `too few ${unit}s to check (${countWords(ratio.have ?? 0)} of at least ${countWords(ratio.need ?? 0)})` }
    case 'does-not-apply':
      return { state: '—', words: `does not apply, because ${NO_RATIO[ratio.because]}` }
    case 'tested': {
      const gap = (arm: (typeof ratio.arms)[number]): number => Math.abs(arm.units - arm.expected)
      const worst = ratio.arms.reduce((a, b) => (gap(b) > gap(a) ? b : a))
      const watched = ratio.decidedBy === 'sequential' ? `, watched ${countOf(ratio.sequential.looks, 'day')}` : ''
      const p = `p = ${pWords(decidingP(ratio))}${watched}, alarm below ${ratio.threshold}`
      return {
        state: ratio.alarm ? 'ALARM' : 'ok',
        words: `${quoted(worst.arm)} has ${countOf(worst.units, unit)} where ${countWords(Math.round(worst.expected))} were due (${p})`,
      }
    }
  }
}
