/**
 * What a bandit's draws were worth: by choosing, and in money.
 *
 *     choosing    Σy of all draws − Σ of the mean score of all arms that could be drawn         regret avoided against drawing evenly
 *     money       μ̂ₐ of a mean of money, and n·μ̂ₐ: what n draws would have brought, had all been this arm's
 *
 * The money tables of a report count what came in, by arm; these figures say what would have, whoever drew what.
 */
import { contrastOf, minusEven } from '../bandits/score-contrast.ts'
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { scoreOfArm } from '../bandits/score-pair.ts'
import { isUnknown } from '../stats/estimate.ts'
import { anyFigure, plannedFigure, timesDraws } from './bandit-figures.ts'
import type { BanditFigures, BanditMoney } from './bandit-shape.ts'
import type { EpochArm } from './epoch-arms.ts'
import { quantityOf, type Scores } from './honest-comparison.ts'
import { measureOf, minorExponentOf } from './measure.ts'
import type { MetricSource } from './metric-report.ts'
import type { PlanProgress } from './report-shape.ts'

interface Drawn {
  readonly scores: Scores
  readonly plan: PlanProgress
}

/** In units of Σ slots·y; the even stratum gains nothing by choosing. */
export function choosingOf({ scores: { cells }, plan }: Drawn, slots: readonly number[], exponent = 0): BanditFigures {
  const contrast = contrastOf(cells, { arms: minusEven, realised: 1, slots })
  const told = { plan, exponent }
  const perDraw = plannedFigure(contrast, told)
  const total = isUnknown(contrast) ? contrast : timesDraws(perDraw, contrast.weight)
  return { perDraw, total, anyLook: anyFigure(contrast, told) }
}

/** Of every mean of money among the metrics. */
export function banditMoney(drawn: Drawn, metrics: readonly MetricSource[], arms: readonly EpochArm[]): readonly BanditMoney[] {
  return metrics.flatMap((source) => {
    const measure = measureOf(source.metric)
    const quantity = quantityOf(source, drawn.scores.slots)
    if (measure.kind !== 'money' || quantity.kind === 'ratio') return []
    const exponent = minorExponentOf(source.metric)
    return [
      {
        ...{ metric: source.metric.key, currency: measure.currency },
        arms: arms.map(({ key }, place) => {
          const able = drawn.scores.cells.filter(({ eligible }) => eligible[place])
          const score = scoreOfArm(able, { place, arms: arms.length, quantity })
          const perDraw = plannedFigure(isUnknown(score) ? score : score.contrast, { plan: drawn.plan, exponent })
          return { arm: key, perDraw, total: timesDraws(perDraw, drawsIn(able)) }
        }),
        choosing: choosingOf(drawn, quantity.slots, exponent),
      },
    ]
  })
}

/** Draws of some cells. */
export function drawsIn(cells: readonly ScoreMoments[]): number {
  return cells.reduce((sum, { sums }) => sum + Number(sums.at(-1)!), 0)
}
