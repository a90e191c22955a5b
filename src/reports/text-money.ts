/** The page's money: what came in, what went back, and what it is for one unit against the control. */
import { wordingOf } from './metric-words.ts'
import { windowWords } from './notes.ts'
import { countWords, groupDigits, valueWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import type { MoneyReport, Report } from './report-shape.ts'
import { contrastTable } from './text-contrast.ts'
import { NAIVE } from './text-metric.ts'
import { heading, tableOf } from './text-table.ts'

/** Longer totals are rounded on the page; JSON and CSV have every digit. */
const TOTAL_LENGTH_MAX = 24

export function moneyLines(
  { currency, arms, comparisons }: MoneyReport,
  { experiment, metrics, plan, epoch }: Report,
  paint: Paint,
): string[] {
  const wording = wordingOf({ kind: 'money', currency }, comparisons)
  const window = Math.max(...metrics.map((metric) => metric.windowHours))
  const right = (title: string) => ({ title, align: 'right' as const })
  const totals = tableOf(
    [
      { title: '', align: 'left' },
      right(`${experiment.unit}s`),
      right('paid'),
      ...['gross', 'returned', 'net'].map(right),
      right(`net a ${experiment.unit}`),
    ],
    arms.map(({ arm, units, payers, gross, returned, net, netPerUnit }) => [
      ...[arm, countWords(units), countWords(payers), totalWords(gross), totalWords(returned), totalWords(net)],
      typeof netPerUnit === 'number' ? valueWords(netPerUnit, wording) : 'unknown',
    ]),
  )
  return [
    heading(`MONEY in ${currency}`, `within ${windowWords(window)} of the first exposure`, paint),
    ...totals,
    '',
    ...contrastTable(comparisons, { wording, level: plan.level, paint }),
    ...(epoch.allocation === 'thompson' ? [paint.bad(`  ${NAIVE}`)] : []),
  ]
}

function totalWords(decimal: string): string {
  return decimal.length > TOTAL_LENGTH_MAX ? Number(decimal).toExponential(6) : groupDigits(decimal)
}
