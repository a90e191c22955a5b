/**
 * Bounds of a group-sequential test: how large |Z| must be at each planned look for the experiment to stop.
 *
 *     spending       P(first exit upwards at look k) = a(tₖ) − a(tₖ₋₁)          solved look by look, for any looks
 *     Wang–Tsiatis   cₖ = C·tₖ^(Δ−½), P(any exit) = α                           Δ = 0 is O'Brien–Fleming, Δ = ½ Pocock
 *
 * Spending bounds need only the looks that were taken, so looks may be unplanned; the classical ones need all of them beforehand.
 * @see Lan & DeMets (1983), doi:10.1093/biomet/70.3.659; Wang & Tsiatis (1987), doi:10.2307/2531959;
 *      O'Brien & Fleming (1979), doi:10.2307/2530245; Pocock (1977), doi:10.1093/biomet/64.2.191
 */
import { assert } from './assert.ts'
import { assertLevel } from './estimate.ts'
import { errorSpent, type Spending } from './group-sequential-spending.ts'
import { exitProbabilities, goOn, type Look, startWalk, upperExit, type Walk } from './group-sequential-walk.ts'
import { normalUpperQuantileOfLog } from './normal.ts'
import { rootByBracket } from './root.ts'

/** Which side can reject: both, or only upwards. */
export type Sides = 'two-sided' | 'greater'

export interface Bound extends Look {
  /** Error of one side spent up to and with this look. */
  readonly spent: number
}

/** A bound this far out is never reached; z = 38 is the last whose probability a double holds. */
const BOUND_MAX = 38

/** The error that one side of a test may make. */
export function errorOfSide({ level, sides }: { readonly level: number; readonly sides: Sides }): number {
  assertLevel(level)
  return sides === 'two-sided' ? (1 - level) / 2 : 1 - level
}

/** Bounds at increasing information fractions (of any spacing, also beyond 1), by error spending. */
export function spendingBounds(
  fractions: readonly number[],
  { spending, level, sides = 'two-sided' }: { readonly spending: Spending; readonly level: number; readonly sides?: Sides },
): readonly Bound[] {
  const error = errorOfSide({ level, sides })
  return boundsOfSpent(
    fractions.map((fraction) => ({ fraction, spent: errorSpent(spending, { error, fraction }) })),
    sides,
  )
}

/** Bounds that use up exactly the given cumulative errors of one side. */
export function boundsOfSpent(targets: readonly { readonly fraction: number; readonly spent: number }[], sides: Sides): readonly Bound[] {
  const bounds: Bound[] = []
  let walk = startWalk(0)
  let before = 0
  for (const [k, { fraction, spent }] of targets.entries()) {
    const upper = boundOf(walk, fraction, spent - before)
    const bound = { fraction, lower: sides === 'two-sided' ? -upper : Number.NEGATIVE_INFINITY, upper, spent }
    bounds.push(bound)
    before = spent
    if (k + 1 < targets.length) walk = goOn(walk, bound, targets[k + 1]!.fraction)
  }
  return bounds
}

/** Wang and Tsiatis' bounds at planned looks; `shape` 0 is O'Brien–Fleming, ½ Pocock. `constant` is the bound at fraction 1. */
export function classicalBounds(
  fractions: readonly number[],
  { shape, level, sides = 'two-sided' }: { readonly shape: number; readonly level: number; readonly sides?: Sides },
): { readonly constant: number; readonly bounds: readonly Bound[] } {
  assert(fractions.length > 0, 'a sequential test needs a look')
  const error = errorOfSide({ level, sides })
  const looksAt = (constant: number): Look[] =>
    fractions.map((fraction) => {
      const upper = constant * fraction ** (shape - 0.5)
      return { fraction, lower: sides === 'two-sided' ? -upper : Number.NEGATIVE_INFINITY, upper }
    })
  const spentAt = (constant: number): number => exitProbabilities(looksAt(constant), 0).reduce((sum, exit) => sum + exit.upper, 0)
  const constant = rootByBracket((at) => Math.log(spentAt(at) / error), { low: 0.1, high: 10 })
  let spent = 0
  const exits = exitProbabilities(looksAt(constant), 0)
  return {
    constant,
    bounds: looksAt(constant).map((look, k) => {
      spent += exits[k]!.upper
      return { ...look, spent }
    }),
  }
}

/** The z whose upper exit probability is `error`; never reached when nothing may be spent. */
function boundOf(walk: Walk, fraction: number, error: number): number {
  if (error <= 0) return Number.POSITIVE_INFINITY
  if (walk.fraction === 0) return normalUpperQuantileOfLog(Math.log(error))
  const excess = (z: number): number => Math.log(Math.max(upperExit(walk, fraction, z), Number.MIN_VALUE) / error)
  if (excess(BOUND_MAX) > 0) return Number.POSITIVE_INFINITY
  return excess(0) < 0 ? 0 : rootByBracket(excess, { low: 0, high: BOUND_MAX })
}
