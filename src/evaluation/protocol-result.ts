/** What the answers of all policies to one protocol are worth: means, bootstrap intervals, paired tests, segments, exposure. */
import type { Ranker } from '../policies/policy.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { type Random, randomOf } from '../stats/random.ts'
import type { PolicyResult, ProtocolResult } from './evaluation-shape.ts'
import { exposureFairness } from './exposure-fairness.ts'
import type { ItemFacts } from './item-facts.ts'
import { adjustedPValues, pairedTest } from './paired.ts'
import type { ProtocolName, Question } from './protocol.ts'
import { RANKING_METRICS, type RankingMetric } from './ranking-metrics.ts'
import { bootstrapMeans } from './resampling.ts'
import { SEGMENTS, segmentOf } from './segments.ts'
import { type Shown, slateMetrics } from './slate-metrics.ts'

/** What one policy answered, question by question: slates, and ranking metrics in the order of RANKING_METRICS. */
export interface Answers {
  readonly ranker: Ranker
  readonly slates: readonly (readonly number[])[]
  readonly values: readonly Float64Array[]
}

const MAIN = RANKING_METRICS.indexOf('ndcg@10')
const WIDTH = RANKING_METRICS.length

export interface Material {
  readonly questions: readonly Question[]
  /** The baseline first. */
  readonly asked: readonly Answers[]
  readonly facts: ItemFacts
  readonly size: number
  readonly level: number
  readonly replicates: number
  readonly seed: number
  readonly progress: (phase: string, done: number) => void
}

/** Sums everything up; the main numbers are about known shoppers. */
export function protocolResult(name: ProtocolName, given: Material): ProtocolResult {
  const { questions, level } = given
  const of = name === 'baskets' ? 'baskets' : 'shoppers'
  const known = groupsWhere(questions, ({ shopper }) => of === 'baskets' || segmentOf(shopper) !== 'cold')
  if (known.length === 0) return { name, of, asked: 0, silent: [], policies: [] }
  const asked = given.asked.filter(({ slates }, i) => i === 0 || known.flat().some((row) => slates[row]!.length > 0))
  const silent = given.asked.filter((answers) => !asked.includes(answers)).map(({ ranker }) => ranker.key)
  const material = { ...given, asked }
  const columns = columnsOf(asked, known, [...RANKING_METRICS.keys()])
  const intervals = resampled(columns, material)
  const segments = segmentsOf(material)
  const tests = asked.slice(1).map((_, i) => pairedTest(columns[(i + 1) * WIDTH + MAIN]!, columns[MAIN]!, level))
  const adjusted = adjustedPValues(tests)
  return {
    name,
    ...{ of, asked: known.length, silent },
    policies: asked.map(({ ranker }, i): PolicyResult => {
      const shown = shownTo(known.flat(), i, material)
      return {
        policy: ranker.key,
        kind: ranker.kind,
        metrics: { ...named((m) => mean(columns[i * WIDTH + m]!)), ...slateMetrics(shown, material.facts, material.size) },
        interval: named((m) => intervals[i * WIDTH + m]!),
        against: i === 0 ? null : { test: tests[i - 1]!, adjustedPValue: adjusted[i - 1]! },
        segments: segments[i]!,
        fairness: exposureFairness(shown, material.facts.groups),
      }
    }),
  }
}

/** NDCG@10 by segment, policy by policy. */
function segmentsOf(material: Material): readonly PolicyResult['segments'][] {
  const { questions, asked } = material
  const parts = SEGMENTS.map((segment) => {
    const groups = groupsWhere(questions, ({ shopper }) => segmentOf(shopper) === segment)
    const columns = columnsOf(asked, groups, [MAIN])
    return { segment, shoppers: groups.length, columns, intervals: resampled(columns, material) }
  })
  return asked.map(
    (_, i) =>
      Object.fromEntries(
        parts.map(({ segment, shoppers, columns, intervals }) => [
          segment,
          { shoppers, mean: shoppers === 0 ? NOBODY : mean(columns[i]!), interval: intervals[i]! },
        ]),
      ) as PolicyResult['segments'],
  )
}

const NOBODY: Unknown = unknown('too-few-units', { have: 0, need: 1 })

/** Positions of the questions that count, group by group. */
type Groups = readonly (readonly number[])[]

function groupsWhere(questions: readonly Question[], holds: (question: Question) => boolean): Groups {
  const groups: number[][] = []
  let last = Number.NaN
  questions.forEach((question, row) => {
    if (!holds(question)) return
    if (question.group === last) groups.at(-1)!.push(row)
    else groups.push([row])
    last = question.group
  })
  return groups
}

/** By policy, then by metric: one value a group, the mean over its questions. */
function columnsOf(asked: readonly Answers[], groups: Groups, metrics: readonly number[]): readonly Float64Array[] {
  return asked.flatMap(({ values }) =>
    metrics.map((metric) => Float64Array.from(groups, (rows) => rows.reduce((sum, row) => sum + values[row]![metric]!, 0) / rows.length)),
  )
}

function resampled(columns: readonly Float64Array[], { replicates, level, seed, progress }: Material) {
  const random: Random = randomOf(seed)
  return bootstrapMeans(columns, { replicates, level, random, progress: (done) => progress('resampling', done) })
}

function shownTo(rows: readonly number[], policy: number, { questions, asked, size }: Material): readonly Shown[] {
  return rows.map((row) => ({
    slate: asked[policy]!.slates[row]!.slice(0, size),
    bought: questions[row]!.bought,
    baseline: asked[0]!.slates[row]!.slice(0, size),
  }))
}

function named<Value>(of: (metric: number) => Value): Readonly<Record<RankingMetric, Value>> {
  return Object.fromEntries(RANKING_METRICS.map((metric, i) => [metric, of(i)])) as Record<RankingMetric, Value>
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
