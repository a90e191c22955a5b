/** Notes: what a careful reader of this report has to know, each only when it applies. */
import { countOf, countWords, groupDigits, pWords, shareWords } from './number-words.ts'
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
    ...offOnTheWay(facts),
    ...fallbacks(facts),
    ...manyMetrics(facts),
    ...manyTreatments(facts),
    ...adjusted(facts),
    ...shortHistories(facts),
    ...facts.metrics.flatMap((metric) => [
      ...capped(metric, facts),
      ...skewed(metric, facts),
      ...otherCurrencies(metric, facts),
      ...negativeBaseline(metric),
    ]),
  ]
}

/** Which figures allow for learned shares, and which do not. */
function learnedShares({ bandit, experiment }: Facts): readonly string[] {
  if (!bandit) return []
  const per = bandit.per === 'unit' ? `${experiment.unit} that keeps its arm` : 'decision'
  const leftOut = Math.max(0, ...bandit.metrics.flatMap(({ contrasts }) => contrasts.map(({ drawsLeftOut }) => drawsLeftOut)))
  return [
    `A bandit drew the arms. Values and comparisons are per ${per} and allow for that: they weigh what came by the logged propensities. The naive figures do not; they flatter the arm that was ahead. Money tables are naive, too.`,
    ...(leftOut > 0
      ? [
          `Up to ${countOf(leftOut, 'draw')} are left out of a comparison, because one of its arms could not be drawn then: its policy was off, or the gate had taken it out.`,
        ]
      : []),
    ...(bandit.drawsWithoutChoice > 0
      ? [
          `${countOf(bandit.drawsWithoutChoice, 'draw')} had one arm alone to draw: promoted, or the last one left. What choosing brought counts nothing for them, because drawing evenly means among the arms that could be drawn.`,
        ]
      : []),
  ]
}

function furtherLooks({ plan, experiment }: Facts): readonly string[] {
  if (!plan.reached || experiment.status !== 'running') return []
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

/** χ² is fine in the end, but the watch had raised its alarm: more units do not mend the first ones. */
function offOnTheWay({ trust: { sampleRatio: ratio } }: Facts): readonly string[] {
  if (ratio.kind !== 'tested' || ratio.alarm || !ratio.sequential.alarm) return []
  return [
    `On the way the sample ratio was off (p = ${pWords(ratio.sequential.log10PValue)} at its lowest): for some days the arms were not the same kind of crowd. Find the cause before you trust the verdict.`,
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
  const tests = familyOf(others)
  const corrected = tests > 1 ? `; their ${countWords(tests)} tests are corrected together` : ''
  return [`${quoted(key)} decides. The other metrics are there to understand it${corrected}.`]
}

function manyTreatments({ metrics }: Facts): readonly string[] {
  const tests = familyOf(metrics.filter((metric) => metric.primary))
  return tests > 1
    ? [
        `The status follows the corrected p, because the best of ${countWords(tests)} arms looks good by chance. Intervals are those of each arm by itself.`,
      ]
    : []
}

function familyOf(metrics: readonly MetricReport[]): number {
  const families = metrics.flatMap(({ comparisons }) => comparisons.map(({ test }) => (test.kind === 'test' ? test.family : 0)))
  return Math.max(0, ...families)
}

/** The values of the arms stay as they are; only the comparison allows for the past. */
function adjusted({ metrics, experiment }: Facts): readonly string[] {
  const keys = metrics.filter(({ comparisons }) => comparisons.some(({ varianceReduction }) => varianceReduction !== undefined))
  if (keys.length === 0) return []
  return [
    `${namesOf(keys.map(({ key }) => key))}: differences and lifts allow for what each ${experiment.unit} did before the first exposure, so they are not quite those of the values. Whether that is done rests on how much history there is, never on the result.`,
  ]
}

function shortHistories({ metrics, experiment }: Facts): readonly string[] {
  const short = metrics.filter(({ covariate }) => covariate && covariate.have > 0 && covariate.have < covariate.need)
  return [...new Set(short.map(({ covariate }) => covariate!.days))].map((days) => {
    const same = short.filter(({ covariate }) => covariate!.days === days)
    const { have, need } = same[0]!.covariate!
    return `${namesOf(same.map(({ key }) => key))}: an arm has ${countOf(have, experiment.unit)} with a history of ${countOf(days, 'day')}. From ${countWords(need)} in every arm on it takes noise out.`
  })
}

function capped({ key, cap, measure }: MetricReport, { experiment }: Facts): readonly string[] {
  if (cap === undefined) return []
  const isMoney = measure.kind === 'money'
  const most = `${groupDigits(String(cap))}${isMoney ? ` ${measure.currency}` : ''}`
  const raw = isMoney ? ' The money table has the same without a cap; the capped figure is the one that is tested.' : ''
  return [`${quoted(key)} counts at most ${most} of each ${experiment.unit}, as declared before the start.${raw}`]
}

function skewed({ key, skew, cap, measure }: MetricReport, { experiment, plan }: Facts): readonly string[] {
  if (skew?.kind === 'skew' && skew.enough === 'no') {
    const units = `at least ${countOf(skew.needAtLeast, experiment.unit)}, and the smallest arm has ${countWords(skew.have)}`
    const so = skew.balanced
      ? 'With arms of equal size most of that cancels.'
      : `With arms this unequal its intervals are wrong on one side: wait${cap === undefined ? ', or declare a cap next time' : ''}.`
    return [`${quoted(key)} is skewed (skewness at least ${skew.atLeast.toFixed(1)}): the mean of an arm is normal from ${units}. ${so}`]
  }
  const unsure = skew?.kind === 'unknown' ? skew.because === 'no-information' : skew?.enough === 'unknown'
  if (!unsure || cap !== undefined || measure.kind !== 'money' || plan.arms.every((arm) => arm.have === 0)) return []
  return [
    `${quoted(key)} has no cap, so a few large orders can move it; the moments cannot tell whether there are enough ${experiment.unit}s for that.`,
  ]
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
