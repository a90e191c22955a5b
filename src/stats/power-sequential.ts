/**
 * Power of tests that look on the way, by crossing probabilities: group-sequential and always-valid.
 *
 *     group-sequential   bounds by error spending at the planned looks
 *     always-valid       |z| ≥ √( (1 + 1/(κt))·ln((1 + κt)/α²) ) at each look, whatever comes later
 *
 * An always-valid test is one more set of bounds for the same recursion. Multiplying a standard error by 3.035/1.960 instead counts only
 * the last look, and asks for 10 % more units than are needed with twenty looks.
 */
import { mixtureCritical, mixtureCriticalOneSided, tunedRatio } from './always-valid-mixture.ts'
import { assert } from './assert.ts'
import { errorOfSide, type Sides, spendingBounds } from './group-sequential-bounds.ts'
import { crossingPower, type SequentialCost, sequentialCost } from './group-sequential-planning.ts'
import type { Spending } from './group-sequential-spending.ts'
import type { Look } from './group-sequential-walk.ts'
import { normalUpperQuantile } from './normal.ts'

export type SequentialDesign = {
  readonly level: number
  readonly sides?: Sides
  /** Looks at equal steps of information up to the planned sample. */
  readonly looks: number
} & ({ readonly kind: 'group-sequential'; readonly spending: Spending } | { readonly kind: 'always-valid' })

/** The looks of a design with their bounds; the last one is at fraction 1. */
export function looksOf(design: SequentialDesign): readonly Look[] {
  const { level, sides = 'two-sided', looks } = design
  assert(Number.isInteger(looks) && looks >= 1, `a design has looks, got ${looks}`)
  const fractions = Array.from({ length: looks }, (_, k) => (k + 1) / looks)
  if (design.kind === 'group-sequential') return spendingBounds(fractions, { spending: design.spending, level, sides })
  const tuned = tunedRatio(level, sides)
  return fractions.map((fraction) => {
    const at = { ratio: tuned * fraction, level }
    const upper = sides === 'two-sided' ? mixtureCritical(at) : mixtureCriticalOneSided(at)
    return { fraction, upper, lower: sides === 'two-sided' ? -upper : Number.NEGATIVE_INFINITY }
  })
}

/** Probability of showing an effect of so many final standard errors, at some look. */
export function sequentialPower(design: SequentialDesign, effectOverError: number): number {
  return crossingPower(looksOf(design), Math.abs(effectOverError))
}

/** What a design needs for a power: `inflation` times the units of a fixed test as the planned size. */
export function sequentialSize(design: SequentialDesign, { power }: { readonly power: number }): SequentialCost {
  const { level, sides = 'two-sided' } = design
  return sequentialCost(looksOf(design), { level, power, sides })
}

/** What an always-valid test of one look at its tuned time needs: an upper limit for any number of looks. */
export function inflationOfOneLook({ level, power }: { readonly level: number; readonly power: number }): number {
  const tuned = mixtureCritical({ ratio: tunedRatio(level), level })
  const beta = normalUpperQuantile(1 - power)
  return ((tuned + beta) / (normalUpperQuantile(errorOfSide({ level, sides: 'two-sided' })) + beta)) ** 2
}
