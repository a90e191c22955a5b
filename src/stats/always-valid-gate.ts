/**
 * The gate before any always-valid claim: the normal mixture needs enough events in each arm for its variance to be known.
 *
 * Its error rate holds asymptotically; below these counts the estimated variance itself is the largest uncertainty.
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Unknown, unknown } from './estimate.ts'

export const CONVERSIONS_MIN = 20
export const NON_ZERO_UNITS_MIN = 100

/** Null when the gate is open; otherwise what the arm that is behind has and needs. */
export function closedGate(what: 'conversions' | 'non-zero-units', { control, treatment }: ArmPair<number>): Unknown | null {
  const need = what === 'conversions' ? CONVERSIONS_MIN : NON_ZERO_UNITS_MIN
  const have = Math.min(control, treatment)
  return have < need ? unknown('too-few-events', { have, need }) : null
}
