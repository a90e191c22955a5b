/**
 * A high quantile of values that come one at a time, exact, in memory for the values above it only.
 *
 * The smallest values of the k largest are kept in a heap; the quantile of type 7 lies between the two smallest of them.
 * @see Hyndman & Fan (1996), doi:10.1080/00031305.1996.10473566
 */
import { assert } from '../stats/assert.ts'

/** The quantile of `count` values at `share` in (½, 1). */
export function highQuantile(values: Iterable<number>, { count, share }: { readonly count: number; readonly share: number }): number {
  assert(count > 0 && share > 0.5 && share < 1, 'a high quantile needs values and a share between ½ and 1')
  const place = (count - 1) * share
  const below = Math.floor(place)
  const heap = new Float64Array(count - below)
  let size = 0
  for (const value of values) {
    if (size < heap.length) siftUp(heap, size++, value)
    else if (value > heap[0]!) siftDown(heap, value)
  }
  assert(size === heap.length, `${count} values were promised`)
  const low = heap[0]!
  const high = heap.length === 1 ? low : heap.length === 2 ? heap[1]! : Math.min(heap[1]!, heap[2]!)
  return low + (place - below) * (high - low)
}

function siftUp(heap: Float64Array, from: number, value: number): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (heap[parent]! <= value) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = value
}

/** Puts a value in place of the smallest. */
function siftDown(heap: Float64Array, value: number): void {
  let at = 0
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = value
}
