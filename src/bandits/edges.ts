/**
 * Where the quadrature cuts the line: the edges of all arms, in order, without neighbours so close that a cut would be wasted.
 */
import type { ArmsAt } from './marginal-table.ts'

/**
 * Writes every edge above edges[0], where the line begins, ascending, behind it; reaches are distances from the mean in scales. Returns how
 * many edges there are. No allocation.
 */
export function edgesOf(edges: Float64Array, { count, means, scales }: ArmsAt, reaches: Float64Array): number {
  const low = edges[0]!
  let found = 1
  for (let arm = 0; arm < count; arm++) {
    if (means[arm]! > low) edges[found++] = means[arm]!
    for (let k = 0; k < reaches.length; k++) {
      const reach = reaches[k]! * scales[arm]!
      edges[found++] = means[arm]! + reach
      if (means[arm]! - reach > low) edges[found++] = means[arm]! - reach
    }
  }
  let kept = 0
  for (let edge = 0; edge < found; edge++) if (edges[edge]! >= low) edges[kept++] = edges[edge]!
  insertionSort(edges, kept)
  return kept
}

/** Drops edges that follow another one by less than `within` of the finest scale; the first and the last stay. Returns how many are left. */
export function mergedEdges(edges: Float64Array, count: number, arms: ArmsAt, within: number): number {
  let finest = Number.POSITIVE_INFINITY
  for (let arm = 0; arm < arms.count; arm++) finest = Math.min(finest, arms.scales[arm]!)
  const distance = within * finest
  const top = edges[count - 1]!
  let kept = 1
  for (let edge = 1; edge < count - 1; edge++) {
    if (edges[edge]! - edges[kept - 1]! > distance && top - edges[edge]! > distance) edges[kept++] = edges[edge]!
  }
  edges[kept++] = top
  return kept
}

/** A few dozen numbers that are nearly in order: nothing is quicker. */
function insertionSort(numbers: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = numbers[i]!
    let at = i - 1
    while (at >= 0 && numbers[at]! > value) {
      numbers[at + 1] = numbers[at]!
      at--
    }
    numbers[at + 1] = value
  }
}
