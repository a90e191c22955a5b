/**
 * The scan: products of a request's vector with those of items, of all of them or of where an index points.
 *
 *     candidates given   these alone
 *     no index           all
 *     an index           cells in its order, until its share was looked at, and ALLOWED_TIMES as many items that may be shown as are wanted
 *
 * The last rule is for filters: where hardly anything may be shown, the scan goes on until enough was met, at last through everything.
 */
import { type CellIndex, cellOrder } from './cell-index.ts'
import { dotRows } from './dot.ts'
import type { RankRequest, Scored } from './policy.ts'

export interface VectorRows {
  readonly rank: number
  /** Item numbers by place, and their vectors one after another; in the order of the index, if there is one. */
  readonly items: Int32Array
  readonly vectors: Float32Array
  readonly index: CellIndex | null
  /** Item numbers lie below. */
  readonly itemCount: number
}

export interface VectorScan {
  /** By item number the place, −1 for none. */
  readonly placeOf: Int32Array
  /** Scores of the items that were looked at; lent until the next call. */
  scan(vector: Float64Array, request: RankRequest, wanted: number): Scored
  /** Nothing to say, in the same buffers. */
  readonly nothing: Scored
}

/** What is wanted may be barred (bought before, in the cart), and the best of few is a poor best. */
const ALLOWED_TIMES = 32

export function newVectorScan({ rank, items, vectors, index, itemCount }: VectorRows): VectorScan {
  const placeOf = new Int32Array(itemCount).fill(-1)
  items.forEach((item, place) => {
    placeOf[item] = place
  })
  const scores = new Float64Array(itemCount)
  const found = new Int32Array(items.length)
  const nothing: Scored = { items, count: 0, scores, sorted: false }

  const candidates = (vector: Float64Array, wanted: readonly number[]): Scored => {
    let count = 0
    for (const item of new Set(wanted)) {
      const place = placeOf[item] ?? -1
      if (place < 0) continue
      let sum = 0
      for (let k = 0; k < rank; k++) sum += vector[k]! * vectors[place * rank + k]!
      scores[item] = sum
      found[count++] = item
    }
    return { items: found, count, scores, sorted: false }
  }

  const everything = (vector: Float64Array): Scored => {
    dotRows(vector, vectors, items, scores)
    return { items, count: items.length, scores, sorted: false }
  }

  const orderOf = index && cellOrder(index)
  const cells = (vector: Float64Array, { allowed }: RankRequest, wanted: number): Scored => {
    const { starts, share } = index!
    const least = share * items.length
    let count = 0
    let mayBeShown = 0
    for (const cell of orderOf!(vector)) {
      if (count >= least && mayBeShown >= ALLOWED_TIMES * wanted) break
      const [from, to] = [starts[cell]!, starts[cell + 1]!]
      dotRows(vector, vectors.subarray(from * rank, to * rank), items.subarray(from, to), scores)
      for (let place = from; place < to; place++) {
        const item = items[place]!
        mayBeShown += allowed[item]!
        found[count++] = item
      }
    }
    return { items: found, count, scores, sorted: false }
  }

  return {
    ...{ placeOf, nothing },
    scan: (vector, request, wanted) => {
      if (request.candidates !== null) return candidates(vector, request.candidates)
      return index ? cells(vector, request, wanted) : everything(vector)
    },
  }
}
