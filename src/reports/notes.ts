/** Notes: what a careful reader of this report has to know, each only when it applies. */
import { countOf, countWords, groupDigits, shareWords } from './number-words.ts'
import type { MetricReport, Report } from './report-shape.ts'
import { namesOf, quoted } from './verdict-sentences.ts'

type Facts = Omit<Report, 'format' | 'verdict' | 'notes'>

/** More foreign slates than this in an arm visibly water down what the arm is compared for. */
const FALLBACK_MOST = 0.01

export function notesOf(facts: Facts): readonly string[] {
  return [
    ...learnedShares(facts),
    ...furtherLooks(facts),
    ...openWindows(facts),
    ...switchedOff(facts),
    ...fallbacks(facts),
    ...manyMetrics(facts),
    ...manyTreatments(facts),
    ...facts.metrics.flatMap((metric) => [...capped(metric, facts), ...otherCurrencies(metric, facts), ...negativeBaseline(metric)]),
  ]
}

/** Naive: what a plain comparison would say if the shares had been fixed. */
function learnedShares({ epoch, experiment }: Facts): readonly string[] {
  if (epoch.allocation !== 'thompson') return []
  return [
    'All values and comparisons here are naive: a bandit shows an arm less once it has done badly, so the means of losing arms come out too low and the lead of the winner too large. They leave out every ' +
      `${experiment.unit} who met two arms. They are no ground for a decision or for the books.`,
  ]
}

function furtherLooks({ plan, experiment, epoch }: Facts): readonly string[] {
  if (epoch.allocation === 'thompson' || !plan.reached || experiment.status !== 'running') return []
  return ['The planned sample is reached: decide on this look. Looking again until something shows finds winners that are none.']
}

/** Metrics with the same window share a note. */
function openWindows({ metrics, experiment, plan }: Facts): readonly string[] {
  const all = plan.arms.reduce((sum, arm) => sum + arm.have, 0)
  const open = metrics.filter((metric) => metric.unitsOpen > 0)
  return [...new Set(open.map((metric) => metric.windowHours))].map((hours) => {
    const same = open.filter((metric) => metric.windowHours === hours)
    return `${namesOf(same.map(({ key }) => key))}: the window of ${windowWords(hours)} is still open for ${countWords(same[0]!.unitsOpen)} of ${countOf(all, experiment.unit)}, in all arms alike; what they do later will be added.`
  })
}

function switchedOff({ integrity, trust }: Facts): readonly string[] {
  if (trust.sampleRatio.kind !== 'does-not-apply' || trust.sampleRatio.because !== 'arms-were-switched-off') return []
  const masked = integrity.arms.reduce((sum, arm) => sum + arm.masked, 0)
  return [
    `${countOf(masked, 'exposure')} fell in a time when an arm was switched off. Its units went to the other arms, so the check of the sample ratio does not apply.`,
  ]
}

function fallbacks({ integrity }: Facts): readonly string[] {
  return integrity.arms.flatMap(({ arm, fallbackShare }) =>
    typeof fallbackShare === 'number' && fallbackShare > FALLBACK_MOST
      ? [
          `${shareWords(fallbackShare)} of the slates of ${quoted(arm)} came from another policy. They count for ${quoted(arm)}, so its true difference may be larger.`,
        ]
      : [],
  )
}

function manyMetrics({ metrics }: Facts): readonly string[] {
  const others = metrics.filter((metric) => !metric.primary)
  if (others.length === 0) return []
  const { key } = metrics.find((metric) => metric.primary)!
  return [`${quoted(key)} decides. The other metrics are not corrected for their number: take them as hints.`]
}

function manyTreatments({ metrics }: Facts): readonly string[] {
  if (metrics[0]!.comparisons.length < 2) return []
  return ['The status of a row is its own test. The verdict uses the corrected p, because the best of several arms looks good by chance.']
}

function capped({ key, cap, measure }: MetricReport, { experiment }: Facts): readonly string[] {
  if (cap === undefined) return []
  const unit = measure.kind === 'money' ? ` ${measure.currency}` : ''
  return [`${quoted(key)} counts at most ${groupDigits(String(cap))}${unit} of each ${experiment.unit}, as declared before the start.`]
}

function otherCurrencies({ key, measure }: MetricReport, { money }: Facts): readonly string[] {
  if (measure.kind !== 'money') return []
  const others = money.filter((report) => report.currency !== measure.currency).map((report) => report.currency)
  return others.length > 0 ? [`${quoted(key)} is in ${measure.currency}; money in ${namesOf(others)} is in the money tables only.`] : []
}

function negativeBaseline({ key, arms, comparisons }: MetricReport): readonly string[] {
  const control = arms.find(({ arm }) => arm === comparisons[0]?.control)
  return typeof control?.value === 'number' && control.value < 0
    ? [`${quoted(key)} is negative in the control: lifts are relative to its size, so that up stays up.`]
    : []
}

/** "14 days", "36 hours" */
export function windowWords(hours: number): string {
  return hours % 24 === 0 ? countOf(hours / 24, 'day') : countOf(hours, 'hour')
}
