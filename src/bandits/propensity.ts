/**
 * Propensity: the probability that an arm's draw is the largest, by quadrature instead of by drawing.
 *
 *     pₐ = ∫ fₐ(z) · Π_{b≠a} F_b(z) dz          marginals: independent Student t with common degrees of freedom (∞: normal)
 *
 * Every arm brings its own edges mₐ + sₐ·{0, ±1, ±3, ±6, …}, and each piece between two edges gets Gauss–Legendre nodes: a fixed rule
 * errs by 4.8e-2 when one arm is a hundred times less certain than another, this one stays within its promise at any ratio of scales.
 * Below max(m − q·s) nobody wins and above max(m + q·s) nobody draws, so nothing is integrated there; an arm that would have to is
 * given 0, which means less than 1e-13.
 * @see Thompson (1933), doi:10.1093/biomet/25.3-4.285
 */
import { assert } from '../stats/assert.ts'
import { gaussLegendre } from '../stats/quadrature.ts'
import { edgesOf, mergedEdges } from './edges.ts'
import { type ArmsAt, type MarginalTable, marginalTable, tabulate } from './marginal-table.ts'
import { type Precision, reachesOf } from './reaches.ts'

export interface PropensityOptions {
  /** The most arms that will ever be asked about. */
  readonly armsMax: number
  /** Of every arm's marginal, ≥ 2; Infinity is the normal distribution. */
  readonly degreesOfFreedom: number
  readonly precision: Precision
}

/** Writes p (adding up to 1) of the first `count` arms into `into`; scales are positive. No allocation. */
export type Propensities = (means: Float64Array, scales: Float64Array, count: number, into: Float64Array) => void

/** What a quadrature holds between calls. */
interface Room {
  readonly live: Int32Array
  readonly arms: ArmsAt
  readonly edges: Float64Array
  readonly before: Float64Array
  readonly sums: Float64Array
  /** In scales: nothing is beyond. */
  readonly farthest: number
}

/** Nodes a piece, fineness of the table, and how close two edges may be, in finest scales: chosen together, by measuring. */
const RULES = {
  /** Within 1e-9. */
  exact: { points: 8, knotsASide: 1024, mergedWithin: 0.25 },
  /** Within 1e-6. */
  serving: { points: 6, knotsASide: 256, mergedWithin: 0.75 },
} as const

/** Propensities for one model: the table and all room for work are made here, once. */
export function propensitiesFor({ armsMax, degreesOfFreedom, precision }: PropensityOptions): Propensities {
  const { points, knotsASide, mergedWithin } = RULES[precision]
  const { nodes, weights } = gaussLegendre(points)
  const table = marginalTable(degreesOfFreedom, knotsASide)
  const reaches = reachesOf(degreesOfFreedom, armsMax, precision)
  const room = roomFor(armsMax, reaches)
  return (means, scales, count, into) => {
    assert(count > 0 && count <= armsMax, 'propensities were prepared for fewer arms, or there are none')
    gather(room, means, scales, count)
    into.fill(0, 0, count)
    if (room.arms.count === 1) {
      into[room.live[0]!] = 1
      return
    }
    const edges = mergedEdges(room.edges, edgesOf(room.edges, room.arms, reaches), room.arms, mergedWithin)
    room.sums.fill(0, 0, room.arms.count)
    for (let edge = 1; edge < edges; edge++) {
      const half = (room.edges[edge]! - room.edges[edge - 1]!) / 2
      const middle = room.edges[edge - 1]! + half
      for (let point = 0; point < points; point++) addNode(table, room, middle + half * nodes[point]!, half * weights[point]!)
    }
    scatter(room, into)
  }
}

function roomFor(armsMax: number, reaches: Float64Array): Room {
  const edgesAnArm = 2 * reaches.length + 1
  const numbers = () => new Float64Array(armsMax)
  const arms = { count: 0, means: numbers(), scales: numbers(), cdf: numbers(), density: numbers() }
  return {
    live: new Int32Array(armsMax),
    arms,
    edges: new Float64Array(armsMax * edgesAnArm + 2),
    before: numbers(),
    sums: numbers(),
    farthest: reaches.at(-1)!,
  }
}

/** Collects the arms that can win at all; the first edge is where the first of them could. */
function gather({ live, arms, edges, farthest }: Room, means: Float64Array, scales: Float64Array, count: number): void {
  let low = Number.NEGATIVE_INFINITY
  for (let arm = 0; arm < count; arm++) low = Math.max(low, means[arm]! - farthest * scales[arm]!)
  let found = 0
  for (let arm = 0; arm < count; arm++) {
    if (means[arm]! + farthest * scales[arm]! <= low) continue
    live[found] = arm
    arms.means[found] = means[arm]!
    arms.scales[found] = scales[arm]!
    found++
  }
  assert(found > 0, 'propensities need finite means and positive scales')
  arms.count = found
  edges[0] = low
}

/** Adds w·fₐ·Π_{b≠a} F_b at one node, for every arm: products from the left, then from the right. */
function addNode(table: MarginalTable, { arms, before, sums }: Room, z: number, weight: number): void {
  tabulate(table, z, arms)
  const { count, cdf, density } = arms
  let product = weight
  for (let arm = 0; arm < count; arm++) {
    before[arm] = product
    product *= cdf[arm]!
  }
  product = 1
  for (let arm = count - 1; arm >= 0; arm--) {
    sums[arm] = sums[arm]! + before[arm]! * product * density[arm]!
    product *= cdf[arm]!
  }
}

function scatter({ live, arms, sums }: Room, into: Float64Array): void {
  let total = 0
  for (let arm = 0; arm < arms.count; arm++) total += sums[arm]!
  // a message with a number in it would cost more than the quadrature of two arms
  assert(Math.abs(total - 1) < 1e-5, 'propensities add up to 1')
  for (let arm = 0; arm < arms.count; arm++) into[live[arm]!] = Math.max(sums[arm]!, 0) / total
}
