/**
 * The index of visits: of each item its latest visits, of each visit its items, and how much an item tells.
 *
 * Visits are numbered from the latest, so that the more recent of two is the smaller number; those that no item's list holds are dropped.
 */
import type { NamedArrays, Packable } from './arrays.ts'
import type { Visits } from './visits.ts'

export interface VisitIndex {
  readonly itemCount: number
  readonly visitCount: number
  /** Length itemCount + 1; the visits of an item ascend, the latest first. */
  readonly itemStarts: Int32Array
  readonly itemVisits: Int32Array
  readonly visitStarts: Int32Array
  readonly visitItems: Int32Array
  /** ln(N/Nᵢ) over all visits; 0 for what was never visited. */
  readonly idf: Float32Array
}

export interface IndexedVisits {
  readonly arrays: Readonly<Record<string, Packable>>
  /** By number in the index, the number of the visit. */
  readonly visits: Int32Array
}

/** Builds the arrays of an index that keeps the latest `visitsMax` visits of each item. O(touches). */
export function indexVisits(
  { starts, items }: Visits,
  { itemCount, visitsMax }: { readonly itemCount: number; readonly visitsMax: number },
): IndexedVisits {
  const all = starts.length - 1
  const counts = new Int32Array(itemCount)
  const lists: number[][] = Array.from({ length: itemCount }, () => [])
  const visitStarts = [0]
  const visitItems: number[] = []
  const visits: number[] = []
  for (let visit = all - 1; visit >= 0; visit--) {
    const touched = items.subarray(starts[visit], starts[visit + 1])
    const isKept = touched.some((item) => counts[item]! < visitsMax)
    const number = visitStarts.length - 1
    for (const item of touched) {
      if (counts[item]!++ < visitsMax) lists[item]!.push(number)
      if (isKept) visitItems.push(item)
    }
    if (!isKept) continue
    visitStarts.push(visitItems.length)
    visits.push(visit)
  }
  const itemStarts = new Int32Array(itemCount + 1)
  lists.forEach((list, item) => {
    itemStarts[item + 1] = itemStarts[item]! + list.length
  })
  const arrays = {
    itemStarts,
    itemVisits: Int32Array.from(lists.flat()),
    visitStarts: Int32Array.from(visitStarts),
    visitItems: Int32Array.from(visitItems),
    idf: Float32Array.from(counts, (count) => (count > 0 ? Math.log(all / count) : 0)),
  }
  return { arrays, visits: Int32Array.from(visits) }
}

export function openVisitIndex(arrays: NamedArrays): VisitIndex {
  const itemStarts = arrays.int32('itemStarts')
  const visitStarts = arrays.int32('visitStarts')
  return {
    itemCount: itemStarts.length - 1,
    visitCount: visitStarts.length - 1,
    ...{ itemStarts, visitStarts, itemVisits: arrays.int32('itemVisits'), visitItems: arrays.int32('visitItems') },
    idf: arrays.float32('idf'),
  }
}
