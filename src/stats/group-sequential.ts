/**
 * The group-sequential test: planned or unplanned looks at a running experiment, with one error probability over all of them.
 *
 *     stop at look k when |Zₖ| ≥ cₖ      cₖ spends a(tₖ) − a(tₖ₋₁)      tₖ = V_planned/Vₖ
 *     repeated interval   Δ̂ₖ ± cₖ·√Vₖ    all of them cover at once with the stated level, whether one stopped or not
 *
 * A look may come at any time; nobody has to plan when. A second look at the same information spends nothing and has the bound of the
 * first. The last look (declared, or at t ≥ 1) spends all that is left at the information it really has, so running over the plan costs
 * nothing. Statistics with few degrees of freedom are compared by their p-value.
 * @see Lan & DeMets (1983), doi:10.1093/biomet/70.3.659; Jennison & Turnbull (1989), doi:10.1111/j.2517-6161.1989.tb01433.x
 */
import { assert } from './assert.ts'
import { type Effect, type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'
import { boundsOfSpent, errorOfSide, type Sides } from './group-sequential-bounds.ts'
import { errorSpent, type Spending } from './group-sequential-spending.ts'
import { normalScore, studentScore } from './normal-score.ts'

export interface SequentialPlan {
  readonly spending: Spending
  readonly level: number
  readonly sides?: Sides
}

export interface SequentialLook {
  /** Information so far over the planned information. */
  readonly fraction: number
  readonly effect: Effect
  /** Declares this look the last one, whatever its fraction. */
  readonly last?: boolean
}

export interface SequentialReading {
  readonly fraction: number
  /** The statistic on the normal scale. */
  readonly z: number
  /** |z| at which the experiment stops; Infinity while nothing may be spent. */
  readonly bound: number
  /** Error of one side spent so far. */
  readonly spent: number
  readonly crossed: 'upper' | 'lower' | null
  /** Repeated confidence interval. */
  readonly interval: Interval
}

export interface SequentialTest {
  readonly kind: 'group-sequential'
  readonly level: number
  readonly readings: readonly SequentialReading[]
  /** Index of the first look that crossed a bound; looks after it do not change the decision. */
  readonly stoppedAt: number | null
  /** `ended`: all error is spent and no bound was crossed. */
  readonly state: 'go-on' | 'stopped' | 'ended'
}

/** Share of the planned information that an estimate has. */
export function informationFraction({
  variance,
  plannedVariance,
}: {
  readonly variance: number
  readonly plannedVariance: number
}): number {
  assert(variance > 0 && plannedVariance > 0, 'information is the inverse of a positive variance')
  return plannedVariance / variance
}

/** Reads all looks so far, in order. Unknown when information goes backwards, or without a look. */
export function sequentialTest(
  looks: readonly SequentialLook[],
  { spending, level, sides = 'two-sided' }: SequentialPlan,
): SequentialTest | Unknown {
  if (looks.length === 0) return unknown('no-information', { have: 0, need: 1 })
  for (const [k, { fraction }] of looks.entries()) {
    if (!(fraction > 0)) return unknown('no-information', { have: fraction })
    const before = looks[k - 1]?.fraction ?? 0
    if (fraction < before) return unknown('outside-range', { have: fraction, need: before })
  }
  const error = errorOfSide({ level, sides })
  const distinct = looks.filter((look, k) => look.fraction !== looks[k + 1]?.fraction)
  const targets = distinct.map((look) => ({
    fraction: look.fraction,
    spent: isLast(look, looks) ? error : errorSpent(spending, { error, fraction: look.fraction }),
  }))
  const bounds = boundsOfSpent(targets, sides)
  const readings = looks.map((look) => readingOf(look, bounds.find((bound) => bound.fraction === look.fraction)!, sides))
  const stoppedAt = readings.findIndex((reading) => reading.crossed !== null)
  const ended = readings.at(-1)!.spent >= error
  return {
    kind: 'group-sequential',
    level,
    readings,
    stoppedAt: stoppedAt === -1 ? null : stoppedAt,
    state: stoppedAt === -1 ? (ended ? 'ended' : 'go-on') : 'stopped',
  }
}

/** A look is the last when it, or one before it or at the same information, was declared so. */
function isLast(look: SequentialLook, looks: readonly SequentialLook[]): boolean {
  return looks.some((other) => other.last === true && other.fraction <= look.fraction)
}

function readingOf(
  { fraction, effect }: SequentialLook,
  { upper: bound, spent }: { readonly upper: number; readonly spent: number },
  sides: Sides,
): SequentialReading {
  const { estimate, variance, degreesOfFreedom } = effect
  const z = normalScore(estimate / Math.sqrt(variance), degreesOfFreedom)
  const half = studentScore(bound, degreesOfFreedom) * Math.sqrt(variance)
  return {
    fraction,
    z,
    bound,
    spent,
    crossed: z >= bound ? 'upper' : sides === 'two-sided' && z <= -bound ? 'lower' : null,
    interval: intervalOf(estimate - half, sides === 'two-sided' ? estimate + half : Number.POSITIVE_INFINITY),
  }
}
