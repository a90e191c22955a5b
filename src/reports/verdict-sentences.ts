/** The parts that several verdicts share: a comparison in words, the other metrics, the money, and what to be careful about. */
import { differenceWithRange, liftWithRange, wordingOf } from './metric-words.ts'
import { noiseWords } from './noise-words.ts'
import { countWords, shareWords, valueWords } from './number-words.ts'
import { reasonWords } from './reason-words.ts'
import type { Comparison, MetricReport, Report } from './report-shape.ts'
import { shownOf } from './shown.ts'

export type Facts = Pick<
  Report,
  'experiment' | 'plan' | 'trust' | 'metrics' | 'money' | 'integrity' | 'guardrails' | 'decisions' | 'bandit'
>

/** A verdict of sixty arms is none: the rest is in the tables. */
export const NAMES_MOST = 5

export function quoted(name: string): string {
  return `“${name}”`
}

/** "“a”, “b” and 3 more" */
export function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MOST).map(quoted)
  const rest = names.length - shown.length
  const last = rest > 0 ? `${countWords(rest)} more` : shown.pop()!
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last
}

/** "5.60 % against 4.90 %, a lift of +14.3 % (+1.5 to +28.7) at 95 % confidence" */
export function compared({ plan }: Facts, metric: MetricReport, comparison: Comparison): string {
  const { arm, control, varianceReduction } = comparison
  const { difference, lift } = shownOf(comparison)
  if (difference.kind === 'unknown') return reasonWords(difference.because)
  const wording = wordingOf(metric.measure, metric.comparisons)
  const value = (key: string): string => {
    const found = metric.arms.find((other) => other.arm === key)!.value
    return typeof found === 'number' ? valueWords(found, wording) : 'unknown'
  }
  const change =
    lift.kind === 'estimate' ? `a lift of ${liftWithRange(lift)}` : `a difference of ${differenceWithRange(difference, wording)}`
  const noise = varianceReduction === undefined ? '' : `, ${noiseWords([varianceReduction])}`
  return `${value(arm)} against ${value(control)}, ${change} at ${confidence(plan.level)} confidence${noise}`
}

/** What the other metrics say of an arm, the worst news first. */
export function besides({ metrics }: Facts, arm: string): readonly string[] {
  const others = metrics.flatMap((metric) => {
    const comparison = metric.comparisons.find((other) => other.arm === arm)
    return metric.primary || !comparison ? [] : [{ key: metric.key, comparison }]
  })
  const told = (status: Comparison['status'], words: string): readonly string[] => {
    const keys = others.filter(({ comparison }) => comparison.status === status).map(({ key }) => key)
    return keys.length > 0 ? [`${words} ${namesOf(keys)}`] : []
  }
  const parts = [
    ...told('worse', 'it is worse on'),
    ...told('better', 'it is better on'),
    ...told('no difference shown', 'no difference is shown on'),
    ...told('unknown', 'nothing can be said on'),
  ]
  return parts.length > 0 ? [`Of the other metrics: ${parts.join('; ')}.`] : []
}

/** Net money per unit in the currency most units paid in, unless the primary metric is that already. */
export function moneySentence({ metrics, money, experiment, plan, bandit }: Facts, arm: string): readonly string[] {
  // Of a bandit the money tables are naive.
  if (bandit) return []
  const payers = (report: Report['money'][number]): number => report.arms.reduce((sum, { payers: own }) => sum + own, 0)
  const most = money.reduce<Report['money'][number] | undefined>((a, b) => (!a || payers(b) > payers(a) ? b : a), undefined)
  const contrast = most?.comparisons.find((other) => other.arm === arm)
  if (!most || !contrast || contrast.difference.kind === 'unknown') return []
  const primary = metrics.find((metric) => metric.primary)!.measure
  if (primary.kind === 'money' && primary.currency === most.currency) return []
  const wording = wordingOf({ kind: 'money', currency: most.currency }, most.comparisons)
  const change = differenceWithRange(contrast.difference, wording)
  return [`Net money per ${experiment.unit}: ${change} at ${confidence(plan.level)} confidence.`]
}

/** Checks that do not block the verdict, but that a reader has to know of. A bandit's comparisons leave out what was drawn without an arm. */
export function caution({ trust, integrity, experiment, bandit }: Facts): readonly string[] {
  const sentences: string[] = []
  if (trust.twoArms.alarm)
    sentences.push(
      `Caution: ${shareWords(trust.twoArms.share)} of the ${experiment.unit}s were seen in two arms and are left out; more than ${shareWords(trust.twoArms.threshold)} should not be.`,
    )
  const masked = integrity.arms.reduce((sum, arm) => sum + arm.masked, 0)
  if (masked > 0 && !bandit)
    sentences.push(
      `Caution: a policy was switched off during ${shareWords(masked / integrity.exposures)} of the exposures, so the arms were not compared at the same times.`,
    )
  return sentences
}

/** "95 %" */
export function confidence(level: number): string {
  return `${Number((level * 100).toPrecision(6))} %`
}
