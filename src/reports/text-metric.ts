/** The page's block of one metric: values with intervals drawn on one axis, the same in figures, and what the status is. */
import { type Drawable, drawIntervals } from './interval-drawing.ts'
import { wordingOf } from './metric-words.ts'
import { windowWords } from './notes.ts'
import { countWords, differenceWords, valueWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import type { Comparison, MetricReport, Report } from './report-shape.ts'
import { boundsOf, shownOf } from './shown.ts'
import { contrastTable } from './text-contrast.ts'
import { covariateLines } from './text-covariate.ts'
import { heading, PAGE_WIDTH, tableOf, widthOf, wrapped } from './text-table.ts'
import { namesOf } from './verdict-sentences.ts'

/** Labels longer than this give way to the drawing. */
const LABEL_MOST = 24
const DRAWING_LEAST = 16
/** Under money of a bandit's epoch. */
export const NAIVE = 'naive, not for comparing: the shares of the arms were learned; honest money stands under BANDIT'

export function metricLines(metric: MetricReport, report: Report, paint: Paint): string[] {
  const { experiment, plan } = report
  const wording = wordingOf(metric.measure, metric.comparisons)
  const rows = metric.arms.map(({ arm, units, value }) => ({
    ...{ arm, units: countWords(units), value: typeof value === 'number' ? valueWords(value, wording) : 'unknown' },
    comparison: metric.comparisons.find((other) => other.arm === arm),
  }))
  const unitsTitle = `${experiment.unit}s`
  const widest = (cells: readonly string[]): number => Math.max(...cells.map(widthOf))
  const others = [
    Math.min(widest(rows.map(({ arm }) => arm)), LABEL_MOST),
    widest([unitsTitle, ...rows.map(({ units }) => units)]),
    widest(['value', ...rows.map(({ value }) => value)]),
    widest(rows.map(({ comparison }) => says(comparison))),
  ]
  const width = Math.max(PAGE_WIDTH - others.reduce((sum, cells) => sum + cells + 2, 2), DRAWING_LEAST)
  const drawing = drawIntervals(
    rows.map(({ comparison }) => drawable(comparison)),
    width,
    (value) => differenceWords(value, wording),
  )
  const table = tableOf(
    [
      ...([
        { title: '', align: 'left' },
        { title: unitsTitle, align: 'right' },
        { title: 'value', align: 'right' },
      ] as const),
      ...([
        { title: drawing.axis, align: 'left' },
        { title: '', align: 'left' },
      ] as const),
    ],
    rows.map(({ arm, units, value, comparison }, i) => [arm, units, value, drawing.lines[i]!, says(comparison)]),
  )
  return [
    heading(`METRIC ${metric.key}`, remarkOf(metric), paint),
    ...table.map((line) => painted(line, paint)),
    '',
    ...contrastTable(metric.comparisons, { wording, level: plan.level, paint }),
    ...byItselfLines(metric),
    ...covariateLines(metric, { wording, level: plan.level, unit: experiment.unit }),
    ...reservation(report, paint),
  ]
}

/** Where an interval leaves 0 out and the status does not follow it. */
function byItselfLines({ comparisons }: MetricReport): string[] {
  const alone = comparisons.filter(({ byItself }) => byItself !== undefined)
  const test = alone[0]?.test
  if (test?.kind !== 'test') return []
  const [its, leaves] = alone.length === 1 ? ['its interval', 'leaves'] : ['their intervals', 'leave']
  return wrapped(
    `${namesOf(alone.map(({ arm }) => arm))}: ${its} by itself ${leaves} 0 out; corrected for ${countWords(test.family)} tests it is no difference shown`,
    '  ',
  )
}

/** What the numbers above must not be used for. */
function reservation({ plan, trust }: Report, paint: Paint): string[] {
  if (trust.blockedBy) return [paint.bad(`  not to be used: ${reasonWords(trust.blockedBy)}`)]
  return plan.reached ? [] : [paint.wait('  not for stopping: the planned sample is not reached (the intervals hold at every look)')]
}

function says(comparison: Comparison | undefined): string {
  if (!comparison) return 'control'
  return comparison.harm ? `${comparison.status} · harm` : comparison.status
}

function drawable(comparison: Comparison | undefined): Drawable | null {
  if (!comparison) return null
  const { difference } = shownOf(comparison)
  const bounds = boundsOf(difference)
  return difference.kind === 'estimate' && bounds ? { ...bounds, value: difference.value } : null
}

/** Good and bad words at the end of a line. */
const ENDS = [
  { end: 'better', before: '  ', paint: 'good' },
  { end: 'worse', before: '  ', paint: 'bad' },
  { end: 'harm', before: ' · ', paint: 'bad' },
] as const

/** The status stands at the end of a line. */
function painted(line: string, paint: Paint): string {
  const found = ENDS.find(({ before, end }) => line.endsWith(before + end))
  return found ? line.slice(0, -found.end.length) + paint[found.paint](found.end) : line
}

function remarkOf({ kind, direction, primary, windowHours, cap }: MetricReport): string {
  const better = direction === 'increase' ? 'more is better' : 'less is better'
  const capped = cap === undefined ? '' : ' · capped'
  return `${primary ? 'primary · ' : ''}${kind} · ${better} · within ${windowWords(windowHours)} of the first exposure${capped}`
}
