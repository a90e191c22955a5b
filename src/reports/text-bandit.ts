/** The page's block on how a bandit drew: honest and naive figures on one axis, what choosing brought, and whether the draws can be trusted. */
import type { Unknown } from '../stats/estimate.ts'
import type { BanditContrast, BanditReport } from './bandit-shape.ts'
import { drawIntervals } from './interval-drawing.ts'
import { differenceWithRange, wordingOf } from './metric-words.ts'
import { countOf, countWords, differenceWords, pWords, shareWords, type Wording, wordingFor } from './number-words.ts'
import type { Paint } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import type { Estimate, Report } from './report-shape.ts'
import { boundsOf } from './shown.ts'
import { banditMoneyLines } from './text-bandit-money.ts'
import { heading, tableOf, wrapped } from './text-table.ts'
import { confidence, quoted } from './verdict-sentences.ts'

const DRAWING_WIDTH = 36
const KINDS = [
  { key: 'honest', title: 'honest, planned' },
  { key: 'anyLook', title: 'honest, any look' },
  { key: 'mature', title: 'honest, closed' },
  { key: 'uniform', title: 'uniform stratum' },
  { key: 'batched', title: 'batched squares' },
  { key: 'naive', title: 'naive, biased' },
] as const

export function banditLines({ bandit, metrics, plan, experiment }: Report, paint: Paint): string[] {
  if (!bandit || bandit.draws === 0) return []
  const per = bandit.per === 'unit' ? experiment.unit : 'decision'
  return [
    heading(
      'BANDIT',
      `differences per ${per}, ${confidence(plan.level)} intervals; ${countOf(bandit.draws, 'draw')} on ${countWords(bandit.unitDays)} unit-days`,
      paint,
    ),
    ...bandit.metrics.flatMap(({ key, contrasts, immatureShare }) => {
      const metric = metrics.find((other) => other.key === key)!
      const wording = wordingOf(metric.measure, metric.comparisons)
      const open = immatureShare > 0 ? ` · windows of ${shareWords(immatureShare)} of the draws are open` : ''
      return contrasts.flatMap((contrast) => [
        '',
        `  ${key}: ${contrast.arm} against ${contrast.control}${open}`,
        ...drawn(contrast, wording),
      ])
    }),
    ...choosingLines(bandit, per),
    ...banditMoneyLines(bandit, per),
    ...drawLines(bandit, paint),
  ]
}

function drawn(contrast: BanditContrast, wording: Wording): string[] {
  // A ratio, and arms that a unit keeps, have no batches.
  const kinds = KINDS.filter(
    ({ key }) => key !== 'batched' || contrast.batched.kind !== 'unknown' || contrast.batched.because !== 'no-information',
  )
  const rows = kinds.map(({ key, title }) => ({ title, estimate: contrast[key] }))
  const drawing = drawIntervals(
    rows.map(({ estimate }) => {
      const bounds = boundsOf(estimate)
      return estimate.kind === 'estimate' && bounds ? { ...bounds, value: estimate.value } : null
    }),
    DRAWING_WIDTH,
    (value) => differenceWords(value, wording),
  )
  return tableOf(
    [
      { title: '', align: 'left' },
      { title: drawing.axis, align: 'left' },
      { title: '', align: 'left' },
    ],
    rows.map(({ title, estimate }, i) => [title, drawing.lines[i]!, wordsOf(estimate, wording)]),
  )
}

function wordsOf(estimate: Estimate | Unknown, wording: Wording): string {
  return estimate.kind === 'unknown' ? `unknown: ${reasonWords(estimate.because)}` : differenceWithRange(estimate, wording)
}

function choosingLines({ reward }: BanditReport, per: string): string[] {
  if (reward.kind === 'unknown') return []
  const { perDraw, total, anyLook } = reward.choosing
  if (perDraw.kind === 'unknown') return ['', ...wrapped(`regret avoided: unknown, because ${reasonWords(perDraw.because)}`, '  ')]
  const words = (estimate: Estimate | Unknown) => wordsOf(estimate, fineFor(estimate))
  return [
    '',
    ...wrapped(
      `choosing against drawing evenly, in weighted objectives: ${words(perDraw)} a ${per}, ${words(total)} in all; at any look ${words(anyLook)} a ${per}`,
      '  ',
    ),
  ]
}

/** Plain numbers as fine as their interval. */
function fineFor(estimate: Estimate | Unknown): Wording {
  const bounds = boundsOf(estimate)
  return wordingFor({ kind: 'number' }, bounds ? (bounds.high - bounds.low) / 2 : undefined)
}

function drawLines({ strata, arms }: BanditReport, paint: Paint): string[] {
  const said = strata.map((each) => {
    const words = each.kind === 'tested' ? `p = ${pWords(each.log10PValue)}${each.alarm ? ', ALARM' : ''}` : reasonWords(each.because)
    return `${quoted(each.stratum)} ${words}`
  })
  const right = (title: string) => ({ title, align: 'right' as const })
  return [
    '',
    ...wrapped(`draws against logged propensities: ${said.join('; ')}`, '  ').map((line) =>
      line.includes('ALARM') ? paint.bad(line) : line,
    ),
    ...tableOf(
      [{ title: '', align: 'left' }, right('draws'), right('worth, evenly drawn'), right('z of the weights')],
      arms.map(({ arm, draws, effectiveSampleSize, weights }) => [
        ...[arm, countWords(draws), countWords(Math.round(effectiveSampleSize))],
        weights.kind === 'tested' ? `${weights.z.toFixed(2)}${weights.alarm ? ' ALARM' : ''}` : '—',
      ]),
    ),
  ]
}
