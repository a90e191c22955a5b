/**
 * Exposure targets: a group of items is to have at least so much of what shoppers see, controlled over time by what the log says was shown.
 *
 *     exposure_g = Σ places of g 1/log₂(rank + 1) / Σ all places          over the slates since the last step
 *     pressure_g ← min(1, max(0, pressure_g + η·(share_g − exposure_g)))  an integral: what is missing adds up, what is too much is paid back
 *     vᵢ         ← vᵢ·f + Σ_g∋i pressure_g                                added to the value of its items (item-value.ts)
 *
 * The target holds over many slates, not within each: a slate where the group has nothing to offer shows nothing of it, and another shows
 * more. Pressure never falls below 0, as a target is a floor. It is part of the snapshot, so that a decision can be told from its
 * snapshot's id. Only items of the policy's pool can be lifted: where they are too few, pressure stays at 1 and the target is missed.
 * @see Singh & Joachims (2018), doi:10.1145/3219819.3220088, for exposure; Morik et al. (2020), doi:10.1145/3397271.3401100, for the controller
 */
import type { ExposureTarget } from './assembly.ts'
import type { Catalogue } from './catalogue.ts'

export type Group = Pick<ExposureTarget, 'field' | 'value'>

/** What a group is given at the moment, in [0, 1]. */
export interface Pressure extends Group {
  readonly pressure: number
}

/** What was shown of a group since the last step. */
export interface Shown {
  /** Share of position-weighted exposure. */
  readonly share: number
  readonly slates: number
}

/** η: a share that is .1 short adds .05, a twentieth of the best item's relevance. */
const GAIN = 0.5
const PRESSURE_MAX = 1
/** A step of fewer slates says too little: it waits for more. */
export const SLATES_LEAST = 50

/** The pressure after a step. */
export function nextPressure(pressure: number, target: number, { share, slates }: Shown): number {
  if (slates < SLATES_LEAST) return pressure
  return Math.min(PRESSURE_MAX, Math.max(0, pressure + GAIN * (target - share)))
}

/** What an item is given by all groups that it belongs to. */
export function pressureOn(item: number, pressures: readonly Pressure[], { brands, categories, sellers }: Catalogue): number {
  const columns = { brand: brands, category: categories, seller: sellers }
  let sum = 0
  for (const { field, value, pressure } of pressures) if (columns[field][item] === value) sum += pressure
  return sum
}
