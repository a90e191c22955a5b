/** The moments of one metric in one arm, taken out of the epoch's slots. */
import type { Metric } from '../experiments/metric.ts'
import { daysBeforeOf, slotsOf } from '../experiments/slot.ts'
import { assert } from '../stats/assert.ts'
import { type ExactSums, type Moments, momentsOfSums } from '../stats/moments.ts'
import { type JointMoments, jointMomentsOfSums } from '../stats/pair-moments.ts'
import type { Counts } from '../stats/proportion.ts'
import type { ArmMoments } from './epoch-moments.ts'

/** Where the slots of a metric stand. */
export interface MetricPlaces {
  /** One, for a ratio two: numerator and denominator. */
  readonly values: readonly number[]
  /** The same before the first exposure; empty without covariate. */
  readonly covariates: readonly number[]
  /** Whether there was anything in those days; null without covariate. */
  readonly history: number | null
}

export function slotPlaces(metrics: readonly Metric[]): ReadonlyMap<string, MetricPlaces> {
  const slots = slotsOf(metrics)
  return new Map(
    metrics.map((metric) => {
      const days = daysBeforeOf(metric)
      const mine = [...slots.keys()].filter((i) => slots[i]!.metric === metric.key)
      const history = slots.findIndex((slot) => slot.part === 'history' && slot.daysBefore === days)
      const places = {
        values: mine.filter((i) => slots[i]!.daysBefore === null),
        covariates: mine.filter((i) => slots[i]!.daysBefore !== null),
        history: history === -1 ? null : history,
      }
      return [metric.key, places]
    }),
  )
}

/** n, Σ and Σ² of the slot. */
export function sumsOfSlot(arm: ArmMoments, slot: number): ExactSums {
  assertSlot(arm, slot)
  return { n: arm.units, sum: arm.s[slot] ?? 0n, sumOfSquares: productOf(arm, slot, slot) }
}

/** n, mean and M₂ of the slot. */
export function momentsOfSlot(arm: ArmMoments, slot: number): Moments {
  return momentsOfSums(sumsOfSlot(arm, slot))
}

/** Units, and those of them that did it, for a slot that asks whether something happened. */
export function countsOfSlot(arm: ArmMoments, slot: number): Counts {
  assertSlot(arm, slot)
  const events = arm.s[slot] ?? 0n
  assert(events === productOf(arm, slot, slot), `slot ${slot} of arm ${arm.armId} is no proportion: its units are not all 0 or 1`)
  return { n: Number(arm.units), events: Number(events) }
}

/** Joint moments of several slots, in the order in which they are asked for. */
export function momentsOfSlots(arm: ArmMoments, slots: readonly number[]): JointMoments {
  for (const slot of slots) assertSlot(arm, slot)
  return jointMomentsOfSums({
    n: arm.units,
    sums: slots.map((slot) => arm.s[slot] ?? 0n),
    products: slots.flatMap((i, at) => slots.slice(at).map((j) => productOf(arm, i, j))),
  })
}

function assertSlot(arm: ArmMoments, slot: number): void {
  assert(arm.units === 0n || slot < arm.s.length, `arm ${arm.armId} has no slot ${slot}`)
}

/** Σ yᵢ·yⱼ stands for j ≤ i, row by row of the lower triangle, from 0. */
function productOf(arm: ArmMoments, i: number, j: number): bigint {
  const [row, column] = i >= j ? [i, j] : [j, i]
  return arm.ss[(row * (row + 1)) / 2 + column] ?? 0n
}
