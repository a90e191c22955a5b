/** The moments of one metric in one arm, taken out of the epoch's slots. */
import type { Metric } from '../experiments/metric.ts'
import { slotsOf } from '../experiments/metric.ts'
import { assert } from '../stats/assert.ts'
import { type ExactSums, type Moments, momentsOfSums } from '../stats/moments.ts'
import { type JointMoments, jointMomentsOfSums } from '../stats/pair-moments.ts'
import type { Counts } from '../stats/proportion.ts'
import type { ArmMoments } from './epoch-moments.ts'

/** Where each metric's first slot stands. */
export function slotPlaces(metrics: readonly Metric[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [i, slot] of slotsOf(metrics).entries()) if (!places.has(slot.metric)) places.set(slot.metric, i)
  return places
}

/** n, Σ and Σ² of the slot. */
export function sumsOfSlot(arm: ArmMoments, slot: number): ExactSums {
  assert(arm.units === 0n || slot < arm.s.length, `arm ${arm.armId} has no slot ${slot}`)
  return { n: arm.units, sum: arm.s[slot] ?? 0n, sumOfSquares: arm.ss[productPlace(slot, slot)] ?? 0n }
}

/** n, mean and M₂ of the slot. */
export function momentsOfSlot(arm: ArmMoments, slot: number): Moments {
  return momentsOfSums(sumsOfSlot(arm, slot))
}

/** Units, and those of them that did it, for a slot that asks whether something happened. */
export function countsOfSlot(arm: ArmMoments, slot: number): Counts {
  const events = arm.s[slot] ?? 0n
  assert(
    events === (arm.ss[productPlace(slot, slot)] ?? 0n),
    `slot ${slot} of arm ${arm.armId} is no proportion: its units are not all 0 or 1`,
  )
  return { n: Number(arm.units), events: Number(events) }
}

/** Joint moments of the slot (numerator) and the next one (denominator). */
export function momentsOfSlotPair(arm: ArmMoments, slot: number): JointMoments {
  assert(arm.units === 0n || slot + 1 < arm.s.length, `arm ${arm.armId} has no slots ${slot} and ${slot + 1}`)
  const places = [productPlace(slot, slot), productPlace(slot + 1, slot), productPlace(slot + 1, slot + 1)]
  return jointMomentsOfSums({
    n: arm.units,
    sums: [arm.s[slot] ?? 0n, arm.s[slot + 1] ?? 0n],
    products: places.map((place) => arm.ss[place] ?? 0n),
  })
}

/** Where Σ yᵢ·yⱼ stands, for j ≤ i: row by row of the lower triangle, from 0. */
function productPlace(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j
}
