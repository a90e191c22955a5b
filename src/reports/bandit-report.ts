/**
 * What a bandit's report has beside its honest comparisons: the naive figures, the uniform stratum, what has matured, what choosing
 * brought (bandit-worth), and whether the draws can be trusted.
 *
 *     uniform     the same contrast in the stratum that is drawn evenly and never learned from: a plain randomised comparison
 *     batched     least squares within batches, which needs no propensities
 *     naive       difference of the arms' plain means by Welch, biased, to be seen beside the honest figure
 *     trust       χ² = DᵀW⁻D of draws against logged propensities by stratum; Σ1{a}/π against the draws; (Σw)²/Σw²
 */
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { type ScoreQuantity, scorePair } from '../bandits/score-pair.ts'
import { isUnknown, unknown } from '../stats/estimate.ts'
import { banditDraws } from './bandit-draws.ts'
import { anyFigure, estimateOf, plannedFigure } from './bandit-figures.ts'
import type { BanditContrast, BanditReport } from './bandit-shape.ts'
import { banditMoney, choosingOf, drawsIn } from './bandit-worth.ts'
import { type BatchArm, batchedCheck } from './batched-check.ts'
import { dayNumberOf } from './calendar.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import { quantityOf, type Scores } from './honest-comparison.ts'
import { minorExponentOf } from './measure.ts'
import type { MetricSource } from './metric-report.ts'
import { naiveContrast } from './naive-contrast.ts'
import type { PlanProgress } from './report-shape.ts'

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
    draws: drawsIn(cells),
    unitDays: cells.reduce((sum, { units }) => sum + Number(units), 0),
    drawsWithoutChoice: drawsIn(cells.filter(({ eligible }) => eligible.filter(Boolean).length === 1)),
    ...banditDraws(cells, arms),
    metrics: metrics.map((metric) => {
      const quantity = quantityOf(metric, scores.slots)
      const mature = cells.filter(({ day }) => day + 1 + metric.metric.windowHours / 24 <= dayNumberOf(asOf))
      const draws = drawsIn(cells)
      const immature = draws - drawsIn(mature)
      const figures = { quantity, mature, exponent: minorExponentOf(metric.metric) }
      return { key: metric.metric.key, immatureShare: draws === 0 ? 0 : immature / draws, contrasts: contrastsOf(source, figures) }
    }),
    reward: reward.some((weight) => weight !== 0)
      ? {
          kind: 'reward',
          contrasts: contrastsOf(source, { quantity: { kind: 'sum', slots: reward }, mature: cells, exponent: 0 }),
          choosing: choosingOf(source, reward),
        }
      : unknown('no-information'),
    money: banditMoney(source, metrics, arms),
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
    const fixed = (some: readonly ScoreMoments[]) => plannedFigure(differenceIn(some), { plan, exponent })
    const naive = naiveContrast(cells, { quantity, places, level: plan.level })
    const apart = cells.filter(({ eligible }) => !(eligible[places.control] && eligible[places.treatment]))
    return {
      ...{ arm: treatment.key, control: control.key },
      drawsLeftOut: drawsIn(apart),
      honest: fixed(cells),
      anyLook: anyFigure(differenceIn(cells), { plan, exponent }),
      mature: mature.length === 0 ? unknown('horizon-not-reached') : fixed(mature),
      uniform: fixed(cells.filter(({ stratum }) => stratum === 'uniform')),
      batched:
        sticky || quantity.kind === 'ratio'
          ? unknown('no-information')
          : batchedCheck(batches, { control: control.id, treatment: treatment.id, slots: quantity.slots, level: plan.level, exponent }),
      naive: isUnknown(naive) ? naive : estimateOf(naive.difference, exponent),
    }
  })
}
