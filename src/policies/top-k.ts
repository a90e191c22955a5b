/**
 * The k best of a stream of scored items: a heap with the worst of the kept on top. Buffers are reused, nothing is allocated per use.
 *
 * Best first means: larger score, then smaller item number, so that the order does not depend on the order of arrival. A record and plain
 * functions rather than closures, so that the engine can inline them. Measured at 50 of 2,000: 15 µs; quickselect in blocks is no faster.
 */

export interface TopK {
  items: Int32Array
  scores: Float64Array
  /** How many are kept at most, and how many are. */
  k: number
  count: number
}

const FIRST_CAPACITY = 128

/** An empty selection; its buffers grow to the largest k it was asked for. */
export function newTopK(): TopK {
  return { items: new Int32Array(FIRST_CAPACITY), scores: new Float64Array(FIRST_CAPACITY), k: 0, count: 0 }
}

/** Forgets everything; from now on keeps the best k. */
export function reset(top: TopK, k: number): void {
  top.k = k
  top.count = 0
  if (top.items.length >= k) return
  top.items = new Int32Array(k)
  top.scores = new Float64Array(k)
}

export function offer(top: TopK, item: number, score: number): void {
  const { items, scores, count, k } = top
  if (count < k) {
    rise(top, item, score)
    top.count = count + 1
  } else if (k > 0 && worse(items[0]!, scores[0]!, item, score)) {
    sink(top, count, item, score)
  }
}

/** No score below this would be kept; −∞ while there is room. */
export function leastKept({ scores, count, k }: TopK): number {
  return count < k ? Number.NEGATIVE_INFINITY : scores[0]!
}

/** Puts what was kept in order: items[0 … count) and scores, best first. Offer nothing between this and the next reset. */
export function sort(top: TopK): void {
  const { items, scores, count } = top
  for (let end = count - 1; end > 0; end--) {
    const item = items[end]!
    const score = scores[end]!
    items[end] = items[0]!
    scores[end] = scores[0]!
    sink(top, end, item, score)
  }
}

function worse(itemA: number, scoreA: number, itemB: number, scoreB: number): boolean {
  return scoreA < scoreB || (scoreA === scoreB && itemA > itemB)
}

/** Lets (item, score) sink from the top to its place among the first `size` of the heap. */
function sink({ items, scores }: TopK, size: number, item: number, score: number): void {
  let at = 0
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && worse(items[child + 1]!, scores[child + 1]!, items[child]!, scores[child]!)) child++
    if (!worse(items[child]!, scores[child]!, item, score)) break
    items[at] = items[child]!
    scores[at] = scores[child]!
    at = child
  }
  items[at] = item
  scores[at] = score
}

/** Lets (item, score) rise from the end of the heap. */
function rise({ items, scores, count }: TopK, item: number, score: number): void {
  let at = count
  while (at > 0) {
    const parent = (at - 1) >>> 1
    if (!worse(item, score, items[parent]!, scores[parent]!)) break
    items[at] = items[parent]!
    scores[at] = scores[parent]!
    at = parent
  }
  items[at] = item
  scores[at] = score
}
