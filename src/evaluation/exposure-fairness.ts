/**
 * Exposure fairness: whether groups of items are shown as much as they are wanted.
 *
 *     exposure_g = Σ places of g 1/log₂(rank + 1) / Σ all places        demand_g = purchases of g in the test / all of them
 *     gap        = ½·Σ_g |exposure_g − demand_g|                        0: as wanted, 1: as far away as can be
 *
 * A place high up is seen more often: it weighs as in NDCG. Groups are categories where the catalogue has them, else head, middle and tail.
 * @see Singh & Joachims (2018), Fairness of exposure in rankings, doi:10.1145/3219819.3220088
 */
import { type Unknown, unknown } from '../stats/estimate.ts'
import type { ItemGroups } from './item-facts.ts'
import type { Shown } from './slate-metrics.ts'

export interface GroupExposure {
  readonly group: string
  /** Shares of sellable items, of what was bought in the test, and of exposure. */
  readonly items: number
  readonly demand: number
  readonly exposure: number
}

export interface ExposureFairness {
  readonly gap: number
  readonly groups: readonly GroupExposure[]
}

/** Unknown when nothing was shown or nothing was bought. */
export function exposureFairness(shown: readonly Shown[], groups: ItemGroups): ExposureFairness | Unknown {
  const items = new Float64Array(groups.names.length)
  const demand = new Float64Array(groups.names.length)
  const exposure = new Float64Array(groups.names.length)
  for (const group of groups.of) if (group >= 0) items[group]!++
  for (const { slate, bought } of shown) {
    for (const item of bought) demand[groups.of[item]!]!++
    slate.forEach((item, rank) => {
      exposure[groups.of[item]!]! += 1 / Math.log2(rank + 2)
    })
  }
  const [itemsSum, demandSum, exposureSum] = [items, demand, exposure].map((column) => column.reduce((sum, value) => sum + value, 0))
  if (!(demandSum! > 0 && exposureSum! > 0)) return unknown('no-events')
  const rows = groups.names.map((group, i) => ({
    group,
    items: items[i]! / itemsSum!,
    demand: demand[i]! / demandSum!,
    exposure: exposure[i]! / exposureSum!,
  }))
  return { gap: rows.reduce((sum, row) => sum + Math.abs(row.exposure - row.demand), 0) / 2, groups: rows }
}
