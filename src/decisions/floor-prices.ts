/**
 * What the floors of objectives cost: λ for each, from the last contexts, so that the others are maximised while the floor holds.
 *
 *     v(x, a) = w·m̂(x, a)     gₖ(x, a) = ±m̂ₖ(x, a)     both as executed: (1 − e)·arm + e·mean of the arms, e = what is drawn evenly
 *     λ by the convex dual (bandits/constrained), in the spread of v and g over the arms, 0 ≤ λ ≤ 100 of them
 *     served with     w + Σ λₖ·(±1 of metric k)          raised where draws, which doubt, miss the floor (priced-models)
 *
 * Contexts are the newest decisions of the bandit stratum below the watermark, so that every node finds the same λ from the same log.
 * Arms that the gate has taken out of the bandit stratum are not looked at; the control always is, because floors are relative to it.
 */
import { type ExpectedAt, multipliersInPieces } from '../bandits/constrained.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { slotWeightsOf, type ThompsonAllocation, type Weighed } from '../experiments/allocation.ts'
import { controlOf } from '../experiments/experiment.ts'
import type { Metric } from '../experiments/metric.ts'
import type { Pieces } from '../stats/pieces.ts'
import { armGatesOf, drawable } from './gated-arms.ts'
import type { RunningEpoch } from './running.ts'

/** A floor and its price, in reward per 1 of the metric. */
export interface FloorPrice {
  readonly metric: string
  readonly margin: number
  /** λ. */
  readonly multiplier: number
  /** By how much the floor is expected to be missed, per decision and in units of the metric; 0 where it is kept. */
  readonly violation: number
}

export interface FloorPrices {
  readonly kind: 'feasible' | 'infeasible'
  /** So many contexts were looked at. */
  readonly contexts: number
  readonly floors: readonly FloorPrice[]
}

/** λ at most, in spreads of the reward per spread of the metric. */
export const MULTIPLIER_MAX = 100
/** A floor that is missed by less than this share of the spread counts as kept. */
const LUMP = 1e-3
/** Contexts looked at between two stops. */
const PIECE_CONTEXTS = 200

export interface Expected {
  /** By arm, what is expected of every slot: slots × features. */
  readonly lines: readonly ArrayLike<number>[]
  /** In units of 1/1024, the newest last. */
  readonly contexts: readonly ArrayLike<number>[]
}

/** What floors are about, at every context: arms in the order looked at, the control first. */
export interface FloorQuestion {
  readonly floors: readonly { readonly metric: string; readonly margin: number }[]
  /** Margins as the dual wants them: below 0 where less is better. */
  readonly margins: readonly number[]
  readonly arms: readonly number[]
  readonly at: readonly ExpectedAt[]
  readonly spreads: { readonly values: number; readonly guarded: readonly number[] }
}

/** Null without floors, or while nothing is expected. */
export function* floorQuestion(
  epoch: Pick<RunningEpoch, 'settings' | 'armIds' | 'gates'>,
  allocation: ThompsonAllocation,
  { lines, contexts }: Expected,
): Pieces<FloorQuestion | null> {
  const floors = allocation.objectives.flatMap(({ metric, floor }) => (floor ? [{ metric, margin: floor.margin }] : []))
  if (floors.length === 0 || contexts.length === 0 || lines.length === 0) return null
  const { metricBodies } = epoch.settings
  const weights = slotWeightsOf(allocation, metricBodies)
  const units = floors.map(({ metric }) => unitOf(metric, metricBodies))
  const arms = armsLookedAt(epoch)
  const expectedAt = (x: ArrayLike<number>): ExpectedAt => {
    const expected = arms.map((arm) => slotsAt(lines[arm]!, weights.length, x))
    const guarded = units.map((unit) => expected.map((slots) => dot(unit, slots)))
    return { values: expected.map((slots) => dot(weights, slots)), guarded, levels: guarded.map(([control]) => control!) }
  }
  const at: ExpectedAt[] = []
  for (const x of contexts) {
    at.push(expectedAt(x))
    if (at.length % PIECE_CONTEXTS === 0) yield
  }
  return {
    ...{ floors, arms, at },
    margins: floors.map(({ metric, margin }) => (isLessBetter(metric, metricBodies) ? -margin : margin)),
    spreads: {
      values: spreadOf(at.map(({ values }) => values)),
      guarded: units.map((_, k) => spreadOf(at.map(({ guarded }) => guarded[k]!))),
    },
  }
}

