/**
 * Maximising one objective while others keep a floor relative to the control, by Lagrange's multipliers.
 *
 *     max E[v(x, a)]  subject to  E[gₖ(x, a)] ≥ (1 − δₖ)·E[gₖ(x, 0)]
 *     dual: min over 0 ≤ λₖ ≤ λ_max of  D(λ) = mean over x of maxₐ ( v + Σₖ λₖ·(gₖ(x, a) − (1 − δₖ)·gₖ(x, 0)) )
 *
 * D is convex, so that a golden-section search, one inside the other for two constraints, finds its least; λ then prices the guardrails
 * in every decision until the next snapshot. Where λ_max does not buy the floor, the answer says so, with the violation that is left.
 * Expected values stand in for draws: λ moves slowly, over the last two thousand contexts.
 * @see Boyd & Vandenberghe, Convex Optimization (2004), chapter 5
 */
import { assert } from '../stats/assert.ts'
import { atOnce, type Pieces } from '../stats/pieces.ts'

/** What is expected at one logged context: the objective of each arm, and each constrained outcome of each arm. Arm 0 is the control. */
export interface ExpectedAt {
  readonly values: readonly number[]
  /** By constraint, then by arm. */
  readonly guarded: readonly (readonly number[])[]
  /** By constraint, the control's own level, where choosing it brings another one (some arms are drawn evenly all the same). */
  readonly levels?: readonly number[]
}

export interface ConstrainedOptions {
  /** δₖ ≥ 0, relative to the control: at most two. */
  readonly margins: readonly number[]
  readonly multiplierMax: number
}

export interface Multipliers {
  readonly kind: 'feasible' | 'infeasible'
  /** λₖ, in objective per unit of the guarded outcome. */
  readonly multipliers: readonly number[]
  /** By how much each floor is missed under the priced choice, in units of the outcome; 0 where it is kept. */
  readonly violations: readonly number[]
}

export const CONTEXTS_MAX = 2000
const CONSTRAINTS_MAX = 2
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** 0.618²⁴ is 1e-5 of λ_max. */
const STEPS = 24
/** A floor that is missed by less than this share of the control's level counts as kept: choices among arms are lumpy. */
const LUMP = 1e-3

/** λ from the last contexts, at most 2,000 of which are looked at. */
export function solvedMultipliers(contexts: readonly ExpectedAt[], options: ConstrainedOptions): Multipliers {
  const { margins, multiplierMax } = options
  const recent = contexts.slice(-CONTEXTS_MAX)
  const multipliers = atOnce(multipliersInPieces(contexts, options))
  const slacks = margins.map((_, k) => slackNear(recent, { margins, multipliers, k, multiplierMax }))
  const violations = slacks.map(({ slack, lump }) => (slack < -lump ? -slack : 0))
  return { kind: violations.some((one) => one > 0) ? 'infeasible' : 'feasible', multipliers, violations }
}

/** λ alone, in pieces of some 30 evaluations of D. */
export function* multipliersInPieces(
  contexts: readonly ExpectedAt[],
  { margins, multiplierMax }: ConstrainedOptions,
): Pieces<readonly number[]> {
  assert(contexts.length > 0, 'multipliers need contexts')
  assert(margins.length <= CONSTRAINTS_MAX, `at most ${CONSTRAINTS_MAX} floors can be priced, got ${margins.length}`)
  if (margins.length === 0) return []
  const dual = yield* dualOf(contexts.slice(-CONTEXTS_MAX), margins)
  yield
  return yield* leastOf(dual, margins.length, multiplierMax)
}

/** v + Σ λₖ·gₖ of every arm: what is maximised, up to a constant, once the floors have a price. */
export function pricedValues({ values, guarded }: ExpectedAt, multipliers: readonly number[]): readonly number[] {
  return values.map((value, arm) => multipliers.reduce((sum, price, k) => sum + price * guarded[k]![arm]!, value))
}

