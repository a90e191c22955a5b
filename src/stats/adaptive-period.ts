/**
 * A period of an adaptive experiment: allocation and predictions were fixed before it began, and its rows are summed by arm.
 *
 *     score of arm a   Γ = μ̂ₐ + 1{A = a}/πₐ · (y − μ̂ₐ)         contrast  ψ = Γₐ − Γ₀
 *
 * Every ψ has the true difference as its mean, whatever the allocation was and whatever the prediction μ̂ is worth, as long as both were
 * frozen before the row. Rows of all arms count: those of other arms have the score μ̂ₐ − μ̂₀. Scores come out as moments, by period.
 * @see Robins, Rotnitzky & Zhao (1994), doi:10.1080/01621459.1994.10476818
 */
import { assert } from './assert.ts'
import { squaredSpreadAround, type WeightedMoments, weightedOf } from './importance.ts'
import { type Moments, mergeMoments } from './moments.ts'

export interface PeriodArm {
  /** Outcomes of the rows that got the arm. */
  readonly outcomes: Moments
  readonly weighted: WeightedMoments
  /** Σ 1/πₐ over all rows of the period; Infinity when the arm could not be drawn in some of them. */
  readonly inversePropensities: number
  readonly leastPropensity: number
  /** μ̂ₐ, frozen before the period; 0 gives plain inverse-propensity scores. */
  readonly prediction: number
}

export interface AdaptivePeriod {
  /** Rows of all arms. */
  readonly rows: number
  readonly arms: readonly PeriodArm[]
}

/** Scores of a contrast in one period. */
export interface ScorePeriod {
  readonly scores: Moments
  /** v·Σ(1/πₐ + 1/π₀), v being the variance of the outcomes of both arms together. */
  readonly pooledVariance: number
}

/** A period in which all rows were drawn with the same propensities. */
export function periodOf({
  propensities,
  outcomes,
  predictions,
}: {
  readonly propensities: readonly number[]
  readonly outcomes: readonly Moments[]
  readonly predictions?: readonly number[]
}): AdaptivePeriod {
  assert(propensities.length === outcomes.length, `${outcomes.length} arms need as many propensities, got ${propensities.length}`)
  const total = propensities.reduce((sum, propensity) => sum + propensity, 0)
  assert(Math.abs(total - 1) < 1e-6, `propensities add up to 1, not ${total}`)
  const rows = outcomes.reduce((sum, arm) => sum + arm.n, 0)
  return {
    rows,
    arms: outcomes.map((arm, a) => {
      const propensity = propensities[a]!
      assert(propensity > 0 || arm.n === 0, 'an arm that could not be drawn has no rows')
      return {
        outcomes: arm,
        weighted: weightedOf(arm, propensity > 0 ? propensity : 1),
        inversePropensities: rows / propensity,
        leastPropensity: propensity,
        prediction: predictions?.[a] ?? 0,
      }
    }),
  }
}

/** Moments of one arm's scores over all rows of the period; the arm must have been drawable. */
export function armScores({ rows, arms }: AdaptivePeriod, arm: number): Moments {
  const { weighted, prediction } = armOf(arms, arm)
  const gain = weighted.weight * (weighted.mean - prediction)
  return momentsOfScores({ rows, base: prediction, gain, spread: squaredSpreadAround(weighted, prediction) })
}

/** Moments of the contrast's scores, and the pooled variance beside them. */
export function contrastScores({ rows, arms }: AdaptivePeriod, { treatment, control }: Contrast): ScorePeriod {
  assert(treatment !== control, 'a contrast needs two arms')
  const [a, c] = [armOf(arms, treatment), armOf(arms, control)]
  const gain = a.weighted.weight * (a.weighted.mean - a.prediction) - c.weighted.weight * (c.weighted.mean - c.prediction)
  const spread = squaredSpreadAround(a.weighted, a.prediction) + squaredSpreadAround(c.weighted, c.prediction)
  const pooled = mergeMoments(a.outcomes, c.outcomes)
  return {
    scores: momentsOfScores({ rows, base: a.prediction - c.prediction, gain, spread }),
    pooledVariance: pooled.n === 0 ? 0 : (pooled.m2 / pooled.n) * (a.inversePropensities + c.inversePropensities),
  }
}

/** Arms of a contrast, by their place in the period. */
export interface Contrast {
  readonly treatment: number
  readonly control: number
}

/** Scores base + g with Σg = gain and Σg² = spread, of which most g are 0. */
function momentsOfScores({ rows, base, gain, spread }: { rows: number; base: number; gain: number; spread: number }): Moments {
  return { n: rows, mean: base + gain / rows, m2: Math.max(0, spread - (gain * gain) / rows) }
}

function armOf(arms: readonly PeriodArm[], arm: number): PeriodArm {
  const found = arms[arm]
  assert(found !== undefined, `no arm ${arm} in a period of ${arms.length} arms`)
  return found
}
