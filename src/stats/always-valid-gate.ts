/**
 * The gate before any always-valid claim: the normal mixture needs enough events in each arm for its variance to be known.
 *
 * Its error rate holds asymptotically; below these counts the estimated variance itself is the largest uncertainty. How many units have a
 * value that is not 0 is not among the moments, but they bound it from below (Cauchy and Schwarz over the units that have one):
 *
 *     (Σy)² ≤ m·Σy²      m units with y ≠ 0      so m ≥ (Σy)²/Σy²
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Unknown, unknown } from './estimate.ts'
import type { Moments } from './moments.ts'
import type { Counts } from './proportion.ts'

export const CONVERSIONS_MIN = 20
export const NON_ZERO_UNITS_MIN = 100
/** Rounding of the bound must not cost a unit. */
const ROUNDING = 1e-9

/** Null when the gate is open; otherwise what the arm that is behind has and needs. */
export function closedGate(what: 'conversions' | 'non-zero-units', { control, treatment }: ArmPair<number>): Unknown | null {
  const need = what === 'conversions' ? CONVERSIONS_MIN : NON_ZERO_UNITS_MIN
  const have = Math.min(control, treatment)
  return have < need ? unknown('too-few-events', { have, need }) : null
}

/** Events or non-events, whichever are fewer: a rate next to 1 is known as badly as one next to 0. */
export function rarerEvents({ n, events }: Counts): number {
  return Math.min(events, n - events)
}

/** Units whose value is not 0, at least. Exact when they all have the same value; far below when values of both signs cancel. */
export function nonZeroUnitsAtLeast({ n, mean, m2 }: Moments): number {
  if (mean === 0) return 0
  const least = n / (1 + m2 / n / mean / mean)
  return Math.floor(least * (1 + ROUNDING))
}
