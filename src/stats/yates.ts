/**
 * Pearson's χ² of a 2 × 2 table with Yates' continuity correction, an alternate for comparison with other tools.
 *
 *     χ² = N·(max(0, |ad − bc| − N/2))² / (n₁·n₂·m₁·m₂)      one degree of freedom
 *
 * It is more cautious than Fisher's exact test; the score test keeps its level at the same counts without being cautious.
 * @see Yates (1934), doi:10.2307/2983604
 */
import type { ArmPair } from './arm-estimate.ts'
import { chiSquareLogSurvival } from './chi-square.ts'
import { pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'

export interface YatesTest {
  /** χ² with one degree of freedom. */
  readonly statistic: number
  readonly pValue: number
  readonly log10PValue: number
}

/** Unknown when nobody or everybody did it. */
export function yatesTest({ control, treatment }: ArmPair<Counts>): YatesTest | Unknown {
  assertCounts(control)
  assertCounts(treatment)
  const units = control.n + treatment.n
  const events = control.events + treatment.events
  if (control.n === 0 || treatment.n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  if (events === 0 || events === units) return unknown('no-events', { have: 0, need: 1 })
  const gap = Math.max(0, Math.abs(treatment.events * control.n - control.events * treatment.n) - units / 2)
  const statistic = ((((gap / control.n) * gap) / treatment.n / events) * units) / (units - events)
  return { statistic, ...pValueOfLog(chiSquareLogSurvival(statistic, 1)) }
}
