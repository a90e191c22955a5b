/**
 * What a bandit's report has beside its honest comparisons: the naive figures, the uniform stratum, what has matured, what choosing
 * brought, and whether the draws can be trusted.
 *
 *     uniform     the same contrast in the stratum that is drawn evenly and never learned from: a plain randomised comparison
 *     batched     least squares within batches, which needs no propensities
 *     naive       difference of the arms' plain means by Welch, biased, to be seen beside the honest figure
 *     choosing    Σy of all draws − Σ of the mean score of all arms that could be drawn        regret avoided against drawing evenly
 *     trust       χ² = DᵀW⁻D of draws against logged propensities by stratum; Σ1{a}/π against the draws; (Σw)²/Σw²
 */
import { contrastAtAnyLook, contrastOf, headlineOf, minusEven } from '../bandits/score-contrast.ts'
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { type ScoreQuantity, scorePair } from '../bandits/score-pair.ts'
import { testEffect } from '../stats/effect-test.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { banditDraws } from './bandit-draws.ts'
import type { BanditContrast, BanditFigures, BanditReport } from './bandit-shape.ts'
import { type BatchArm, batchedCheck } from './batched-check.ts'
import { dayNumberOf } from './calendar.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import { quantityOf, type Scores } from './honest-comparison.ts'
import { minorExponentOf, toMajor } from './measure.ts'
import type { MetricSource } from './metric-report.ts'
import { naiveContrast } from './naive-contrast.ts'
import type { Estimate, PlanProgress } from './report-shape.ts'

export interface BanditSource {
  readonly arms: readonly EpochArm[]
  readonly metrics: readonly MetricSource[]
  readonly plan: PlanProgress
  readonly scores: Scores
  readonly batches: readonly BatchArm[]
  /** What one stored integer of each slot is worth to the bandit now; empty when nobody says. */
  readonly reward: readonly number[]
  readonly sticky: boolean
  readonly asOf: string
}

export function banditReportOf(source: BanditSource): BanditReport {
  const { arms, metrics, scores, reward, sticky, asOf } = source
  const { cells } = scores
  return {
    per: sticky ? 'unit' : 'decision',
    draws: cells.reduce((sum, cell) => sum + drawsOf(cell), 0),
    unitDays: cells.reduce((sum, { units }) => sum + Number(units), 0),
    ...banditDraws(cells, arms),
    metrics: metrics.map((metric) => {
      const quantity = quantityOf(metric, scores.slots)
      const mature = cells.filter(({ day }) => day + 1 + metric.metric.windowHours / 24 <= dayNumberOf(asOf))
      const draws = cells.reduce((sum, cell) => sum + drawsOf(cell), 0)
      const immature = draws - mature.reduce((sum, cell) => sum + drawsOf(cell), 0)
      const figures = { quantity, mature, exponent: minorExponentOf(metric.metric) }
      return { key: metric.metric.key, immatureShare: draws === 0 ? 0 : immature / draws, contrasts: contrastsOf(source, figures) }
    }),
    reward: reward.some((weight) => weight !== 0)
      ? {
          kind: 'reward',
          contrasts: contrastsOf(source, { quantity: { kind: 'sum', slots: reward }, mature: cells, exponent: 0 }),
          choosing: choosingOf(source),
        }
      : unknown('no-information'),
  }
}

interface Figures {
  readonly quantity: ScoreQuantity
  readonly mature: readonly ScoreMoments[]
  readonly exponent: number
}

function contrastsOf(source: BanditSource, { quantity, mature, exponent }: Figures): readonly BanditContrast[] {
  const { arms, plan, batches, sticky } = source
  const { cells } = source.scores
  const { control, treatments } = splitArms(arms)
  return treatments.map((treatment) => {
    const places = { control: arms.indexOf(control), treatment: arms.indexOf(treatment) }
    const differenceIn = (some: readonly ScoreMoments[]) => {
      const pair = scorePair(some, { places, arms: arms.length, quantity })
      return isUnknown(pair) ? pair : pair.difference
    }
    const all = differenceIn(cells)
    const fixed = (some: readonly ScoreMoments[]) => estimateOf(fixedOf(differenceIn(some), plan.level), exponent)
    const naive = naiveContrast(cells, { quantity, places, level: plan.level })
    const apart = cells.filter(({ eligible }) => !(eligible[places.control] && eligible[places.treatment]))
    return {
      ...{ arm: treatment.key, control: control.key },
      drawsLeftOut: apart.reduce((sum, cell) => sum + drawsOf(cell), 0),
      honest: fixed(cells),
      anyLook: isUnknown(all) ? all : estimateOf(contrastAtAnyLook(all, lookOf(plan)), exponent),
      mature: fixed(mature),
      uniform: fixed(cells.filter(({ stratum }) => stratum === 'uniform')),
      batched:
        sticky || quantity.kind === 'ratio'
          ? unknown('no-information')
          : batchedCheck(batches, { control: control.id, treatment: treatment.id, slots: quantity.slots, level: plan.level, exponent }),
      naive: isUnknown(naive) ? naive : estimateOf(naive.difference, exponent),
    }
  })
}
/** Of the stratum that learns: the even one gains nothing by choosing. */
function choosingOf({ scores: { cells }, plan, reward }: BanditSource): BanditFigures {
  const contrast = contrastOf(cells, { arms: minusEven, realised: 1, slots: reward })
  if (isUnknown(contrast)) return { perDraw: contrast, total: contrast, anyLook: contrast }
  const perDraw = estimateOf(fixedOf(contrast, plan.level), 0)
  const times = (value: Estimate | Unknown): Estimate | Unknown =>
    value.kind === 'unknown' || 'kind' in value.interval
      ? value
      : {
          ...value,
          value: value.value * contrast.weight,
          interval: { low: value.interval.low * contrast.weight, high: value.interval.high * contrast.weight },
        }
  return { perDraw, total: times(perDraw), anyLook: estimateOf(contrastAtAnyLook(contrast, lookOf(plan)), 0) }
}

function lookOf({ level, unitsPerArm, arms }: PlanProgress): { readonly level: number; readonly plannedDraws: number } {
  return { level, plannedDraws: unitsPerArm * arms.length }
}

function fixedOf(contrast: ReturnType<typeof contrastOf>, level: number) {
  if (isUnknown(contrast)) return contrast
  const effect = headlineOf(contrast)
  return isUnknown(effect) ? effect : testEffect(effect, { level })
}

function estimateOf(
  found: { readonly kind: string; readonly estimate: number; readonly interval: { readonly low: number; readonly high: number } } | Unknown,
  exponent: number,
): Estimate | Unknown {
  if (isUnknown(found)) return found
  const { low, high } = found.interval
  return {
    kind: 'estimate',
    value: toMajor(found.estimate, exponent),
    interval: { low: toMajor(low, exponent), high: toMajor(high, exponent) },
  }
}

function drawsOf({ sums }: ScoreMoments): number {
  return Number(sums.at(-1)!)
}
