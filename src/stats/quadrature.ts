/**
 * Integrals by Gauss–Legendre panels: nodes are roots of Legendre polynomials, found by Newton and kept.
 * @see DLMF 3.5(v)
 */
import { assert } from './assert.ts'

export interface Rule {
  /** In (−1, 1), ascending. */
  readonly nodes: Float64Array
  /** Positive, adding up to 2. */
  readonly weights: Float64Array
}

const rules = new Map<number, Rule>()

/** The n-point Gauss–Legendre rule on [−1, 1]. */
export function gaussLegendre(n: number): Rule {
  assert(Number.isInteger(n) && n > 0, `a rule needs a positive number of nodes, got ${n}`)
  const kept = rules.get(n)
  if (kept) return kept
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 0
    for (let step = 0; step < 100; step++) {
      const legendre = legendreAt(n, x)
      slope = legendre.slope
      const change = legendre.value / slope
      x -= change
      if (Math.abs(change) < 1e-15) break
    }
    nodes[i] = x
    weights[i] = 2 / ((1 - x * x) * legendreAt(n, x).slope ** 2)
  }
  const rule = { nodes, weights }
  rules.set(n, rule)
  return rule
}

/** ∫ f over [low, high] with `panels` equal panels of `points` nodes each. */
export function integrate(
  f: (x: number) => number,
  range: { readonly low: number; readonly high: number; readonly panels?: number; readonly points?: number },
): number {
  const { low, high, panels = 1, points = 20 } = range
  const { nodes, weights } = gaussLegendre(points)
  const half = (high - low) / panels / 2
  let sum = 0
  for (let panel = 0; panel < panels; panel++) {
    const middle = low + (2 * panel + 1) * half
    for (let i = 0; i < points; i++) sum += weights[i]! * f(middle + half * nodes[i]!)
  }
  return sum * half
}

function legendreAt(n: number, x: number): { readonly value: number; readonly slope: number } {
  let previous = 1
  let value = x
  for (let k = 2; k <= n; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * previous) / k
    previous = value
    value = next
  }
  return { value, slope: (n * (x * value - previous)) / (x * x - 1) }
}
