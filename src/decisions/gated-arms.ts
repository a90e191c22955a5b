/**
 * Which arms may be drawn in a stratum, after the gate.
 *
 *     uniform   whoever is not masked
 *     bandit    the promoted arm; else whoever is neither masked nor retired; else whoever is not masked
 *
 * Each line goes on to the next when nobody in it can serve just now (switched off, breaker open). The order is the same for a replay.
 */
import type { Stratum } from '../bandits/exploration.ts'
import type { Gates } from '../experiments/gate.ts'

/** The state of the gate by an arm's place in the experiment. */
export interface ArmGates {
  readonly masked: readonly boolean[]
  readonly retired: readonly boolean[]
  readonly promoted: number | null
}

/** By the ids of the epoch's arms; null when the gate touches nobody. */
export function armGatesOf(gates: Gates | undefined, armIds: readonly number[]): ArmGates | null {
  if (!gates) return null
  const promoted = gates.promoted === null ? -1 : armIds.indexOf(gates.promoted)
  return {
    masked: armIds.map((id) => gates.masked.includes(id)),
    retired: armIds.map((id) => gates.retired.includes(id)),
    promoted: promoted === -1 ? null : promoted,
  }
}

/** One flag an arm; all false when nobody is left. `eligible`: whose policy can serve. */
export function drawable(gates: ArmGates | null, eligible: readonly boolean[], stratum: Stratum): readonly boolean[] {
  if (!gates) return eligible
  const { masked, retired, promoted } = gates
  const open = eligible.map((can, arm) => can && !masked[arm]!)
  if (stratum === 'uniform') return open
  if (promoted !== null && open[promoted]) return open.map((_, arm) => arm === promoted)
  const kept = open.map((can, arm) => can && !retired[arm]!)
  return kept.includes(true) ? kept : open
}
