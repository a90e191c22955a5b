/**
 * Propensities of slates: the probability that an item's draw is the j-th largest.
 *
 *     P(a at rank j) = ∫ fₐ(z) · PB_{j−1}( {1 − F_b(z)}_{b≠a} ) dz
 *
 * PB_k is the Poisson-binomial probability that exactly k of the others lie above z, built up one item after the other. Counting draws
 * instead errs by up to 47 % at small probabilities with 10⁵ of them. Below the j-th largest of m − q·s nobody stands at rank j.
 * @see Hong (2013), doi:10.1016/j.csda.2012.10.006
 */
import { assert } from '../stats/assert.ts'
import { gaussLegendre } from '../stats/quadrature.ts'
import { edgesOf, mergedEdges } from './edges.ts'
import { type ArmsAt, marginalTable, tabulate } from './marginal-table.ts'
import { reachesOf } from './reaches.ts'

export interface SlateQuestion {
  /** Of the items' scores: one mean and one positive scale each. */
  readonly means: readonly number[]
  readonly scales: readonly number[]
  /** Infinity is the normal distribution. */
  readonly degreesOfFreedom: number
  /** Ranks asked about, from the first. */
  readonly positions: number
}

const POINTS = 8
const KNOTS_A_SIDE = 1024
const MERGED_WITHIN = 0.25

/** One row an item, one column a rank; a column adds up to 1. Within 1e-9. */
export function slatePropensities({ means, scales, degreesOfFreedom, positions }: SlateQuestion): readonly (readonly number[])[] {
  const count = means.length
  assert(scales.length === count && positions >= 1 && positions <= count, `${count} items have 1 to ${count} ranks, not ${positions}`)
  const { nodes, weights } = gaussLegendre(POINTS)
  const table = marginalTable(degreesOfFreedom, KNOTS_A_SIDE)
  const reaches = reachesOf(degreesOfFreedom, count, 'exact')
  const arms: ArmsAt = {
    ...{ count, means: Float64Array.from(means), scales: Float64Array.from(scales) },
    ...{ cdf: new Float64Array(count), density: new Float64Array(count) },
  }
  const edges = new Float64Array(count * (2 * reaches.length + 1) + 2)
  edges[0] = lowestAt(means, scales, { reach: reaches.at(-1)!, rank: positions })
  const found = mergedEdges(edges, edgesOf(edges, arms, reaches), arms, MERGED_WITHIN)
  const sums = means.map(() => new Array<number>(positions).fill(0))
  for (let edge = 1; edge < found; edge++) {
    const half = (edges[edge]! - edges[edge - 1]!) / 2
    for (let point = 0; point < POINTS; point++) {
      tabulate(table, edges[edge - 1]! + half + half * nodes[point]!, arms)
      addNode(sums, arms, half * weights[point]!)
    }
  }
  return normalised(sums)
}

/** The rank-th largest of m − reach·s. */
function lowestAt(
  means: readonly number[],
  scales: readonly number[],
  { reach, rank }: { readonly reach: number; readonly rank: number },
): number {
  return means.map((mean, item) => mean - reach * scales[item]!).sort((a, b) => b - a)[rank - 1]!
}

function addNode(sums: number[][], { count, cdf, density }: ArmsAt, weight: number): void {
  const above = new Float64Array(sums[0]!.length)
  for (let item = 0; item < count; item++) {
    above.fill(0)
    above[0] = weight * density[item]!
    for (let other = 0; other < count; other++) if (other !== item) addTrial(above, 1 - cdf[other]!)
    for (let rank = 0; rank < above.length; rank++) sums[item]![rank]! += above[rank]!
  }
}

/** One more item that lies above with this probability; counts beyond the last rank are nobody's business. */
function addTrial(above: Float64Array, probability: number): void {
  for (let k = above.length - 1; k > 0; k--) above[k] = above[k]! * (1 - probability) + above[k - 1]! * probability
  above[0] = above[0]! * (1 - probability)
}

function normalised(sums: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const totals = sums[0]!.map((_, rank) => sums.reduce((total, row) => total + row[rank]!, 0))
  for (const total of totals) assert(Math.abs(total - 1) < 1e-6, `every rank is somebody's: probabilities add up to 1, not ${total}`)
  return sums.map((row) => row.map((p, rank) => Math.max(p, 0) / totals[rank]!))
}