/** D, asked a thousand times: columns of numbers, one pass, and no allocation. */
function* dualOf(contexts: readonly ExpectedAt[], margins: readonly number[]): Pieces<(multipliers: readonly number[]) => number> {
  const arms = contexts[0]!.values.length
  const values = Float64Array.from(contexts.flatMap((at) => at.values))
  const guarded: Float64Array[] = []
  for (const k of margins.keys()) {
    yield
    guarded.push(Float64Array.from(contexts.flatMap((at) => at.guarded[k]!)))
  }
  yield
  const levels = margins.map((margin, k) => contexts.reduce((sum, at) => sum + (1 - margin) * levelOf(at, k), 0))
  const none = new Float64Array(values.length)
  const [first = none, second = none] = guarded
  return (multipliers) => {
    const total = sumOfLargest({ values, first, second, arms }, multipliers[0] ?? 0, multipliers[1] ?? 0)
    return (total - multipliers.reduce((sum, price, k) => sum + price * levels[k]!, 0)) / contexts.length
  }
}

interface Columns {
  readonly values: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
  readonly arms: number
}

/** Of every context's v + λ₁·g₁ + λ₂·g₂ the largest, added up. */
function sumOfLargest({ values, first, second, arms }: Columns, one: number, other: number): number {
  let total = 0
  for (let from = 0; from < values.length; from += arms) {
    let largest = Number.NEGATIVE_INFINITY
    for (let i = from; i < from + arms; i++) {
      const priced = values[i]! + one * first[i]! + other * second[i]!
      if (priced > largest) largest = priced
    }
    total += largest
  }
  return total
}

function levelOf({ levels, guarded }: ExpectedAt, k: number): number {
  return levels?.[k] ?? guarded[k]![0]!
}

/** The least of a convex function on a box, one coordinate inside the other. */
function* leastOf(f: (at: readonly number[]) => number, size: number, most: number): Pieces<readonly number[]> {
  if (size === 1) return [yield* leastOnLine((x) => f([x]), most)]
  const inner = (x: number) => atOnce(leastOnLine((y) => f([x, y]), most))
  const first = yield* leastOnLine((x) => f([x, inner(x)]), most)
  return [first, inner(first)]
}

function* leastOnLine(f: (x: number) => number, most: number): Pieces<number> {
  let [low, high] = [0, most]
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let atLeft = f(left)
  yield
  let atRight = f(right)
  for (let step = 0; step < STEPS; step++) {
    yield
    if (atLeft <= atRight) {
      high = right
      ;[right, atRight] = [left, atLeft]
      left = high - GOLDEN * (high - low)
      atLeft = f(left)
    } else {
      low = left
      ;[left, atLeft] = [right, atRight]
      right = low + GOLDEN * (high - low)
      atRight = f(right)
    }
  }
  // the search never quite reaches an end of the line
  let best = { x: 0, value: f(0) }
  for (const x of [(low + high) / 2, most]) {
    yield
    const value = f(x)
    if (value < best.value) best = { x, value }
  }
  return best.x
}

interface Priced {
  readonly margins: readonly number[]
  readonly multipliers: readonly number[]
  readonly k: number
  readonly multiplierMax: number
}

/** How much the choice leaves above the floor, with the price a trifle higher: at the optimum two arms tie, and either may be taken. */
function slackNear(contexts: readonly ExpectedAt[], { margins, multipliers, k, multiplierMax }: Priced) {
  const raised = multipliers.map((price, i) => (i === k ? Math.min(price + multiplierMax * 1e-6, multiplierMax) : price))
  let slack = 0
  let level = 0
  for (const at of contexts) {
    const priced = pricedValues(at, raised)
    const arm = priced.indexOf(Math.max(...priced))
    slack += at.guarded[k]![arm]! - (1 - margins[k]!) * levelOf(at, k)
    level += Math.abs(levelOf(at, k))
  }
  return { slack: slack / contexts.length, lump: (LUMP * level) / contexts.length }
}
