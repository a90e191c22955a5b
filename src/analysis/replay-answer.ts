/** A valuation as an answer: numbers by estimator, refusals in words, and what a reader has to know beside them. */
import { ESTIMATORS, type Estimator, type PolicyValue } from '../bandits/off-policy-estimates.ts'
import type { Valuation } from '../bandits/off-policy-valuation.ts'
import { shareWords } from '../reports/number-words.ts'
import { refusalWords } from '../reports/off-policy-words.ts'
import type { Survey } from './open-bandit-survey.ts'
import type { PolicyFigure, ReplayAnswer, ReplaySettings } from './replay-shape.ts'

const NOUNS = { decision: 'row', event: 'click', arm: (arm: number): string => `item ${arm}` }

/** Puts the answer together. `unseen`: share of the new policy's choices on pairs of item and position that were never shown. */
export function replayAnswer(
  valuation: Valuation,
  { settings, unseen }: { readonly settings: ReplaySettings; readonly unseen: number },
): ReplayAnswer {
  const { overlap } = valuation
  const valued = valuation.kind === 'valued' ? valuation : null
  const words = valuation.kind === 'refused' ? valuation.refusals.map((refusal) => refusalWords(refusal, NOUNS)) : []
  const byEstimator = <Value>(of: (value: PolicyValue) => Value): Readonly<Record<Estimator, Value | null>> =>
    Object.fromEntries(ESTIMATORS.map((name) => [name, valued ? of(valued.values[name]) : null])) as Record<Estimator, Value | null>
  return {
    format: 'croupier-replay/1',
    rows: overlap.decisions,
    effectiveSampleSize: overlap.effectiveSampleSize,
    maxWeightShare: overlap.maxWeightShare,
    effectiveEvents: overlap.effectiveEvents,
    estimates: byEstimator(({ value }) => value),
    intervals: byEstimator(figureOf),
    refused: valued === null,
    because: valued ? null : words.map(({ because }) => because).join(' '),
    remedy: valued ? null : [...new Set(words.map(({ remedy }) => remedy))].join(' '),
    meanWeight: { value: overlap.meanWeight, standardError: overlap.meanWeightError },
    logged: valued && figureOf(valued.logged),
    gain: valued && figureOf(valued.gain),
    settings,
    notes: valued ? notesOf(settings, { unseen, switched: overlap.switchedShare }) : [],
  }
}

/** Share of what a policy shows that falls on pairs of item and position without a row. */
export function unseenShare(target: readonly Float64Array[], { rows, shown }: Survey): number {
  return target.reduce((sum, probabilities, position) => {
    const counts = shown[position]!
    const rowsThere = counts.reduce((total, count) => total + count, 0)
    const unseen = probabilities.reduce((total, probability, item) => total + ((counts[item] ?? 0) === 0 ? probability : 0), 0)
    return sum + (rowsThere / rows) * unseen
  }, 0)
}

function figureOf({ value, error }: PolicyValue): PolicyFigure {
  if (error.kind === 'unknown') return { value, standardError: null, low: null, high: null, because: error.because }
  return { value, standardError: error.standardError, low: error.interval.low, high: error.interval.high }
}

function notesOf(
  { folds, switchAt }: ReplaySettings,
  { unseen, switched }: { readonly unseen: number; readonly switched: number },
): readonly string[] {
  return [
    'DR is the figure to use: right when the logged propensities are, whatever the model. The others show what hangs on it.',
    'The interval of DM holds the chance in the model, not how far the model is from the truth.',
    ...(switched > 0
      ? [
          `SwitchDR leaves ${shareWords(switched)} of the weight, the rows above ${switchAt}, to the model; its interval does not hold that either.`,
        ]
      : []),
    folds === 1
      ? 'The model is fitted on the rows that it judges, as published figures are. With --folds 5 no row is judged by a model that saw it.'
      : `The model is cross-fitted in ${folds} parts, so that no row is judged by a model that saw it.`,
    'Rows count as independent. Where people come back, intervals are too narrow.',
    ...(unseen > 0
      ? [`${shareWords(unseen)} of what the new policy shows are pairs of item and position without a row: there the model speaks alone.`]
      : []),
  ]
}
