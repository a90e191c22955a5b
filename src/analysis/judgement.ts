/**
 * What a method says about one metric and one treatment: difference, lift and p-value, before anything is corrected or decided.
 *
 *     fixed          one look at the planned end
 *     always-valid   any look; tuned to the planned units, with a gate until there are enough events
 *     bayesian       rates: beta posteriors from a uniform prior; means and ratios: normal, with a prior on the relative uplift
 */
import { compareAlwaysValid, informationFraction } from '../stats/always-valid.ts'
import { closedGate, rarerEvents } from '../stats/always-valid-gate.ts'
import type { ArmPair } from '../stats/arm-estimate.ts'
import { differenceInterval, liftInterval } from '../stats/bayesian-difference.ts'
import { bayesianEffect, relativeEffect, SCEPTICAL_PRIOR } from '../stats/bayesian-normal.ts'
import { betaPosterior, compareRates } from '../stats/bayesian-proportion.ts'
import type { BetaShapes } from '../stats/beta.ts'
import { type Interval, isUnknown, type Reason, type Unknown } from '../stats/estimate.ts'
import type { BayesianFigures, Estimated, EstimatedLift } from './answer-shape.ts'
import { compareFixed, countsOf, estimateArms, type Pairing } from './compare-arms.ts'
import type { Question } from './question.ts'
import type { Shape } from './shape-accumulator.ts'

export interface Judgement {
  readonly kind: 'judgement'
  readonly method: string
  readonly absolute: Estimated & { readonly standardError: number }
  readonly relative: EstimatedLift | Unknown
  readonly log10PValue: number | null
  readonly varianceReduction?: number
  readonly bayesian?: BayesianFigures
}

/** Judges a pair of arms. */
export function judge(pairing: Pairing, question: Question): Judgement | Unknown {
  switch (question.method) {
    case 'fixed':
      return judgeFixed(pairing, question)
    case 'always-valid':
      return judgeAlways(pairing, question)
    case 'bayesian':
      return isPlainRate(pairing) ? judgeRates(pairing, question) : judgeEffect(pairing, question)
  }
}

/** The share of the planned information; without a plan what is there counts as all of it. */
export function fractionOf(units: ArmPair<number>, plannedUnits: number | undefined): number {
  return plannedUnits === undefined ? 1 : informationFraction(units, plannedUnits)
}

function judgeFixed(pairing: Pairing, { level }: Question): Judgement | Unknown {
  const comparison = compareFixed(pairing, level)
  if (isUnknown(comparison)) return comparison
  const { difference, lift, method } = comparison
  return {
    kind: 'judgement',
    method,
    absolute: { ...estimated(difference.estimate, difference.interval), standardError: difference.standardError },
    relative: isUnknown(lift) ? lift : liftOf(lift.estimate, lift.interval),
    log10PValue: difference.log10PValue,
    ...('varianceReduction' in comparison ? { varianceReduction: comparison.varianceReduction as number } : {}),
  }
}

function judgeAlways(pairing: Pairing, { level, plannedUnits }: Question): Judgement | Unknown {
  const shapes = { control: pairing.cells.shapeOf(pairing.control), treatment: pairing.cells.shapeOf(pairing.treatment) }
  const gate = gateOf(pairing, shapes)
  if (gate) return gate
  const estimates = estimateArms(pairing)
  if (isUnknown(estimates)) return estimates
  const fraction = fractionOf({ control: shapes.control.n, treatment: shapes.treatment.n }, plannedUnits)
  const comparison = compareAlwaysValid(estimates.arms, { level, fraction })
  if (isUnknown(comparison)) return comparison
  const { difference, lift } = comparison
  return {
    kind: 'judgement',
    method: `always-valid ${estimates.method}`,
    absolute: { ...estimated(difference.estimate, difference.interval), standardError: difference.standardError },
    relative: isUnknown(lift) ? lift : liftOf(lift.estimate, lift.interval),
    log10PValue: difference.log10PValue,
  }
}

function gateOf({ asked }: Pairing, { control, treatment }: ArmPair<Shape>): Unknown | null {
  if (asked.kind !== 'proportion') return closedGate('non-zero-units', { control: control.nonZero, treatment: treatment.nonZero })
  const rarer = ({ n, nonZero }: Shape): number => rarerEvents({ n, events: nonZero })
  return closedGate('conversions', { control: rarer(control), treatment: rarer(treatment) })
}

function judgeRates(pairing: Pairing, { level }: Question): Judgement {
  const counts = countsOf(pairing)
  const arms = { control: betaPosterior(counts.control), treatment: betaPosterior(counts.treatment) }
  const rates = compareRates(arms, { level })
  const { chanceToWin, chanceToLose, lossOfTreatment, lossOfControl } = rates
  return {
    kind: 'judgement',
    method: 'bayesian beta-binomial',
    absolute: {
      ...estimated(rates.meanOfTreatment - rates.meanOfControl, differenceInterval(arms, { level })),
      standardError: Math.sqrt(betaVariance(arms.control) + betaVariance(arms.treatment)),
    },
    relative: liftOf(rates.meanOfTreatment / rates.meanOfControl - 1, liftInterval(arms, { level })),
    log10PValue: null,
    bayesian: { chanceToWin, chanceToLose, lossOfTreatment, lossOfControl },
  }
}

function judgeEffect(pairing: Pairing, { level, priorDeviation = SCEPTICAL_PRIOR.deviation }: Question): Judgement | Unknown {
  const estimates = estimateArms(pairing)
  if (isUnknown(estimates)) return estimates
  const relative = relativeEffect(estimates.arms)
  if (isUnknown(relative)) return relative
  const baseline = Math.abs(estimates.arms.control.estimate)
  const effect = bayesianEffect(relative, { prior: { mean: 0, deviation: priorDeviation }, level })
  const { posterior, interval, chanceToWin, chanceToLose, lossOfTreatment, lossOfControl } = effect
  return {
    kind: 'judgement',
    method: `bayesian ${estimates.method}`,
    absolute: {
      estimate: posterior.mean * baseline,
      low: interval.low * baseline,
      high: interval.high * baseline,
      standardError: posterior.deviation * baseline,
    },
    relative: { estimate: posterior.mean, low: interval.low, high: interval.high },
    log10PValue: null,
    bayesian: { chanceToWin, chanceToLose, lossOfTreatment: lossOfTreatment * baseline, lossOfControl: lossOfControl * baseline },
  }
}

function isPlainRate({ asked, withCovariate, segments }: Pairing): boolean {
  return asked.kind === 'proportion' && !withCovariate && segments === 0
}

function estimated(estimate: number, { low, high }: Interval): Estimated {
  return { estimate, low, high }
}

function liftOf(estimate: number, { low, high, unbounded }: Interval): EstimatedLift {
  const because: Reason = 'baseline-not-established'
  return {
    estimate,
    low: unbounded === 'low' || unbounded === 'both' ? null : low,
    high: unbounded === 'high' || unbounded === 'both' ? null : high,
    ...(unbounded ? { because } : {}),
  }
}

function betaVariance({ a, b }: BetaShapes): number {
  return (a * b) / ((a + b) ** 2 * (a + b + 1))
}
