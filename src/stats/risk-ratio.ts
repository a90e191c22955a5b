/**
 * The relative lift of a rate by the log risk ratio (Katz), a labelled alternate to the score interval.
 *
 *     ln( (xₜ/nₜ)/(x꜀/n꜀) ) ± z·√( 1/xₜ − 1/nₜ + 1/x꜀ − 1/n꜀ )
 *
 * Good from about ten events an arm; without events it says nothing.
 * @see Katz et al. (1978), doi:10.2307/2530610
 */
import type { ArmPair } from './arm-estimate.ts'
import { criticalValue } from './effect-test.ts'
import { intervalOf, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'
import type { RelativeLift } from './relative-lift.ts'

/** Katz's interval for treatment/control − 1; unknown without events in an arm. */
export function riskRatioLift({ control, treatment }: ArmPair<Counts>, { level }: { readonly level: number }): RelativeLift | Unknown {
  assertCounts(control)
  assertCounts(treatment)
  if (control.events === 0 || treatment.events === 0) return unknown('no-events', { have: 0, need: 1 })
  const ratio = treatment.events / treatment.n / (control.events / control.n)
  const variance = 1 / treatment.events - 1 / treatment.n + 1 / control.events - 1 / control.n
  if (variance <= 0) return unknown('no-variance')
  const half = criticalValue({ level, degreesOfFreedom: Number.POSITIVE_INFINITY }) * Math.sqrt(variance)
  return {
    kind: 'relative-lift',
    method: 'log-ratio',
    estimate: ratio - 1,
    interval: intervalOf(ratio * Math.exp(-half) - 1, ratio * Math.exp(half) - 1),
    level,
    negativeBaseline: false,
  }
}
