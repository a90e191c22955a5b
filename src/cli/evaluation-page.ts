/** An evaluation as a page of plain text that needs no manual: what was asked, who did how well, and what that does to the catalogue. */
import type { Evaluation, PolicyResult, ProtocolResult } from '../evaluation/evaluation-shape.ts'
import { SEGMENTS } from '../evaluation/segments.ts'
import { countWords, pWords, shareWords } from '../reports/number-words.ts'
import type { Paint } from '../reports/paint.ts'
import { type Column, harmless, heading, tableOf, wrapped } from '../reports/text-table.ts'
import { type Interval, isUnknown, type Unknown } from '../stats/estimate.ts'

export interface EvaluationTold {
  readonly source: string
  readonly currency: string | null
  readonly remarks: readonly string[]
}

const TITLES = {
  'new-items': ['NEW ITEMS', 'what shoppers had before is left out; right is what they bought for the first time'],
  'all-purchases': ['ALL PURCHASES', 'nothing is left out; right is everything bought, repeats included'],
  baskets: ['BASKETS', 'an item of a basket is taken out and asked for by the rest, as on a cart page'],
} as const
const DECIMALS = 3
const GROUPS_MAX = 8
const MINOR_DIGITS = 2

/** Writes the page. */
export function evaluationPage(evaluation: Evaluation, told: EvaluationTold, paint: Paint): string {
  return [
    introduction(evaluation, told, paint),
    ...evaluation.protocols.map((protocol) => protocolLines(protocol, evaluation, told, paint)),
    legend(evaluation),
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function introduction({ split, baseline, protocols }: Evaluation, { source, remarks }: EvaluationTold, paint: Paint): string[] {
  const asked = protocols.map(({ name, asked: count, of }) => `${countWords(count)} ${of} (${name.replace('-', ' ')})`).join(', ')
  return [
    heading(`EVALUATION of ${harmless(source)}`, '', paint),
    ...wrapped(
      `Learned from ${countWords(split.trainingRows)} rows of ${countWords(split.trainedShoppers)} shoppers before ${day(split.at)}; ` +
        `asked about what was bought before ${day(split.until)}: ${asked}. Every one of ${countWords(split.sellableItems)} items that at ` +
        `least ${split.leastShoppers} shoppers had bought competes. The baseline is ${baseline}.`,
    ),
    ...remarks.flatMap((remark) => wrapped(harmless(remark))),
  ]
}

function protocolLines(protocol: ProtocolResult, { level, size }: Evaluation, told: EvaluationTold, paint: Paint): string[] {
  const [title, remark] = TITLES[protocol.name]
  const { policies } = protocol
  if (policies.length === 0) return [heading(title, remark, paint), 'Nobody of the test period is left to ask about.']
  return [
    heading(title, remark, paint),
    ...tableOf(
      columns('policy', 'NDCG@10', `${Math.round(level * 100)} % interval`, 'to baseline', 'p (Holm)', 'recall@10', 'HR@10', 'NDCG@20'),
      policies.map((policy) => [
        policy.policy,
        number(policy.metrics['ndcg@10']),
        interval(policy.interval['ndcg@10']),
        ...against(policy),
        number(policy.metrics['recall@10']),
        number(policy.metrics['hr@10']),
        number(policy.metrics['ndcg@20']),
      ]),
    ),
    '',
    ...tableOf(
      columns(
        `slates of ${size}`,
        'coverage',
        'Gini',
        'effective',
        'novelty',
        'diversity',
        'serendipity',
        'fresh',
        `revenue${told.currency ? ` ${told.currency}` : ''}`,
      ),
      policies.map(({ policy, metrics }) => [
        policy,
        shareWords(metrics.coverage),
        known(metrics.gini, (value) => value.toFixed(2)),
        countWords(Math.round(metrics.effectiveCatalogue)),
        known(metrics.novelty, (value) => value.toFixed(1)),
        known(metrics.diversity, (value) => value.toFixed(2)),
        number(metrics.serendipity),
        known(metrics.freshness, shareWords),
        known(metrics.revenue, (value) => (value / 10 ** MINOR_DIGITS).toFixed(2)),
      ]),
    ),
    ...(protocol.of === 'shoppers' ? ['', ...segmentTable(policies)] : []),
    ...groupTable(policies),
    ...(protocol.silent.length > 0 ? ['', ...wrapped(`Nothing to say here: ${protocol.silent.join(', ')}.`, '  ')] : []),
  ]
}

function segmentTable(policies: readonly PolicyResult[]): string[] {
  const titles = SEGMENTS.map((segment) => {
    const { shoppers } = policies[0]!.segments[segment]
    return `${segment === 'cold' ? 'strangers' : `${segment} orders`} (${countWords(shoppers)})`
  })
  return tableOf(
    columns('NDCG@10 by segment', ...titles),
    policies.map(({ policy, segments }) => [
      policy,
      ...SEGMENTS.map((segment) => known(segments[segment].mean, (mean) => `${number(mean)} ${interval(segments[segment].interval)}`)),
    ]),
  )
}

function groupTable(policies: readonly PolicyResult[]): string[] {
  const [first] = policies.flatMap(({ fairness }) => (isUnknown(fairness) ? [] : [fairness]))
  if (!first) return []
  const groups = first.groups.length > GROUPS_MAX ? [] : first.groups
  return [
    '',
    ...tableOf(columns('exposure by group', 'gap', ...groups.map(({ group }) => harmless(group))), [
      ['(bought in the test)', '', ...groups.map((group) => shareWords(group.demand))],
      ...policies.map(({ policy, fairness }) =>
        isUnknown(fairness)
          ? [policy, '?']
          : [policy, fairness.gap.toFixed(2), ...fairness.groups.slice(0, groups.length).map((group) => shareWords(group.exposure))],
      ),
    ]),
  ]
}

function legend({ size, replicates, seed }: Evaluation): string[] {
  return wrapped(
    `NDCG@10: how high in the slate what was bought stands, 1 is perfect. recall: part of what was bought that the slate held. HR: part of shoppers ` +
      `with a hit. Intervals: ${countWords(replicates)} resamplings of the shoppers, seed ${seed}. To baseline: mean difference of NDCG@10 over the same ` +
      `shoppers, p by a paired test. Coverage: part of the items shown to anybody; Gini: 0 all alike, 1 one item has all; effective: so many items ` +
      `shown alike would be as diverse; novelty: bits of surprise; diversity: 1 − likeness of texts within a slate; serendipity: hits a place that the ` +
      `baseline did not show; fresh: first sold in the last 30 days; revenue: shelf price of what was hit, a slate of ${size}; gap: exposure against ` +
      `demand by group, 0 as wanted. ?: unknown.`,
  )
}

function against({ against: compared }: PolicyResult): [string, string] {
  if (compared === null) return ['baseline', '']
  const { test, adjustedPValue } = compared
  if (isUnknown(test)) return ['same', '']
  const p = typeof adjustedPValue === 'number' ? pWords(Math.log10(adjustedPValue)) : '?'
  return [`${test.estimate < 0 ? '−' : '+'}${number(Math.abs(test.estimate))}`, p]
}

function columns(label: string, ...titles: readonly string[]): readonly Column[] {
  return [{ title: label, align: 'left' }, ...titles.map((title): Column => ({ title, align: 'right' }))]
}

/** ".149": the leading 0 of a share says nothing. */
function number(value: number): string {
  return value.toFixed(DECIMALS).replace(/^0\./, '.')
}

function interval(ends: Interval | Unknown): string {
  return isUnknown(ends) ? '?' : `${number(ends.low)}–${number(ends.high)}`
}

function known(value: number | Unknown, words: (value: number) => string): string {
  return typeof value === 'number' ? words(value) : '?'
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