/** λ of the dual, in spreads; `even`: the share of all draws that is spread evenly. */
export function* dualPrices({ at, spreads, margins }: FloorQuestion, even: number): Pieces<readonly number[]> {
  const scaled: ExpectedAt[] = []
  for (const { values, guarded, levels } of at) {
    scaled.push({
      values: executed(values, even).map((value) => value / spreads.values),
      guarded: guarded.map((arms, k) => executed(arms, even).map((level) => level / spreads.guarded[k]!)),
      levels: levels!.map((level, k) => level / spreads.guarded[k]!),
    })
    if (scaled.length % PIECE_CONTEXTS === 0) yield
  }
  return yield* multipliersInPieces(scaled, { margins, multiplierMax: MULTIPLIER_MAX })
}

/** From spreads to reward per 1 of the metric. */
export function pricesOf({ floors, at, spreads }: FloorQuestion, scaled: readonly number[], slacks: readonly number[]): FloorPrices {
  const violations = slacks.map((slack, k) => (slack < -LUMP * spreads.guarded[k]! ? -slack : 0))
  return {
    kind: violations.some((violation) => violation > 0) ? 'infeasible' : 'feasible',
    contexts: at.length,
    floors: floors.map((floor, k) => ({
      ...floor,
      multiplier: (scaled[k]! * spreads.values) / spreads.guarded[k]!,
      violation: violations[k]!,
    })),
  }
}

/** w + λ, per stored integer of every slot that looks forward. */
export function pricedWeights(
  allocation: { readonly objectives: readonly Weighed[] },
  prices: FloorPrices | null,
  metrics: readonly Metric[],
): readonly number[] {
  const weights = slotWeightsOf(allocation, metrics)
  if (!prices) return weights
  const extra = slotWeightsOf({ objectives: prices.floors.map(({ metric, multiplier }) => ({ metric, weight: multiplier })) }, metrics)
  return weights.map((weight, slot) => weight + extra[slot]!)
}

/** The control first, then whoever the bandit stratum may draw. */
function armsLookedAt({ settings, armIds, gates }: Pick<RunningEpoch, 'settings' | 'armIds' | 'gates'>): readonly number[] {
  const control = controlOf(settings.arms)
  const open = drawable(
    armGatesOf(gates, armIds),
    armIds.map(() => true),
    'bandit',
  )
  return [control, ...armIds.map((_, arm) => arm).filter((arm) => arm !== control && open[arm])]
}

function unitOf(metric: string, metrics: readonly Metric[]): readonly number[] {
  return slotWeightsOf({ objectives: [{ metric, weight: 1 }] }, metrics)
}

function isLessBetter(key: string, metrics: readonly Metric[]): boolean {
  return metrics.find((metric) => metric.key === key)!.direction === 'decrease'
}

/** What every slot is expected to bring at x; lines of a bandit without context have the intercept alone. */
function slotsAt(lines: ArrayLike<number>, slots: number, x: ArrayLike<number>): readonly number[] {
  const features = lines.length / slots
  return Array.from({ length: slots }, (_, k) => {
    let sum = 0
    for (let i = 0; i < features; i++) sum += lines[k * features + i]! * x[i]!
    return sum / FEATURE_SCALE
  })
}

/** What choosing an arm brings when a share is drawn evenly all the same. */
function executed(levels: readonly number[], even: number): readonly number[] {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length
  return levels.map((level) => (1 - even) * level + even * mean)
}

/** How far apart the best and the worst arm are, on average; 1 where nothing differs. */
function spreadOf(rows: readonly (readonly number[])[]): number {
  const spread = rows.reduce((sum, row) => sum + Math.max(...row) - Math.min(...row), 0) / rows.length
  return spread > 0 ? spread : 1
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * other[i]!, 0)
}
