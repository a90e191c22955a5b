/**
 * The logarithm of an integral of densities and tails of several posteriors.
 *
 * Such an integrand has one peak, which may be far out in every tail at once, and turns of very different sharpness. So its bulk is
 * found first, and cut at the turns of each posterior; sums over the pieces keep their relative accuracy down to any probability.
 */
import type { Variable } from './bayesian-variable.ts'
import { bulkOf } from './bulk.ts'
import { integrate } from './quadrature.ts'

/** In widths of a posterior; its tail turns from 0 to 1 between −9 and 9. */
const TURNS = [-9, -6, -3, -1.5, 0, 1.5, 3, 6, 9]
/** No piece is longer than this share of the bulk, */
const PIECES_MIN = 16
const POINTS = 16

/** ln ∫ exp(logf) over the line. `logf` must be unimodal and turn nowhere else than where the variables do. */
export function logIntegral(logf: (u: number) => number, variables: readonly Variable[]): number {
  const first = variables[0]!
  const { low, peak, high } = bulkOf(logf, { start: first.centre, scale: first.width })
  const top = logf(peak)
  const finest = Math.min(...variables.map((variable) => variable.width))
  const turns = variables.flatMap(({ centre, width }) => TURNS.map((turn) => centre + turn * width))
  let area = 0
  let from = low
  for (const to of [...turns.filter((turn) => turn > low && turn < high), high].sort((a, b) => a - b)) {
    if (to - from < finest && to < high) continue
    const panels = Math.ceil(((to - from) * PIECES_MIN) / (high - low))
    area += integrate((u) => Math.exp(logf(u) - top), { low: from, high: to, panels, points: POINTS })
    from = to
  }
  return top + Math.log(area)
}
