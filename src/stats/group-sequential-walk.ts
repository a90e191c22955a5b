/**
 * The walk of a test statistic through its looks: how probably it leaves the continuation region, and at which look.
 *
 *     B = √t·Z is a Brownian path with drift θ      B(tₖ) − B(tₖ₋₁) ~ N(θ·Δ, Δ)      Δ = tₖ − tₖ₋₁
 *     fₖ(y) = ∫ fₖ₋₁(u) · φ((y − u − θΔ)/√Δ)/√Δ du      over the continuation interval of look k − 1
 *
 * θ is the mean of Z at information t = 1. A walk holds fₖ as masses on Gauss–Legendre nodes, in panels no wider than the step of the
 * path, so that a hundred looks are as exact as two. Everything that is sequential and planned (bounds, power, expected size) is read
 * off this one recursion.
 * @see Armitage, McPherson & Rowe (1969), doi:10.2307/2343787; Jennison & Turnbull (2000), ch. 19
 */
import { assert } from './assert.ts'
import { normalSurvival } from './normal.ts'
import { gaussLegendre } from './quadrature.ts'

/** Where the path may be after a look without having left: a mass at each node, together the probability of still being inside. */
export interface Walk {
  /** Information so far, as a fraction of the planned. */
  readonly fraction: number
  /** Mean of Z at fraction 1. */
  readonly drift: number
  /** Values of B, ascending. */
  readonly nodes: Float64Array
  readonly masses: Float64Array
}

/** One look: the information fraction, and the bounds of Z between which the experiment goes on. Either may be infinite. */
export interface Look {
  readonly fraction: number
  readonly lower: number
  readonly upper: number
}

/** Probabilities of leaving at one look. */
export interface Exit {
  readonly lower: number
  readonly upper: number
}

/** Panels of 16 nodes, three steps of the path wide, integrate the kernel to 1e-13. */
const PANEL_STEPS = 3
const PANEL_NODES = 16
/** A path is farther than this many standard deviations from its drift once in 1e19. */
const REACH = 9
/** The kernel of one step is below 1e-45 beyond this many standard deviations. */
const KERNEL_REACH = 14
const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** Before the first look: all mass at B = 0. */
export function startWalk(drift: number): Walk {
  return { fraction: 0, drift, nodes: Float64Array.of(0), masses: Float64Array.of(1) }
}

/** P(still inside so far, and Z > z at `fraction`). */
export function upperExit(walk: Walk, fraction: number, z: number): number {
  return z === Number.POSITIVE_INFINITY ? 0 : tailMass(walk, fraction, (at) => z * Math.sqrt(fraction) - at)
}

/** P(still inside so far, and Z < z at `fraction`). */
export function lowerExit(walk: Walk, fraction: number, z: number): number {
  return z === Number.NEGATIVE_INFINITY ? 0 : tailMass(walk, fraction, (at) => at - z * Math.sqrt(fraction))
}

/** The walk of those paths that stay inside at this look. `next` is the fraction of the look after it, which sets the resolution. */
export function goOn(walk: Walk, look: Look, next?: number): Walk {
  const { drift } = walk
  const { fraction, lower, upper } = look
  const step = stepTo(walk, fraction)
  const spread = Math.sqrt(fraction)
  const low = Math.max(lower * spread, drift * fraction - REACH * spread)
  const high = Math.min(upper * spread, drift * fraction + REACH * spread)
  if (!(low < high)) return { fraction, drift, nodes: new Float64Array(0), masses: new Float64Array(0) }
  assert(next === undefined || next > fraction, `information only grows: ${next} does not come after ${fraction}`)
  const finest = next === undefined ? step : Math.min(step, Math.sqrt(next - fraction))
  const { nodes, weights } = panelsOf(low, high, finest)
  return { fraction, drift, nodes, masses: densityAt(walk, fraction, nodes).map((density, i) => density * weights[i]!) }
}

/** Exit probabilities of every look under a drift. Looks must be in the order of their information. */
export function exitProbabilities(looks: readonly Look[], drift: number): readonly Exit[] {
  const exits: Exit[] = []
  let walk = startWalk(drift)
  for (const [k, look] of looks.entries()) {
    exits.push({ lower: lowerExit(walk, look.fraction, look.lower), upper: upperExit(walk, look.fraction, look.upper) })
    if (k + 1 < looks.length) walk = goOn(walk, look, looks[k + 1]!.fraction)
  }
  return exits
}

function tailMass(walk: Walk, fraction: number, distance: (at: number) => number): number {
  const step = stepTo(walk, fraction)
  const shift = walk.drift * (fraction - walk.fraction)
  let sum = 0
  for (let i = 0; i < walk.nodes.length; i++) sum += walk.masses[i]! * normalSurvival(distance(walk.nodes[i]! + shift) / step)
  return Math.min(1, sum)
}

/** fₖ at ascending points; the window of nodes within reach moves along with the points. */
function densityAt(walk: Walk, fraction: number, points: Float64Array): Float64Array {
  const step = stepTo(walk, fraction)
  const shift = walk.drift * (fraction - walk.fraction)
  const reach = KERNEL_REACH * step
  const { nodes, masses } = walk
  let from = 0
  return points.map((point) => {
    const centre = point - shift
    while (from < nodes.length && nodes[from]! < centre - reach) from++
    let sum = 0
    for (let i = from; i < nodes.length && nodes[i]! <= centre + reach; i++) {
      const gap = (centre - nodes[i]!) / step
      sum += masses[i]! * Math.exp(-0.5 * gap * gap)
    }
    return sum / (step * SQRT_2PI)
  })
}

function panelsOf(low: number, high: number, step: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const panels = Math.ceil((high - low) / (PANEL_STEPS * step))
  const rule = gaussLegendre(PANEL_NODES)
  const half = (high - low) / panels / 2
  const nodes = new Float64Array(panels * PANEL_NODES)
  const weights = new Float64Array(panels * PANEL_NODES)
  for (let at = 0; at < nodes.length; at++) {
    const i = at % PANEL_NODES
    nodes[at] = low + (2 * Math.floor(at / PANEL_NODES) + 1) * half + half * rule.nodes[i]!
    weights[at] = half * rule.weights[i]!
  }
  return { nodes, weights }
}

function stepTo(walk: Walk, fraction: number): number {
  assert(fraction > walk.fraction, `information only grows: ${fraction} does not come after ${walk.fraction}`)
  return Math.sqrt(fraction - walk.fraction)
}
