/**
 * What a look at two arms says while the experiment runs: the always-valid test, once its gate is open.
 *
 *     information so far / planned = harmonic mean of the units / planned units of an arm
 */
import { type AlwaysValidComparison, compareAlwaysValid, informationFraction } from '../stats/always-valid.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { Judged } from './judge-arms.ts'
import type { PlanProgress } from './report-shape.ts'

export interface Look {
  readonly kind: 'look'
  readonly fraction: number
  readonly comparison: AlwaysValidComparison
}

/** The look at this moment; unknown while there are too few events, or when the arms themselves are. */
export function lookOf({ arms, gate }: Judged, { unitsPerArm, level }: Pick<PlanProgress, 'unitsPerArm' | 'level'>): Look | Unknown {
  if (isUnknown(arms)) return arms
  if (gate) return gate
  const fraction = informationFraction({ control: arms.control.n, treatment: arms.treatment.n }, unitsPerArm)
  const comparison = compareAlwaysValid(arms, { level, fraction })
  return isUnknown(comparison) ? comparison : { kind: 'look', fraction, comparison }
}
