/** A what-if as an answer: the reward and every metric valued or refused, the overlap, and what a reader has to know beside them. */
import type { Estimator, PolicyValue } from '../bandits/off-policy-estimates.ts'
import type { OffPolicyMoments } from '../bandits/off-policy-moments.ts'
import type { Overlap, Refusal } from '../bandits/off-policy-overlap.ts'
import { type Valuation, valuationOf } from '../bandits/off-policy-valuation.ts'
import { slotWeightsOf } from '../experiments/allocation.ts'
import type { Metric } from '../experiments/metric.ts'
import { measureOf } from './measure.ts'
import { countOf, countWords, shareWords } from './number-words.ts'
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
  /** Of the quantities of `quantitiesOf`, by name. */
  readonly moments: ReadonlyMap<string, OffPolicyMoments>
  /** Whether anything was expected of the arms when they were drawn. */
  readonly isModelled: boolean
}

/** No key of a metric has a blank in it. */
const REWARD = 'the reward'

/** What is valued, by name: v of the quantity v·y, per stored integer of every slot that looks forward. A metric has its own sign. */
export function quantitiesOf(metrics: readonly Metric[], weights: AskedPolicy['weights']): ReadonlyMap<string, readonly number[]> {
  const single = ({ key }: Metric) => slotWeightsOf({ objectives: [{ metric: key, weight: 1 }] }, metrics).map(Math.abs)
  return new Map([
    [REWARD, slotWeightsOf({ objectives: weights }, metrics)],
    ...metrics.filter(({ kind }) => kind !== 'ratio').map((metric) => [metric.key, single(metric)] as const),
  ])
}

/** Puts the answer together. */
export function whatIfAnswer(parts: WhatIfParts): WhatIf {
  const { experiment, epoch, arms, metrics, asked, log, traffic } = parts
  const moments = parts.moments.get(REWARD)!
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
  readonly parts: Pick<WhatIfParts, 'arms' | 'estimators' | 'isModelled'>
}

const RATIO: RefusalWords = {
  because: 'A ratio is no sum over decisions.',
  remedy: 'Ask about its numerator and its denominator as metrics of their own.',
}

function metricValue(metric: Metric, parts: WhatIfParts): WhatIfValue {
  const named = { name: metric.key, measure: measureOf(metric), parts }
  if (metric.kind === 'ratio') return { kind: 'refused', ...RATIO, ...namesOf(named), ...NO_FIGURES }
  return valued(valuationOf(parts.moments.get(metric.key)!, parts.asked), named)
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
    estimates: Object.fromEntries(shownEstimators(named.parts).map((name) => [name, figureOf(values[name])])),
  }
}

/** Without a model there is nothing to leave a heavy decision to. */
const OF_THE_MODEL: readonly Estimator[] = ['DM', 'SNDR', 'SwitchDR']

function shownEstimators({ estimators, isModelled }: Named['parts']): readonly Estimator[] {
  return isModelled ? estimators : estimators.filter((name) => !OF_THE_MODEL.includes(name))
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

function notesOf({ log, asked, isModelled, estimators }: WhatIfParts, { switchedShare }: Overlap): readonly string[] {
  if (log.used === 0) return []
  const { withoutSnapshot, withoutEvidence, withoutDraw, decisions, rowsMax } = log
  const leftOut = (count: number, because: string) => (count > 0 ? [`${countOf(count, 'decision')} left out: ${because}.`] : [])
  return [
    'DR is the figure to use: right when the logged propensities are, whatever was expected of the arms. The others show what hangs on it.',
    ...(isModelled ? [] : ['What each arm was expected to bring was not logged by metric, so DR is IPS here: not biased, but less sure.']),
    asked.policy === 'settings'
      ? 'Every decision is made again from what was known then. What other settings would have learned differently is not in it.'
      : 'Everybody gets it, the evenly drawn share of the units included.',
    ...(isModelled && estimators.includes('SwitchDR') && switchedShare > 0
      ? [`SwitchDR leaves ${shareWords(switchedShare)} of the weight, the decisions above ${asked.switchAt}, to what was expected.`]
      : []),
    ...soFarWords(log),
    ...(decisions > rowsMax ? [`Only the newest ${countWords(rowsMax)} of ${countOf(decisions, 'decision')} are in it.`] : []),
    ...leftOut(withoutSnapshot, 'their snapshot is not kept any more'),
    ...leftOut(withoutEvidence, 'their snapshot cannot be asked about other weights'),
    ...leftOut(withoutDraw, 'the arm was drawn before the decisions that were read'),
    'An outcome counts for the decision it names, else for the latest one of its unit before it.',
  ]
}

function soFarWords({ maturity, immature }: WhatIfParts['log']): readonly string[] {
  const young = immature.filter(({ share }) => share > 0)
  if (maturity === 'mature' || young.length === 0) return []
  const shares = [...new Set(young.map(({ share }) => shareWords(share)))]
  const parts = shares.map((words) => {
    const metrics = young.filter(({ share }) => shareWords(share) === words).map(({ metric }) => metric)
    return `${words} of the decisions (${metrics.join(', ')})`
  })
  return [`So far: the window has not ended for ${parts.join(', ')}.`]
}
