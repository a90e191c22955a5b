/**
 * The nearest visits: those that share most with the seeds of a request.
 *
 *     sim(n) = v_n·Σ_{j ∈ s ∩ n} g_j      over the latest m visits n of each seed j; g how much the seed tells, v what the visit counts
 *
 * The index is walked seed by seed and the k most similar are kept; of two alike, the later one. What the visits hold stays until the next
 * search, so that a vote can say which seed it is owed to.
 */
import type { Seeds } from './seeds.ts'
import { newTopK, offer, reset, sort, type TopK } from './top-k.ts'
import type { VisitIndex } from './visit-index.ts'

/** How a search goes; the first `count` seeds take part. */
export interface Search {
  readonly seeds: Seeds
  readonly count: number
  /** g, by place among the seeds. */
  readonly tells: Float64Array
  /** m: so many of the latest visits of a seed are looked at. */
  readonly perSeed: number
  /** Of all visits met, so many of the latest are compared. */
  readonly latest: number
  /** k. */
  readonly most: number
}

export interface NearestVisits {
  readonly index: VisitIndex
  /** v by visit; null where all count alike. */
  readonly counts: Float32Array | null
  /** The visits found, the most similar first, with their similarity. */
  readonly top: TopK
  /** By visit: the first seed that it shares, by place from 1; 0 for none. */
  readonly firstPlaces: Uint8Array
  readonly similarity: Float64Array
  readonly met: Int32Array
  metCount: number
  search: Search | null
}

export function newNearestVisits(index: VisitIndex, counts: Float32Array | null): NearestVisits {
  const { visitCount } = index
  return {
    ...{ index, counts, top: newTopK(), metCount: 0, search: null },
    ...{ firstPlaces: new Uint8Array(visitCount), similarity: new Float64Array(visitCount), met: new Int32Array(visitCount) },
  }
}

/** Leaves the nearest visits in `top`. O(count · perSeed). */
export function findNearest(nearest: NearestVisits, search: Search): void {
  const { top, counts, similarity, met } = nearest
  forget(nearest)
  nearest.search = search
  meet(nearest, search)
  const considered = met.subarray(0, nearest.metCount)
  if (nearest.metCount > search.latest) considered.sort() // Visits are numbered from the latest.
  reset(top, search.most)
  for (let i = 0; i < Math.min(nearest.metCount, search.latest); i++) {
    const visit = considered[i]!
    offer(top, visit, counts === null ? similarity[visit]! : similarity[visit]! * counts[visit]!)
  }
  sort(top)
}

function forget({ firstPlaces, similarity, met, metCount }: NearestVisits): void {
  for (let i = 0; i < metCount; i++) {
    similarity[met[i]!] = 0
    firstPlaces[met[i]!] = 0
  }
}

function meet(nearest: NearestVisits, { seeds, count, tells, perSeed }: Search): void {
  const { firstPlaces, similarity, met } = nearest
  const { itemStarts, itemVisits } = nearest.index
  let metCount = 0
  for (let k = 0; k < count; k++) {
    const seed = seeds.items[k]!
    const end = Math.min(itemStarts[seed + 1]!, itemStarts[seed]! + perSeed)
    for (let at = itemStarts[seed]!; at < end; at++) {
      const visit = itemVisits[at]!
      if (firstPlaces[visit] === 0) {
        firstPlaces[visit] = k + 1
        met[metCount++] = visit
      }
      similarity[visit]! += tells[k]!
    }
  }
  nearest.metCount = metCount
}

/** Whether a visit holds an item. */
export function holds({ visitStarts, visitItems }: VisitIndex, visit: number, item: number): boolean {
  for (let at = visitStarts[visit]!; at < visitStarts[visit + 1]!; at++) if (visitItems[at] === item) return true
  return false
}

/** Adds weight·g to the part of each seed that counted for a visit; `parts` by place among the seeds. */
export function addParts({ index, search }: NearestVisits, visit: number, weight: number, parts: Float64Array): void {
  if (search === null) return
  const { visitStarts, visitItems } = index
  for (let at = visitStarts[visit]!; at < visitStarts[visit + 1]!; at++) {
    const place = search.seeds.places[visitItems[at]!]!
    if (place > 0 && place <= search.count && visit <= lastMet(index, visitItems[at]!, search.perSeed))
      parts[place - 1]! += weight * search.tells[place - 1]!
  }
}

/** The oldest visit of an item that is looked at: visits that hold it up to this number were met by it. */
function lastMet({ itemStarts, itemVisits }: VisitIndex, item: number, perSeed: number): number {
  return itemVisits[Math.min(itemStarts[item + 1]!, itemStarts[item]! + perSeed) - 1]!
}
