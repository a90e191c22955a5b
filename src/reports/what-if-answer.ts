/** A what-if as an answer: the reward and every metric valued or refused, the overlap, and what a reader has to know beside them. */
import type { Estimator, PolicyValue } from '../bandits/off-policy-estimates.ts'
import type { OffPolicyMoments } from '../bandits/off-policy-moments.ts'
import { type Overlap, type Refusal, refusalsOf } from '../bandits/off-policy-overlap.ts'
import { type Valuation, valuationOf } from '../bandits/off-policy-valuation.ts'
import { slotWeightsOf } from '../experiments/allocation.ts'
import type { Metric } from '../experiments/metric.ts'
import { measureOf } from './measure.ts'
import { countOf, shareWords } from './number-words.ts'
import { type RefusalWords, refusalWords } from './off-policy-words.ts'
import type { Measure } from './report-shape.ts'
import type { AskedPolicy, Judged, WhatIf, WhatIfFigure, WhatIfLog, WhatIfValue } from './what-if-shape.ts'

export interface WhatIfParts {
  readonly experiment: string
  readonly epoch: number
  readonly arms: readonly string[]
  readonly metrics: readonly Metric[]
  readonly asked: AskedPolicy
  readonly estimators: readonly Estimator[]
  readonly log: Omit<WhatIfLog, 'units'>
  readonly traffic: { readonly ran: readonly number[]; readonly would: readonly number[] }
  /** The moments of the reward v·y, v per stored integer of every slot that looks forward. */
  readonly momentsOf: (values: readonly number[]) => OffPolicyMoments
  /** Whether anything was expected of the arms when they were drawn. */
  readonly isModelled: boolean
}

/** Puts the answer together. */
export function whatIfAnswer(parts: WhatIfParts): WhatIf {
  const { experiment, epoch, arms, metrics, asked, log, traffic, momentsOf } = parts
  const moments = momentsOf(slotWeightsOf({ objectives: asked.weights }, metrics))
  const valuation = valuationOf(moments, asked)
  const { overlap } = valuation
  return {
    format: 'croupier-what-if/1',
    ...judged(valuation, arms),
    ...{ experiment, epoch, asked, log: { ...log, units: moments.units.n } },
    overlap: {
      effectiveSampleSize: overlap.effectiveSampleSize,
      maxWeightShare: overlap.maxWeightShare,
      meanWeight: { value: overlap.meanWeight, standardError: overlap.meanWeightError },
      switchedShare: overlap.switchedShare,
    },
    traffic: log.used === 0 ? [] : arms.map((arm, i) => ({ arm, ran: traffic.ran[i]!, would: traffic.would[i]! })),
    reward: valued(valuation, { name: 'reward', measure: { kind: 'number' }, parts }),
    metrics: metrics.map((metric) => metricValue(metric, parts)),
    notes: notesOf(parts, overlap),
  }
}

interface Named {
  readonly name: string
  readonly measure: Measure
  readonly parts: Pick<WhatIfParts, 'arms' | 'estimators'>
}

const RATIO: RefusalWords = {
  because: 'A ratio is no sum over decisions.',
  remedy: 'Ask about its numerator and its denominator as metrics of their own.',
}

function metricValue(metric: Metric, parts: WhatIfParts): WhatIfValue {
  const named = { name: metric.key, measure: measureOf(metric), parts }
  if (metric.kind === 'ratio') return { kind: 'refused', ...RATIO, ...namesOf(named), ...NO_FIGURES }
  // A metric has its own sign here, whichever way is better.
  const values = slotWeightsOf({ objectives: [{ metric: metric.key, weight: 1 }] }, parts.metrics).map(Math.abs)
  return valued(valuationOf(parts.momentsOf(values), parts.asked), named)
}

const NO_FIGURES = { ran: null, would: null, difference: null, estimates: null } as const

function valued(valuation: Valuation, named: Named): WhatIfValue {
  const head = { ...judged(valuation, named.parts.arms), ...namesOf(named) }
  if (valuation.kind === 'refused') return { ...head, ...NO_FIGURES }
  const { logged, gain, values } = valuation
  return {
    ...head,
    ran: figureOf(logged),
    would: figureOf(values.DR),
    difference: figureOf(gain),
    estimates: Object.fromEntries(named.parts.estimators.map((name) => [name, figureOf(values[name])])),
  }
}

function namesOf({ name, measure }: Named): Pick<WhatIfValue, 'name' | 'measure'> {
  return { name, measure }
}

function judged(valuation: Valuation, arms: readonly string[]): Judged {
  if (valuation.kind === 'valued') return { kind: 'valued', because: null, remedy: null }
  const words = valuation.refusals.map((refusal) => wordsOf(refusal, arms))
  return {
    kind: 'refused',
    because: words.map(({ because }) => because).join(' '),
    remedy: [...new Set(words.map(({ remedy }) => remedy))].join(' '),
  }
}

function wordsOf(refusal: Refusal, arms: readonly string[]): RefusalWords {
  return refusalWords(refusal, { decision: 'decision', event: 'outcome', arm: (arm) => `"${arms[arm]}"` })
}

function figureOf({ value, error }: PolicyValue): WhatIfFigure {
  if (error.kind === 'unknown') return { value, standardError: null, low: null, high: null, because: error.because }
  return { value, standardError: error.standardError, low: error.interval.low, high: error.interval.high }
}

function notesOf({ log, asked, isModelled, arms }: WhatIfParts, overlap: Overlap): readonly string[] {
  if (log.used === 0) return []
  const { withoutSnapshot, withoutEvidence, immature, decisions, rowsMax } = log
  const young = immature.filter(({ share }) => share > 0)
  return [
    'DR is the figure to use: right when the logged propensities are, whatever was expected of the arms. The others show what hangs on it.',
    ...(isModelled
      ? []
      : ['Nothing was logged of what each arm was expected to bring by metric, so DR is IPS here, and intervals are wider.']),
    ...(asked.policy === 'settings'
      ? [
          'Every decision is made again from what was known then. With these settings other decisions would have been learned from: that is not in it.',
        ]
      : ['Everybody gets it, the evenly drawn share of the units included.']),
    ...(overlap.switchedShare > 0
      ? [`SwitchDR leaves ${shareWords(overlap.switchedShare)} of the weight, the decisions above ${asked.switchAt}, to what was expected.`]
      : []),
    ...(log.maturity === 'so-far' && young.length > 0
      ? [
          `So far: the window has not ended for ${young.map(({ metric, share }) => `${shareWords(share)} of the decisions (${metric})`).join(', ')}.`,
        ]
      : []),
    ...(decisions > rowsMax ? [`Only the newest ${countOf(rowsMax, 'decision')} of ${countOf(decisions, 'decision')} are in it.`] : []),
    ...(withoutSnapshot > 0 ? [`${countOf(withoutSnapshot, 'decision')} left out: their snapshot is not kept any more.`] : []),
    ...(withoutEvidence > 0
      ? [`${countOf(withoutEvidence, 'decision')} left out: their snapshot cannot be asked about other weights.`]
      : []),
    ...(refusalsOf(overlap, arms.length).length === 0
      ? ['An outcome counts for the decision it names, else for the latest one of its unit before it.']
      : []),
  ]
}
