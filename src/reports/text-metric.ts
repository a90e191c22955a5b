/** The page's block of one metric: values with intervals drawn on one axis, the same in figures, and what the status is. */
import { type Drawable, drawIntervals } from './interval-drawing.ts'
import { wordingOf } from './metric-words.ts'
import { windowWords } from './notes.ts'
import { countWords, differenceWords, valueWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import type { Comparison, MetricReport, Report } from './report-shape.ts'
import { contrastTable } from './text-contrast.ts'
import { heading, PAGE_WIDTH, tableOf, widthOf } from './text-table.ts'

/** Labels longer than this give way to the drawing. */
const LABEL_MOST = 24
const DRAWING_LEAST = 16
/** Under every block of a bandit's epoch. */
export const NAIVE = 'naive, not to be used: the shares of the arms were learned'

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
    ...contrastTable(metric.comparisons, { wording, level: plan.level }),
    ...reservation(report, paint),
  ]
}

/** What the numbers above must not be used for. */
function reservation({ plan, trust }: Report, paint: Paint): string[] {
  if (trust.blockedBy === 'adaptive-allocation') return [paint.bad(`  ${NAIVE}`)]
  if (trust.blockedBy) return [paint.bad(`  not to be used: ${reasonWords(trust.blockedBy)}`)]
  return plan.reached ? [] : [paint.wait('  not for stopping: the planned sample is not reached')]
}

function says(comparison: Comparison | undefined): string {
  return comparison ? comparison.status : 'control'
}

function drawable(comparison: Comparison | undefined): Drawable | null {
  if (comparison?.difference.kind !== 'estimate') return null
  const { value, interval } = comparison.difference
  return 'low' in interval ? { low: interval.low, value, high: interval.high } : null
}

/** The status stands at the end of a line. */
function painted(line: string, paint: Paint): string {
  if (line.endsWith('  better')) return line.slice(0, -'better'.length) + paint.good('better')
  return line.endsWith('  worse') ? line.slice(0, -'worse'.length) + paint.bad('worse') : line
}

function remarkOf({ kind, direction, primary, windowHours, cap }: MetricReport): string {
  const better = direction === 'increase' ? 'more is better' : 'less is better'
  const capped = cap === undefined ? '' : ' · capped'
  return `${primary ? 'primary · ' : ''}${kind} · ${better} · within ${windowWords(windowHours)} of the first exposure${capped}`
}
